"""What the bench says while it works."""

import sys
import time

_began = time.monotonic()


def say(text: str) -> None:
    """Say it on standard error, with the minutes since the start."""
    minutes, seconds = divmod(int(time.monotonic() - _began), 60)
    print(f"{minutes:3}:{seconds:02} {text}", file=sys.stderr, flush=True)
