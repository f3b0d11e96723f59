"""What follows, later and retryable, from what happened to accounts and their members."""

from todoapp.accounts.models import Invitation
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.mail.posting import post_mail
from todoapp.users.links import is_open


def send_invitation(event: ActivityLog) -> None:
    """Mail the link that lets the invited person in, unless the invitation was taken back meanwhile."""
    invitation = db.session.get(Invitation, event.resource_id)
    if invitation is None or not is_open(invitation):
        return
    post_mail(
        "invitation",
        invitation.email,
        account_id=invitation.account_id,
        key=f"invitation: event {event.id}",
        link=("invite", invitation),
        invited_by=invitation.invited_by.name,
        account_name=invitation.account.name,
        role=invitation.role.replace("_", " "),
        manager=invitation.manager.name if invitation.manager else None,
    )
