"""What only the owner of a mailbox or a machine knows: links, passwords and tokens that really open."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.cast import PASSWORD
from tests.house.visiting import ZOE, Furnished
from todoapp.accounts.models import Invitation
from todoapp.extensions import db
from todoapp.tenancy import across_accounts
from todoapp.users.links import make_token, new_link
from todoapp.users.models import User
from todoapp.users.sessions import open_session


def known_keys(furnished: Furnished) -> dict[str, dict[str, Any]]:
    """By operation: the part of the body that nobody can guess."""
    zoe, app = furnished.zoe.person, furnished.app
    assert zoe
    with app.app_context():
        _session, refresh_token = open_session(zoe.user_id, zoe.account_id, kind="api")
        user = db.session.get_one(User, zoe.user_id)
        links = {purpose: make_token(purpose, new_link(purpose, user)) for purpose in ("activate", "reset")}
        db.session.commit()
    return {
        "auth_login": ZOE,
        "auth_refresh": {"refresh_token": refresh_token},
        "auth_activate": {"token": links["activate"]},
        "auth_reset": {"token": links["reset"]},
        "members_accept": {"token": _invitation(app, furnished.theirs.account_id)},
        "me_set_password": {"current_password": PASSWORD},
    }


def _invitation(app: Flask, account_id: int) -> str:
    with app.app_context(), across_accounts("a link is read before its account is known"):
        return make_token("invite", db.session.scalars(select(Invitation).filter_by(account_id=account_id)).one())
