"""Which events are said, and that nobody forgot to decide."""

from todoapp.activity.phrases import PHRASES
from todoapp.live.histories import ENDINGS, HEARD, IMPORTED, PEOPLE, STEPS, UNHEARD


def test_every_event_of_a_task_is_said_or_is_not():
    of_tasks = {action for action in PHRASES if action.startswith("task_")}
    undecided = of_tasks - HEARD - UNHEARD
    assert not undecided, f"Name them in HEARD or UNHEARD (todoapp/live/histories.py): {sorted(undecided)}"
    assert not HEARD & UNHEARD
    assert set(PHRASES) >= HEARD | UNHEARD | PEOPLE | ENDINGS | {IMPORTED}
    assert HEARD >= STEPS
