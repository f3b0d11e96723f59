"""Tasks: creating, handing over, working with an exact clock, and what happened to them."""
