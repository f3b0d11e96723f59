"""Who leaves, or loses a role, names a successor: reports, open tasks and invitations are never left behind."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, func, not_, or_, select
from sqlalchemy.orm import selectinload

from todoapp.accounts.models import AccountMembership, Invitation, rank
from todoapp.accounts.ranks import grantable_roles, line_above, managers_now
from todoapp.activity.record import record
from todoapp.actor import Actor, actor_for
from todoapp.extensions import db
from todoapp.kit.clock import now
from todoapp.kit.errors import BadInput
from todoapp.permissions import can, find, within
from todoapp.tasks.actions.assigning import hand_over
from todoapp.tasks.facts import HAND_OVER, Facts, changes_since, facts_of
from todoapp.tasks.models import Task

ACTIVE, AT_WORK = AccountMembership.left_at.is_(None), AccountMembership.at_work()
WITH_ASSIGNMENT = selectinload(Task.assignment)


def reports_of(member: AccountMembership) -> list[AccountMembership | Invitation]:
    """The members whose manager is `member`, and the invited people who will be such."""
    members = select(AccountMembership).where(AccountMembership.manager_id == member.user_id, ACTIVE)
    invited = select(Invitation).where(Invitation.manager_id == member.user_id, still_open())
    return [
        *db.session.scalars(members.order_by(AccountMembership.id)),
        *db.session.scalars(invited.order_by(Invitation.id)),
    ]


def default_successor(actor: Actor, member: AccountMembership) -> AccountMembership:
    """Who takes over unless somebody else is named: the nearest manager above who can sign in, else who acts, else an owner."""
    line = [*line_above(member.user_id, managers_now()), actor.user_id]
    wanted = AccountMembership.user_id.in_(line) | (AccountMembership.role == "owner")
    query = select(AccountMembership).where(AT_WORK, wanted, AccountMembership.user_id != member.user_id)
    people = {person.user_id: person for person in db.session.scalars(query.order_by(AccountMembership.id))}
    for user_id in (*line, *people):
        person = people.get(user_id)
        if person and may_follow(person, has_reports=True):
            return person
    raise BadInput(fields={"successor_id": ["There is nobody who could take over. Make somebody an owner first."]})


def successor_of(
    actor: Actor, member: AccountMembership, successor_id: int | None, *, has_reports: bool
) -> AccountMembership:
    """The member named as successor, or the default one. They must be able to hold what they take over."""
    default = default_successor(actor, member)
    if successor_id in (None, default.user_id):
        return default
    successor = find(actor, AccountMembership, successor_id)
    if successor.user_id == member.user_id:
        _refuse("Name somebody else: one cannot follow oneself.")
    if successor.user.is_placeholder:
        _refuse("A placeholder cannot sign in. Invite the person first, or name somebody else.")
    if successor.suspended_at is not None:
        _refuse("A suspended member cannot take over. Reactivate them first, or name somebody else.")
    if not may_follow(successor, has_reports=has_reports):
        _refuse("Only managers, super managers and owners can take over reports.")
    if not can(actor, "member.assign", successor):
        _refuse("Name the member's manager, or somebody to whom you may assign tasks.")
    return successor


def may_follow(person: AccountMembership, *, has_reports: bool) -> bool:
    """Whether the person can hold what is handed over: reports need a manager, tasks somebody who can sign in."""
    return not person.user.is_placeholder and (not has_reports or rank(person.role) >= rank("manager"))


def hand_reports(
    actor: Actor,
    member: AccountMembership,
    reports: Sequence[AccountMembership | Invitation],
    successor: AccountMembership,
) -> None:
    """Put the reports under the successor; one who was below the member moves up first."""
    if member.user_id in line_above(successor.user_id, managers_now()):
        _move(actor, successor, member.manager_id)
    for report in reports:
        if isinstance(report, Invitation):
            report.manager_id = successor.user_id
        elif report.user_id != successor.user_id:
            _move(actor, report, successor.user_id)


def hand_tasks(actor: Actor, member: AccountMembership, successor: AccountMembership) -> None:
    """Hand over the member's open tasks, and those of theirs that nobody holds and the successor could not edit."""
    editable = func.coalesce(within(actor_for(successor, via=actor.via), "task.update", Task), false())
    orphaned = Task.assigned_to_id.is_(None) & (Task.created_by_id == member.user_id) & not_(editable)
    tasks = (
        select(Task)
        .where(
            or_(Task.assigned_to_id == member.user_id, orphaned),
            Task.status != "completed",
            Task.archived_at.is_(None),
            Task.deleted_at.is_(None),
        )
        .order_by(Task.id)
        .with_for_update(of=Task)
        .options(WITH_ASSIGNMENT)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalars(tasks).all()
    before = {task.id: facts_of(task, HAND_OVER) for task in found}
    # The member is the giver, so that whoever handed a task to them stays in its chain and keeps sight of it.
    hand_over(*found, by_id=member.user_id, to_id=successor.user_id)
    handed = select(Task).where(Task.id.in_(before)).options(WITH_ASSIGNMENT).order_by(Task.id)
    for task in db.session.scalars(handed).all():
        _tell(actor, task, before[task.id])


def _tell(actor: Actor, task: Task, before: Facts) -> None:
    previously = before["assigned_to_id"]
    record(
        actor,
        "task_reassigned" if previously else "task_assigned",
        task,
        changes=changes_since(task, before),
        assigned_to_id=task.assigned_to_id,
        previously_id=previously,
    )


def revoke_invitations_of(actor: Actor, member: AccountMembership) -> None:
    """Take back the open invitations that the member may not give any more, and those for a placeholder who is gone."""
    given = Invitation.invited_by_id == member.user_id
    if member.is_active:
        lost = given & Invitation.role.not_in(grantable_roles(member.role))
    else:
        lost = given | (Invitation.placeholder_id == member.user_id)
    for invitation in db.session.scalars(select(Invitation).where(lost, still_open())).all():
        revoke(actor, invitation)


def revoke(actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back."""
    invitation.revoked_at = now()
    record(actor, "invitation_revoked", invitation, email=invitation.email)


def still_open() -> ColumnElement[bool]:
    """The SQL condition of an invitation that can be accepted now."""
    return Invitation.accepted_at.is_(None) & Invitation.revoked_at.is_(None) & (Invitation.expires_at > now())


def _move(actor: Actor, report: AccountMembership, manager_id: int | None) -> None:
    changes = {"manager_id": [report.manager_id, manager_id]}
    report.manager_id = manager_id
    record(actor, "member_updated", report, changes=changes, fields=["manager_id"], member_id=report.user_id)


def _refuse(sentence: str) -> None:
    raise BadInput(fields={"successor_id": [sentence]})
