"""What people say of themselves: name, mobile, time zone, language, picture, and small preferences."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from todoapp.extensions import db
from todoapp.kit.database import json_size
from todoapp.kit.errors import BadInput
from todoapp.users.models import User

LARGEST_PREFERENCES = 16 * 1024


def update_profile(user: User, **fields: Any) -> User:
    """Change what is named."""
    try:
        with db.session.begin_nested():
            for name, value in fields.items():
                setattr(user, name, value)
    except IntegrityError:
        raise BadInput(fields={"mobile": ["This number belongs to somebody else."]}) from None
    return user


def update_preferences(user: User, changes: dict[str, Any]) -> dict[str, Any]:
    """Merge `changes` into the preferences; null takes one out. Others stay, also those saved at the same time."""
    db.session.refresh(user, with_for_update={"of": User})
    merged = {name: value for name, value in {**user.preferences, **changes}.items() if value is not None}
    if json_size(merged) > LARGEST_PREFERENCES:
        raise BadInput(fields={"preferences": [f"All preferences together take at most {LARGEST_PREFERENCES} bytes."]})
    user.preferences = merged
    return merged
