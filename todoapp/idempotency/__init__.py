"""A lost answer can be asked again: the same `Idempotency-Key` gives the same answer, and the deed is done once."""
