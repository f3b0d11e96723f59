"""Doing an unsafe API request once, however often it is asked."""

import hmac
from collections.abc import Callable
from datetime import timedelta

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select

from todoapp.extensions import db
from todoapp.idempotency.models import GivenAnswer
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput
from todoapp.kit.http import SAFE_METHODS
from todoapp.kit.secrets import key_for
from todoapp.signed_in import API, access_of_request, current_session

LONGEST_KEY = 200
KEPT = timedelta(days=1)
SECRETS = "/v1/auth/"
KEPT_HEADERS = ("Location",)


def once(view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Answer with `view`, or, where this person's key was answered before, with that answer.

    Only answers that stand are kept: a refused request changed nothing and may be asked again. Answers that hold tokens
    are never kept.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method in SAFE_METHODS or access_of_request() != API or request.path.startswith(SECRETS):
        return view()
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadInput(f"Idempotency-Key takes 1 to {LONGEST_KEY} characters.")
    given = _claim(key)
    if given.status:
        return _again(given)
    response = make_response(view())
    if response.status_code < 400:
        _keep(given, response)
    return response


def forget_old_answers() -> int:
    """Delete answers older than a day; returns how many."""
    return db.session.execute(delete(GivenAnswer).where(GivenAnswer.created_at < now() - KEPT)).rowcount  # type: ignore[attr-defined, no-any-return]


def _claim(key: str) -> GivenAnswer:
    """This person's row for `key`. Two at once: the second waits at the unique key, is retried, and finds the answer."""
    user_id, fingerprint = current_session().user_id, _fingerprint()
    given = db.session.scalars(
        select(GivenAnswer).where(GivenAnswer.user_id == user_id, GivenAnswer.key == key)
    ).one_or_none()
    if given is None:
        given = GivenAnswer(user_id=user_id, key=key, request_digest=fingerprint)
        db.session.add(given)
        db.session.flush()
    elif given.request_digest != fingerprint:
        raise BadInput("This Idempotency-Key was used for another request. Use a new key for each deed.")
    return given


def _fingerprint() -> str:
    account_id = current_session().account_id
    head = f"{account_id} {request.method} {request.full_path}\n".encode(errors="surrogatepass")
    # A body may hold a password: a plain digest of it could be guessed.
    return hmac.digest(key_for("idempotency"), head + request.get_data(cache=True), "sha256").hex()


def _keep(given: GivenAnswer, response: Response) -> None:
    given.status = response.status_code
    given.body = response.get_data(as_text=True)
    given.mimetype = response.mimetype or ""
    given.headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    given.version = g.get("etag_version")
    db.session.flush()


def _again(given: GivenAnswer) -> Response:
    if given.version is not None:
        g.etag_version = given.version
    response = Response(given.body, given.status, given.headers, mimetype=given.mimetype or None)
    response.headers["Idempotency-Replayed"] = "true"
    return response
