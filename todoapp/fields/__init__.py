"""Custom fields: what an account adds to its tasks, and what may stand in them."""
