"""Reactions for tests: they tell that they ran, write, fail, and fail after they wrote."""

from todoapp.activity.models import ActivityLog
from todoapp.activity.posting import post
from todoapp.extensions import db
from todoapp.tenancy import current_account_id
from todoapp.users.models import User

heard: list[tuple[str, int, int]] = []
broken: set[str] = set()


def echo(event: ActivityLog) -> None:
    """Tell that it ran, and where."""
    heard.append(("echo", event.id, current_account_id()))


def second(event: ActivityLog) -> None:
    """Another one."""
    heard.append(("second", event.id, current_account_id()))


def write(event: ActivityLog) -> None:
    """Write into the database."""
    db.session.get_one(User, event.user_id).last_name = f"written by {event.id}"


def write_and_fail(event: ActivityLog) -> None:
    """Write, and fail while it is broken."""
    db.session.get_one(User, event.user_id).first_name = f"half written by {event.id}"
    db.session.flush()
    if "write_and_fail" in broken:
        raise ValueError("broken on purpose")
    heard.append(("write_and_fail", event.id, current_account_id()))


def mail(event: ActivityLog) -> None:
    """Post something."""
    post("mail", "x@northwind.test", template="reset", link="/reset", params={"name": f"of {event.id}"})
