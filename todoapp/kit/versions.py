"""`ETag` and `If-Match`: a client that wants to says which version it means to change."""

from typing import Any

from flask import g, request

from todoapp.kit.errors import Changed


def tell_version(row: Any) -> Any:
    """Put the row's version into the answer's ETag; returns the row."""
    g.etag_version = str(row.version)
    return row


def check_version(row: Any) -> Any:
    """Refuse unless `If-Match`, where it is sent, names the row's version (its ETag, or `*`); returns the row."""
    wanted = request.if_match
    if "If-Match" not in request.headers or wanted.star_tag:
        return row
    # Of an empty tag Werkzeug makes None.
    versions = {tag.partition("-")[0] for tag in wanted.as_set(include_weak=True) if tag}
    if str(row.version) not in versions:
        raise Changed(
            "This was changed since you read it. Read it again and send your change anew.", version=row.version
        )
    return row
