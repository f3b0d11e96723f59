"""When members are away: days, both inclusive, that suggestions of who has time count as free."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select

from todoapp.accounts.models import Absence, AccountMembership
from todoapp.accounts.schemas import NewAbsence
from todoapp.actions import action
from todoapp.activity.record import record
from todoapp.actor import Actor
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import Conflict, NotFound
from todoapp.kit.fields import NoFields

MOST_PLANNED = 50


@action("member.add_absence", subject=AccountMembership, fields=NewAbsence)
def add_absence(
    actor: Actor, member: AccountMembership, *, starts_on: date, ends_on: date, note: str | None = None
) -> Absence:
    """Say that the member is away from one day to another. Saying it twice is saying it once."""
    planned = absences_of([member.user_id])
    for one in planned:
        if (one.starts_on, one.ends_on, one.note) == (starts_on, ends_on, note or ""):
            return one
    if len(planned) >= MOST_PLANNED:
        raise Conflict(f"At most {MOST_PLANNED} absences can be planned. Remove one first.")
    absence = Absence(user_id=member.user_id, starts_on=starts_on, ends_on=ends_on, note=note or "")
    db.session.add(absence)
    record(
        actor,
        "absence_added",
        member,
        changes={"absence": [None, [starts_on.isoformat(), ends_on.isoformat()]]},
        member_id=member.user_id,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
    )
    return absence


@action("member.remove_absence", subject=AccountMembership, fields=NoFields)
def remove_absence(actor: Actor, member: AccountMembership, *, absence: Absence) -> AccountMembership:
    """Take a planned absence back."""
    days = [absence.starts_on.isoformat(), absence.ends_on.isoformat()]
    db.session.delete(absence)
    record(
        actor,
        "absence_removed",
        member,
        changes={"absence": [days, None]},
        member_id=member.user_id,
        starts_on=days[0],
        ends_on=days[1],
    )
    return member


def absences_of(user_ids: Collection[int], since: date | None = None) -> Sequence[Absence]:
    """The absences of these members that end on `since` (default: yesterday, which is still today somewhere) or later."""
    last = since or date.fromordinal(now().date().toordinal() - 1)
    query = select(Absence).where(Absence.user_id.in_(user_ids), Absence.ends_on >= last)
    return db.session.scalars(query.order_by(Absence.starts_on, Absence.id)).all()


def find_absence(member: AccountMembership, absence_id: int) -> Absence:
    """An absence of this member."""
    query = select(Absence).where(Absence.id == absence_id, Absence.user_id == member.user_id)
    absence = db.session.scalars(query).one_or_none()
    if absence is None:
        raise NotFound
    return absence
