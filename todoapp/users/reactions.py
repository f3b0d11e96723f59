"""What follows, later and retryable, from what people did to their sign-in."""

from typing import Any

from todoapp.activity.models import ActivityLog, Delivery
from todoapp.extensions import db
from todoapp.mail.posting import post_mail
from todoapp.users.links import new_link
from todoapp.users.models import User
from todoapp.users.registering import user_by_email
from todoapp.users.visits import Visit, record_person


def send_activation(event: ActivityLog) -> None:
    """Mail the link that activates who has just registered."""
    user = db.session.get(User, event.resource_id)
    if user is not None:
        _mail_link(user, "activate", "activation", f"activation: event {event.id}")


def answer_activation_request(delivery: Delivery) -> None:
    """Mail the link again, if somebody at this address still has to be activated."""
    user = user_by_email(delivery.recipient)
    if user is not None:
        _mail_link(user, "activate", "activation", f"activation: request {delivery.id}")


def answer_reset_request(delivery: Delivery) -> None:
    """Mail a link that sets a new password, if somebody has this address."""
    user = user_by_email(delivery.recipient)
    if user is not None:
        _mail_link(user, "reset", "reset", f"reset: request {delivery.id}")
        record_person(_visit(delivery.payload), user, "password_reset_requested")


def _mail_link(user: User, purpose: str, template: str, key: str) -> None:
    if purpose == "activate" and user.activated_at is not None:
        return
    link = new_link(purpose, user)
    post_mail(template, str(user.email), key=key, name=user.first_name, link=(purpose, link))


def _visit(payload: dict[str, Any]) -> Visit:
    return Visit("web", payload.get("ip_address"), payload.get("user_agent"))
