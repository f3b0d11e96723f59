"""What the verbs of accounts and members take, and what the API shows of them."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from todoapp.accounts.models import ROLES, STATUSES, TIERS
from todoapp.kit.fields import Change, CommaList, Day, Email, Flag, FormInput, Id, InstantField, Line, Query, one_of
from todoapp.kit.paging import MetaOut, PageQuery
from todoapp.tasks.schemas import PersonOut

LONGEST_ABSENCE = 366
SLUG = validate.Regexp(
    r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", error="Use small letters a to z, digits, and single hyphens between them."
)


class CreateAccount(FormInput):
    """A new account, of which the person who asks becomes the owner."""

    name = Line(120, required=True)


class UpdateAccount(Change):
    """Another name, another slug."""

    name = Line(120)
    slug = fields.String(validate=[validate.Length(1, 80), SLUG])


class AccountOut(Schema):
    """An account. `role` is the reader's own; a deleted account can be restored until `restorable_until`."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    slug = fields.String(required=True)
    role = one_of(*ROLES, required=True)
    subscription_tier = one_of(*TIERS, required=True)
    status = one_of(*STATUSES, required=True)
    max_users = fields.Integer(required=True)
    max_tasks_per_user = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    deleted_at = InstantField(required=True, allow_none=True)
    restorable_until = InstantField(required=True, allow_none=True)


class AccountsOut(Schema):
    """A page of one's own accounts."""

    accounts = fields.Nested(AccountOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)


class MemberQuery(PageQuery):
    """A filter of members: AND across kinds, OR within one."""

    role = CommaList(one_of(*ROLES))
    manager_id = Id()
    search = Line(200, 0)
    suspended = Flag()


class MemberOut(Schema):
    """A member. A placeholder, made by an import, has no e-mail address and cannot sign in until invited."""

    user_id = fields.Integer(required=True)
    name = fields.String(required=True, attribute="user.name")
    email = fields.String(required=True, allow_none=True, attribute="user.email")
    is_placeholder = fields.Boolean(required=True, attribute="user.is_placeholder")
    role = one_of(*ROLES, required=True)
    manager = fields.Nested(PersonOut, required=True, allow_none=True)
    can_reassign_tasks = fields.Boolean(required=True)
    joined_at = InstantField(required=True, allow_none=True)
    suspended_at = InstantField(required=True, allow_none=True)


class MembersOut(Schema):
    """A page of members."""

    members = fields.Nested(MemberOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)


class UpdateMember(Change):
    """Another role, manager (null: nobody) or right. `successor_id` takes the reports of who loses the manager's role."""

    beside = ("successor_id",)
    role = one_of(*ROLES)
    manager_id = Id(allow_none=True)
    can_reassign_tasks = Flag()
    successor_id = Id(allow_none=True)


class RemoveMember(FormInput):
    """Who takes over reports and open tasks; by default the manager, else the owner who acts."""

    successor_id = Id(allow_none=True)


class NewAbsence(FormInput):
    """From which day to which, both inclusive, a member is away."""

    starts_on = Day(required=True)
    ends_on = Day(required=True)
    note = Line(120, 0)

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_kw: object) -> None:
        """It ends after it starts, and within a year."""
        if not 0 <= (data["ends_on"] - data["starts_on"]).days <= LONGEST_ABSENCE:
            raise ValidationError("Give a last day that is not before the first, and within a year of it.", "ends_on")


class AbsenceOut(Schema):
    """Some days on which a member is away."""

    id = fields.Integer(required=True)
    user_id = fields.Integer(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(required=True)
    note = fields.String(required=True)


class AbsencesOut(Schema):
    """The absences of a member that are not over, the next one first."""

    absences = fields.Nested(AbsenceOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)


class RemoveMemberQuery(Query):
    """The same, in a query string: not every client sends a body with a DELETE."""

    successor_id = Id()


class InviteMember(FormInput):
    """Who is asked in, as what. With `placeholder_id` they take over the history that an import made under that person."""

    email = Email(required=True)
    role = one_of(*ROLES, load_default="user")
    manager_id = Id(allow_none=True)
    placeholder_id = Id(allow_none=True)


class InvitationOut(Schema):
    """An open invitation."""

    id = fields.Integer(required=True)
    email = fields.String(required=True)
    role = one_of(*ROLES, required=True)
    manager = fields.Nested(PersonOut, required=True, allow_none=True)
    placeholder_id = fields.Integer(required=True, allow_none=True)
    invited_by = fields.Nested(PersonOut, required=True)
    created_at = InstantField(required=True)
    expires_at = InstantField(required=True)


class InvitationsOut(Schema):
    """A page of open invitations."""

    invitations = fields.Nested(InvitationOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)


class AcceptInvitation(FormInput):
    """The token of the mail. A new person adds names and a password; a known one is signed in, or sends their password."""

    token = fields.String(required=True, validate=validate.Length(1, 500))
    first_name = Line(80)
    last_name = Line(80, 0)
    password = fields.String(validate=validate.Length(1, 1024))


class JoinedOut(Schema):
    """The membership that an invitation became."""

    account = fields.Nested(AccountOut, required=True)
    member = fields.Nested(MemberOut, required=True)
