"""Seats: how many people an account may hold, and how many it holds."""

from dataclasses import dataclass

from sqlalchemy import func, select

from todoapp.accounts.models import Account, AccountMembership, Invitation
from todoapp.accounts.succession import still_open
from todoapp.extensions import db
from todoapp.users.models import User


@dataclass(frozen=True, slots=True)
class Seats:
    """How many seats of an account are taken, by members and by open invitations, and how many there are."""

    used: int
    limit: int

    @property
    def left(self) -> int:
        """How many more people can be invited."""
        return max(0, self.limit - self.used)


def seats_of(account: Account, *, besides_email: str | None = None) -> Seats:
    """The seats of the account at hand. Placeholders take none; neither does the invitation of `besides_email`."""
    members = (
        select(func.count(AccountMembership.id))
        .join(User, User.id == AccountMembership.user_id)
        .where(AccountMembership.left_at.is_(None), User.email.is_not(None))
    )
    invited = select(func.count(Invitation.id)).where(still_open())
    if besides_email is not None:
        invited = invited.where(Invitation.email != besides_email)
    used = (db.session.scalar(members) or 0) + (db.session.scalar(invited) or 0)
    return Seats(used, account.max_users)
