"""What signing in, registering and one's own profile take, and what the API shows of them."""

import re
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields, validate, validates_schema

from todoapp.accounts.models import ROLES
from todoapp.kit.clock import ZONES
from todoapp.kit.fields import Change, Email, FormInput, Id, InstantField, Line, is_text, one_of, refuse_surrogates
from todoapp.kit.paging import MetaOut
from todoapp.kit.small_json import NAMES, SmallJson
from todoapp.users.devices import device_in_words
from todoapp.users.passwords import SHORTEST, TOO_SHORT
from todoapp.users.sessions import API, BROWSER

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "it": "Italiano", "nl": "Nederlands"}
THEMES = ("system", "light", "dark")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class Secret(fields.String):
    """A password or token, taken letter by letter."""

    bounds: tuple[validate.Length, ...] = (validate.Length(1, 1024),)

    def __init__(self, **kw: Any):
        super().__init__(validate=self.bounds, **kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kw)
        refuse_surrogates(text)
        return text


class NewPassword(Secret):
    """A password to be. Whether it is hard to guess is asked when it is set."""

    bounds = (*Secret.bounds, validate.Length(SHORTEST, error=TOO_SHORT))


class Mobile(fields.String):
    """A mobile number with its country code (E.164); blanks, hyphens and brackets are left out."""

    takes = {"pattern": r"^[\s().-]*\+[\s().-]*[1-9]([\s().-]*[0-9]){6,14}[\s().-]*$", "examples": ["+49 171 1234567"]}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str | None:
        number = re.sub(r"[\s().-]", "", super()._deserialize(value, attr, data, **kw))
        if not number and self.allow_none and is_text(self):
            return None
        if not _E164.fullmatch(number):
            raise ValidationError("Give the number with its country code, such as +49 171 1234567.")
        return number


class Zone(fields.String):
    """A time zone by its name in the IANA database."""

    takes = {"format": "iana-time-zone", "examples": ["Europe/Berlin"]}
    default_error_messages = {"unknown": "There is no such time zone. Give one like Europe/Berlin."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        name: str = super()._deserialize(value, attr, data, **kw)
        if name not in ZONES:
            raise self.make_error("unknown")
        return name


class Register(FormInput):
    """A new person and the account that they will own."""

    email = Email(required=True)
    password = NewPassword(required=True, load_only=True)
    first_name = Line(80, required=True)
    last_name = Line(80, 0)
    account_name = Line(120, required=True)


class AskByEmail(FormInput):
    """An address to which a link is sent, if it belongs to somebody."""

    email = Email(required=True)


class UseLink(FormInput):
    """The token at the end of a link."""

    token = Secret(required=True)


class SetPassword(UseLink):
    """The token at the end of a link, and the new password."""

    password = NewPassword(required=True)


class ChooseAccount(FormInput):
    """The account to work in, by its id or by its slug."""

    account_id = Id()
    account = Line(80, metadata={"description": "slug"})

    @classmethod
    def constraints(cls) -> dict[str, Any]:
        """Not both, in the API's description."""
        return {"not": {"required": ["account_id", "account"]}}

    @validates_schema
    def one_of_both(self, data: dict[str, Any], **_kw: object) -> None:
        """Not both."""
        if "account_id" in data and "account" in data:
            raise ValidationError("Name the account by its id or by its slug.", "account")


class SwitchAccount(ChooseAccount):
    """The account to work in from now on."""

    @classmethod
    def constraints(cls) -> dict[str, Any]:
        """One of both, in the API's description."""
        return {"oneOf": [{"required": ["account_id"]}, {"required": ["account"]}]}

    @validates_schema
    def one(self, data: dict[str, Any], **_kw: object) -> None:
        """One of both."""
        if not data:
            raise ValidationError("Name the account by its id or by its slug.", "account_id")


class SignInFields(ChooseAccount):
    """Address and password, and optionally the account to work in."""

    email = Email(required=True)
    password = Secret(required=True)


class Refresh(FormInput):
    """A refresh token that was not used yet."""

    refresh_token = Secret(required=True)


class ChangePassword(FormInput):
    """The old password and the new one."""

    current_password = Secret(required=True)
    password = NewPassword(required=True)


class UpdateProfile(Change):
    """What people change of themselves."""

    first_name = Line(80)
    last_name = Line(80, 0)
    mobile = Mobile(allow_none=True)
    timezone = Zone()
    language = one_of(*LANGUAGES)
    avatar_url = fields.URL(
        schemes={"https"},
        validate=validate.Length(max=500),
        metadata={"format": "uri", "pattern": "^https://"},
        allow_none=True,
        error_messages={"invalid": "Give an https:// address."},
    )


class PreferenceChanges(Schema):
    """Preferences to set; null takes one out, those not named stay. Clients may keep small settings of their own."""

    class Meta:
        unknown = INCLUDE

    theme = one_of(*THEMES, allow_none=True)

    @classmethod
    def constraints(cls) -> dict[str, Any]:
        """The same, in the API's description."""
        return {"minProperties": 1, "propertyNames": {"minLength": NAMES.min, "maxLength": NAMES.max}}

    @validates_schema
    def small(self, data: dict[str, Any], **_kw: object) -> None:
        """Small values under short names, and at least one."""
        if not data:
            raise ValidationError("Name at least one preference.")
        SmallJson().deserialize(data)


class PreferencesOut(Schema):
    """All preferences."""

    preferences = fields.Dict(required=True)


class UserOut(Schema):
    """A person, as they see themselves."""

    id = fields.Integer(required=True)
    email = fields.String(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    name = fields.String(required=True)
    mobile = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    language = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    preferences = fields.Dict(required=True)
    default_account_id = fields.Integer(required=True, allow_none=True)
    last_sign_in_at = InstantField(required=True, allow_none=True)
    sign_in_count = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)


class OwnAccountOut(Schema):
    """An account to which one belongs."""

    id = fields.Integer(required=True, attribute="account.id")
    name = fields.String(required=True, attribute="account.name")
    slug = fields.String(required=True, attribute="account.slug")
    role = one_of(*ROLES, required=True)
    joined_at = InstantField(required=True, allow_none=True)


class OwnAccountsOut(Schema):
    """The accounts to which one belongs."""

    accounts = fields.Nested(OwnAccountOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)


class AccessOut(Schema):
    """An access token and the seconds for which it works, in one account (or in none yet)."""

    access_token = fields.String(required=True)
    token_type = fields.Constant("Bearer", required=True, metadata={"type": "string"})
    expires_in = fields.Integer(required=True)
    account = fields.Nested(OwnAccountOut, required=True, allow_none=True)


class TokensOut(AccessOut):
    """Both tokens. The refresh token works once, within seven days of signing in."""

    refresh_token = fields.String(required=True)


class SignedInOut(TokensOut):
    """Both tokens, and whose they are."""

    user = fields.Nested(UserOut, required=True)


class MessageOut(Schema):
    """What happens next, in a sentence."""

    message = fields.String(required=True)


class SessionOut(Schema):
    """One sign-in on one device. `current` is the one that asks."""

    id = fields.Integer(required=True)
    kind = one_of(BROWSER, API, required=True)
    device = fields.Function(
        lambda session: device_in_words(session.user_agent), required=True, metadata={"type": "string"}
    )
    ip_address = fields.String(required=True, allow_none=True)
    created_at = InstantField(required=True)
    last_seen_at = InstantField(required=True)
    expires_at = InstantField(required=True)
    current = fields.Function(lambda session: session.is_current, required=True, metadata={"type": "boolean"})


class SessionsOut(Schema):
    """A page of one's sessions."""

    sessions = fields.Nested(SessionOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)


class SignInOut(Schema):
    """One try to sign in."""

    id = fields.Integer(required=True)
    succeeded = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    via = fields.String(required=True)
    device = fields.Function(
        lambda tried: device_in_words(tried.user_agent), required=True, metadata={"type": "string"}
    )
    ip_address = fields.String(required=True, allow_none=True)
    created_at = InstantField(required=True)


class SignInsOut(Schema):
    """A page of tries to sign in, newest first."""

    sign_ins = fields.Nested(SignInOut, many=True, required=True)
    meta = fields.Nested(MetaOut, required=True)
