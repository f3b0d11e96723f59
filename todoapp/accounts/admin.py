"""The administration's page of members: who they are, and changing many of them at once."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import select

from todoapp.accounts.holding import hold_member
from todoapp.accounts.leaving import remove_member
from todoapp.accounts.managing import update_member
from todoapp.accounts.models import ROLES, Account, AccountMembership
from todoapp.accounts.queries import (
    ROLE_WORDS,
    STATUSES,
    last_seen_of,
    list_invitations,
    list_members,
    possible_managers,
    status_of,
)
from todoapp.accounts.ranks import grantable_roles
from todoapp.accounts.schemas import MemberQuery
from todoapp.accounts.seats import seats_of
from todoapp.accounts.suspending import reactivate_member, suspend_member
from todoapp.actor import Actor
from todoapp.admin.bulk import BulkPage, Deed
from todoapp.extensions import db
from todoapp.kit.csv_file import csv_file
from todoapp.kit.fields import Flag, FormInput, Id, one_of
from todoapp.kit.forms import FRESH, Form, said_of
from todoapp.kit.pager import pager_of
from todoapp.permissions import abilities, find, visible
from todoapp.signed_in import current_actor
from todoapp.tasks.cards import person

MOST_EXPORTED = 10_000
SELF = "This is you: do it on your own page."


class NewRole(FormInput):
    """The role that all of them get."""

    role = one_of(*ROLES, required=True)


class NewManager(FormInput):
    """Who all of them report to from now on; nobody where it is empty."""

    manager_id = Id(required=True, allow_none=True)


class NewTrust(FormInput):
    """Whether all of them may reassign."""

    can_reassign_tasks = Flag(required=True)


def _is_oneself(actor: Actor, member: AccountMembership) -> str | None:
    return SELF if member.user_id == actor.user_id else None


def _cannot_sign_in(actor: Actor, member: AccountMembership) -> str | None:
    return "A placeholder cannot sign in anyway." if member.user.is_placeholder else _is_oneself(actor, member)


DEEDS = (
    Deed(
        "suspend",
        "member.suspend",
        "Suspend",
        "{many} {are} suspended.",
        suspend_member,
        warning="They are signed out of this account at once and their clocks stop. Role, reports, tasks and seats stay.",
        danger=True,
        unfit=_cannot_sign_in,
    ),
    Deed("reactivate", "member.reactivate", "Reactivate", "{many} may work here again.", reactivate_member),
    Deed(
        "remove",
        "member.remove",
        "Remove",
        "{many} {are} removed.",
        remove_member,
        warning="They lose access at once. Reports and open tasks go to their manager, else to you; finished work stays.",
        danger=True,
        unfit=_is_oneself,
    ),
    Deed(
        "role",
        "member.update",
        "Change the role",
        "The role of {many} is changed.",
        update_member,
        NewRole,
        warning="Who is no manager any more hands their reports to their own manager, else to you.",
        unfit=_is_oneself,
    ),
    Deed(
        "manager",
        "member.update",
        "Change the manager",
        "{many} {are} under another manager.",
        update_member,
        NewManager,
    ),
    Deed("trust", "member.update", "Change the right to reassign", "{many} {are} changed.", update_member, NewTrust),
)


class Members(BulkPage):
    """Everybody in the account."""

    title, address, icon, row = "Members", "member", "users", "member.invite"
    noun, ids, deeds = ("member", "members"), "user_ids", DEEDS

    @expose("/")
    def index(self, form: Form = FRESH) -> ResponseReturnValue:
        """The list, with what can be done to those that are ticked."""
        actor = current_actor()
        typed, query = _asked()
        page = list_members(actor, query)
        may = abilities(actor, page.rows, ["member.update"])
        seen = last_seen_of([one.user_id for one in page.rows])
        return self.render(
            "admin/members.html",
            problem=said_of(form),
            members=[_row(one) | {"last_seen_at": seen.get(one.user_id)} for one in page.rows],
            may_edit={one.user_id for one in page.rows if "member.update" in may[one.id]},
            total=page.total_count,
            seats=seats_of(db.session.get_one(Account, actor.account_id)),
            invited=list_invitations(actor, per_page=1).total_count,
            filters={name: typed.get(name, "") for name in ("search", "role", "status", "sort")},
            pager=pager_of(page, lambda number: f"?{urlencode(typed | {'page': str(number)})}"),
            roles=[{"value": role, "label": ROLE_WORDS[role]} for role in grantable_roles(actor.role)],
            managers=[{"value": one.user_id, "label": one.user.name} for one in possible_managers(actor)],
            export_url=f"{self.get_url('.export')}?{urlencode(typed)}",
        )

    @expose("/export.csv")
    def export(self) -> Response:
        """The members of the list as a file."""
        actor = current_actor()
        _typed, query = _asked()
        members = list_members(actor, query | {"page": 1, "per_page": MOST_EXPORTED}).rows
        seen = last_seen_of([one.user_id for one in members])
        header = (
            "user_id",
            "name",
            "email",
            "role",
            "manager",
            "can_reassign_tasks",
            "status",
            "joined_at",
            "last_seen_at",
        )
        rows = (
            (
                one.user_id,
                one.user.name,
                one.user.email,
                one.role,
                one.manager and one.manager.name,
                "yes" if one.can_reassign_tasks else "no",
                status_of(one),
                one.joined_at,
                seen.get(one.user_id),
            )
            for one in members
        )
        return csv_file("members.csv", header, rows)

    def find_many(self, actor: Actor, ids: Sequence[int]) -> list[AccountMembership]:
        """The members under these user ids, by name."""
        wanted = AccountMembership.user_id.in_(ids), AccountMembership.left_at.is_(None)
        found = db.session.scalars(select(AccountMembership).where(visible(actor, AccountMembership), *wanted))
        return sorted(found, key=lambda one: one.user.name)

    def hold(self, actor: Actor, row_id: int) -> AccountMembership:
        """The member, locked after the account."""
        return hold_member(actor, row_id)

    def key_of(self, row: AccountMembership) -> int:
        """Members are ticked by their user id."""
        return row.user_id

    def name_of(self, row: AccountMembership) -> str:
        """Their name."""
        return row.user.name

    def beside(self, fields: dict[str, Any]) -> str:
        """The new role, manager or right, in words."""
        if "role" in fields:
            return f" to {fields['role'].replace('_', ' ')}"
        if "manager_id" in fields:
            return f" to {self._name_of_manager(fields['manager_id'])}"
        if "can_reassign_tasks" in fields:
            return f" to {'yes' if fields['can_reassign_tasks'] else 'no'}"
        return ""

    def _name_of_manager(self, user_id: int | None) -> str:
        return find(current_actor(), AccountMembership, user_id).user.name if user_id else "nobody"


def _asked() -> tuple[dict[str, str], dict[str, Any]]:
    """What the address asks for, as typed and as the list takes it."""
    typed = {name: value for name, value in request.args.items() if value}
    query = MemberQuery().load(typed)
    return typed, query | STATUSES.get(typed.get("status", ""), {}) | {"sort": typed.get("sort")}


def _row(one: AccountMembership) -> dict[str, Any]:
    return person(one.user) | {
        "email": one.user.email,
        "role": one.role,
        "manager": person(one.manager) if one.manager else None,
        "can_reassign": one.can_reassign_tasks,
        "status": status_of(one),
        "joined_at": one.joined_at,
    }
