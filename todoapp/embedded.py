"""The embedded shape: one threaded process, SQLite, the worker inside."""


def serve() -> None:
    """Migrate, load the demo on the first run, and serve."""
