"""The live door: a WebSocket on which tasks and boards say what changes, to who may hear it."""
