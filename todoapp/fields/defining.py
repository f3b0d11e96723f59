"""The custom fields that an import fills: made by it where the account does not have them."""

from collections.abc import Iterable, Mapping

from todoapp.actor import Actor
from todoapp.fields.actions import create_custom_field
from todoapp.fields.queries import known_fields
from todoapp.kit.errors import Conflict
from todoapp.tasks.models import Task

Definitions = Mapping[str, tuple[str, str]]


def define_filled(actor: Actor, definitions: Definitions, tasks: Iterable[Task]) -> None:
    """Make the fields in which something stands on these tasks; `definitions` are name and kind by key.

    Where there is no room for one, or its name is taken, its values stay under the bare key.
    """
    filled = {key for task in tasks for key in task.custom_fields} - known_fields().keys()
    for key, (name, kind) in definitions.items():
        if key in filled:
            try:
                create_custom_field(actor, name=name, kind=kind, key=key)
            except Conflict:
                continue
