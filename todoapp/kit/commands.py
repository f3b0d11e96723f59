"""Commands of the shell: a refusal becomes a sentence and an exit status, never a stack trace."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from click import ClickException
from marshmallow import ValidationError

from todoapp.kit.errors import Refusal
from todoapp.kit.http import flat_fields


def refuses_clearly(command: Callable[..., Any]) -> Callable[..., Any]:
    """Tell the person at the shell why nothing was done, and which option to mend."""

    @wraps(command)
    def tried(*args: Any, **kw: Any) -> Any:
        try:
            return command(*args, **kw)
        except ValidationError as error:
            raise _told("Nothing was done.", flat_fields(error.messages)) from None
        except Refusal as refusal:
            raise _told(refusal.message, refusal.fields) from None

    return tried


def _told(message: str, fields: dict[str, Any]) -> ClickException:
    lines = [message]
    for name, texts in fields.items():
        sentences = " ".join(map(str, texts)) if isinstance(texts, list) else str(texts)
        lines.append(f"  --{name.replace('_', '-')}: {sentences}")
    return ClickException("\n".join(lines))
