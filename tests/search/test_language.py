"""The language of search, read without a database."""

from datetime import date

import pytest

from todoapp.search.language import MOST_WORDS, Due, NotUnderstood, read


def test_words_are_folded_and_the_last_is_unfinished():
    search = read("Überprüfe den LOGIN")
    assert (search.words, search.unfinished) == (["uberprufe", "den"], "login")
    assert read("login ").unfinished is None and read("login ").words == ["login"]
    assert read("lo").unfinished is None and read("lo").words == ["lo"]


def test_phrases_and_what_must_not_be_there():
    search = read('plan "Second  paragraph" -draft -"old thing"')
    assert search.words == ["plan"] and search.phrases == [["second", "paragraph"]]
    assert search.without == ["draft", "old", "thing"] and search.unfinished is None
    assert read('"never closed').phrases == [["never", "closed"]]
    assert read("e-mail").words == ["e"] and read("e-mail").unfinished == "mail"


def test_people_and_statuses():
    search = read("from:Me,dilip.rao to:nobody status:in-progress,paused STATUS:completed report")
    assert (search.creators, search.assignees) == (["Me", "dilip.rao"], ["nobody"])
    assert search.statuses == ["in_progress", "paused", "completed"] and search.unfinished == "report"
    assert read("status:open").statuses == ["pending", "in_progress", "paused"]
    assert read('from:"Uma Northwind"').creators == ["Uma Northwind"]
    assert read("from:me").unfinished is None and not read("from:me").has_words


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("today", Due("today")),
        ("Overdue", Due("overdue")),
        ("none", Due("none")),
        ("2026-11-27", Due(first=date(2026, 11, 27), last=date(2026, 11, 27))),
        ("<2026-11-27", Due(last=date(2026, 11, 26))),
        (">2026-11-27", Due(first=date(2026, 11, 28))),
        ("2026-11-01..2026-11-30", Due(first=date(2026, 11, 1), last=date(2026, 11, 30))),
    ],
)
def test_due(text, due):
    assert read(f"due:{text}").due == [due]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("status:finished", "status: takes pending"),
        ("due:soon", "due: takes today"),
        ("due:2026-02-30", "due: takes"),
        ("due:<", "due: takes"),
        ("due:..", "due: takes"),
        ("due:2026-11-01..", "due: takes"),
        ("due:0001-01-01", "due: takes"),
        ("due:20261127", "due: takes"),
        ("from: uma", "right after from:"),
        ("to:", "right after to:"),
        ("to:,", "right after to:"),
        (" ".join(["word"] * (MOST_WORDS + 2)), "at most 10 words"),
    ],
)
def test_what_is_not_understood_is_said(text, said):
    with pytest.raises(NotUnderstood, match=said):
        read(text)


def test_signs_alone_are_nothing_to_look_for():
    assert read("?!").is_void and read('""').is_void and read("-").is_void and read("").is_void
    assert not read("due:today").is_void and not read("-x").is_void


def test_other_colons_are_text():
    assert read("https://example.com/a:b ").words == ["https", "example", "com", "a", "b"]
