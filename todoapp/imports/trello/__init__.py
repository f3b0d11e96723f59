"""Trello: the JSON that a board exports."""
