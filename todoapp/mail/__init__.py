"""Mail: written in the deed's transaction, sent after it, never twice for one reason."""
