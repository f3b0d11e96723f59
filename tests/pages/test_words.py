"""Times, lengths and typed lengths in words: known answers."""

from datetime import datetime

import pytest

from todoapp.kit import words
from todoapp.kit.forms import in_zone
from todoapp.tasks.typed import length_of, marks_of, spoken_length


def instant(text):
    return datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize(
    ("due", "text", "state"),
    [
        ("2026-11-22T10:00:00", "Overdue 22h", "late"),
        ("2026-11-23T07:59:30", "Overdue 1m", "late"),
        ("2026-11-20T08:00:00", "Overdue 3d", "late"),
        ("2026-11-21T09:00:00", "Overdue 47h", "late"),
        ("2026-11-23T16:50:00", "Today 17:50", "soon"),
        ("2026-11-23T23:30:00", "Tomorrow", ""),
        ("2026-11-26T08:00:00", "26 Nov", ""),
        ("2027-01-02T08:00:00", "2 Jan 2027", ""),
    ],
)
def test_due_words_in_berlin(at, due, text, state):
    at("2026-11-23T08:00:00Z")
    assert words.due_words(instant(due), "Europe/Berlin") == {"text": text, "state": state}


def test_a_done_task_is_not_late(at):
    at("2026-11-23T08:00:00Z")
    assert words.due_words(instant("2026-11-20T08:00:00"), "UTC", done=True) == {"text": "20 Nov", "state": ""}


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ("2026-11-23T07:59:40", "just now"),
        ("2026-11-23T07:59:00", "1 minute ago"),
        ("2026-11-23T03:00:00", "5 hours ago"),
        ("2026-11-25T08:00:00", "in 2 days"),
        ("2026-11-01T08:00:00", "1 Nov"),
    ],
)
def test_ago(at, when, text):
    at("2026-11-23T08:00:00Z")
    assert words.ago(instant(when), "UTC") == text


def test_exact_follows_the_zone_and_its_clock_change():
    assert words.exact(instant("2026-10-24T22:30:00"), "Europe/Berlin") == "Sun 25 Oct 2026, 00:30"
    assert words.exact(instant("2026-10-25T01:30:00"), "Europe/Berlin") == "Sun 25 Oct 2026, 02:30"
    assert (
        words.with_local_times("stopped at 2026-11-23T16:30:00+00:00", "Asia/Tokyo")
        == "stopped at Tue 24 Nov 2026, 01:30"
    )


@pytest.mark.parametrize(("length", "text"), [(0, "0h 00m"), (59, "0h 00m"), (13200, "3h 40m"), (360000, "100h 00m")])
def test_duration(length, text):
    assert words.duration(length) == text


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("45m", 2700),
        ("4h", 14400),
        ("1h 30m", 5400),
        ("1,5h", 5400),
        ("2", 7200),
        ("90 min", 5400),
        ("", None),
        ("soon", "soon"),
    ],
)
def test_typed_lengths(typed, length):
    assert length_of(typed) == length


@pytest.mark.parametrize("length", [0, 60, 2700, 5400, 14400, 360000])
def test_a_length_is_typed_as_it_is_spoken(length):
    assert length_of(spoken_length(length)) == length


def test_local_times_get_the_zone_and_days_stay_days():
    assert in_zone("2026-11-23T17:30", "Europe/Berlin") == "2026-11-23T17:30:00+01:00"
    assert in_zone("2026-07-23T17:30", "Europe/Berlin") == "2026-07-23T17:30:00+02:00"
    assert in_zone("2026-11-23", "Europe/Berlin") == "2026-11-23"
    assert in_zone("2026-11-23T17:30:00Z", "Europe/Berlin") == "2026-11-23T17:30:00Z"
    assert in_zone("tomorrow", "Europe/Berlin") == "tomorrow"


def test_marks_do_not_mind_how_a_browser_ends_lines():
    assert marks_of({"description": "a\nb"}) == marks_of({"description": "a\r\nb\r\n"})
    assert marks_of({"description": "a"}) != marks_of({"description": "b"})
