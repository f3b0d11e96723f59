"""The demo: a believable company whose weeks of work were done through the real verbs, and a second one beside it."""
