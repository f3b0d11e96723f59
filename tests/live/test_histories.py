"""Which events are said, and that nobody forgot to decide."""

from todoapp.activity.phrases import PHRASES
from todoapp.live.histories import HEARD, IMPORTED, PEOPLE, SIGN_INS, STEPS, UNHEARD


def test_every_event_of_a_task_is_said_or_is_not():
    of_tasks = {action for action in PHRASES if action.startswith("task_")}
    undecided = of_tasks - HEARD - UNHEARD
    assert not undecided, f"Name them in HEARD or UNHEARD (todoapp/live/histories.py): {sorted(undecided)}"
    assert not HEARD & UNHEARD
    assert set(PHRASES) >= HEARD | UNHEARD | SIGN_INS | {IMPORTED}
    assert HEARD >= STEPS


def test_events_about_people_are_recognised():
    assert {action for action in PHRASES if action.startswith(PEOPLE)} >= {
        "member_joined",
        "member_updated",
        "member_removed",
        "member_left",
        "account_updated",
        "account_deleted",
    }
