"""The JSON door of tasks."""

from todoapp.kit.api import ApiBlueprint

blp = ApiBlueprint("tasks", __name__, url_prefix="/v1/tasks", description="Tasks and what is done with them")
