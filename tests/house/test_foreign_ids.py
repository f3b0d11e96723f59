"""What another account owns does not exist: in paths, in query strings, in bodies, for its owner with all rights."""

from collections.abc import Iterator

import pytest

from tests.house.doors import MISSING_ID, UNSAFE, Door, Field
from tests.house.furnishing import MARKERS
from tests.house.visiting import COUNTED, Answer, Furnished, Visit

OURS, THEIRS = MARKERS

UNWILLING: dict[str, str] = {}
"""Doors that take an id and that nothing in the furnished house makes say yes, each with the reason."""


UNREAD = {"POST /login account_id"}
"""Fields that a page's schema knows and that the page does not read: the ids of nobody's account do as little."""


def complaints(furnished: Furnished, what: str, foreign: Answer, missing: Answer) -> list[str]:
    """What is wrong with the answer to a foreign id, beside the answer to one that nobody has."""
    found = []
    if foreign.status != 404:
        found.append(f"{what}: {foreign.status} {foreign.body[:200]}")
    elif (foreign.status, foreign.body, foreign.headers) != (missing.status, missing.body, missing.headers):
        found.append(f"{what}: differs from a missing id: {foreign.body[:200]} / {missing.body[:200]}")
    if foreign.shows(OURS):
        found.append(f"{what}: shows {OURS}")
    if moved := set(furnished.what_moved()) - COUNTED:
        found.append(f"{what}: changed {sorted(moved)}")
    return found


def few(ids: list[int]) -> list[int]:
    """The first, the middle and the last."""
    return sorted({ids[0], ids[len(ids) // 2], ids[-1]})


def id_fields(furnished: Furnished) -> Iterator[tuple[Door, Field]]:
    """Every field of every door that names a row."""
    for door in furnished.house.doors:
        for item in furnished.fields_of(door):
            if item.kind:
                yield door, item


def test_every_id_in_a_path_is_missing_for_strangers(furnished: Furnished) -> None:
    wrong, swept = [], 0
    for door in furnished.house.doors:
        for name, kind in door.row_parameters.items():
            own = next(furnished.visits(door, furnished.theirs))
            missing = furnished.zoe.go(door, Visit(own.ids | {name: MISSING_ID}, own.query, own.body))
            for foreign_id in few(furnished.ours.of(kind)):
                answer = furnished.zoe.go(door, Visit(own.ids | {name: foreign_id}, own.query, own.body))
                wrong += complaints(furnished, f"{door.name} {name}={foreign_id} ({kind})", answer, missing)
                swept += 1
    assert not wrong, "\n".join(wrong)
    assert swept > 80


def test_every_door_with_an_id_opens_for_its_own_people(furnished: Furnished) -> None:
    """Else the sweep above would prove nothing."""
    shut = {
        door.name
        for door in furnished.house.doors
        if door.row_parameters and not furnished.willing(door) and door.name not in UNWILLING
    }
    assert not shut, f"Furnish a row for which these doors say yes, or name them in UNWILLING: {sorted(shut)}"


def test_every_id_in_a_query_or_body_is_missing_for_strangers(furnished: Furnished) -> None:
    wrong, shut, swept = [], [], 0
    for door, item in id_fields(furnished):
        if f"{door.name} {item.name}" in UNREAD:
            continue
        granted = furnished.willing(door, item)
        if granted is None:
            shut.append(f"{door.name} {item.name}")
            continue
        missing = granted.visitor.go(door, granted.visit.with_field(item, MISSING_ID))
        for foreign_id in few(furnished.ours.of(item.kind or "")):
            answer = granted.visitor.go(door, granted.visit.with_field(item, foreign_id))
            wrong += complaints(furnished, f"{door.name} {item.place} {item.name}={foreign_id}", answer, missing)
            swept += 1
    assert not wrong, "\n".join(wrong)
    assert set(shut) <= set(UNWILLING), (
        f"Nothing makes these say yes to an own id: {sorted(set(shut) - set(UNWILLING))}"
    )
    assert swept > 40


def test_no_list_search_or_page_shows_the_other_account(furnished: Furnished) -> None:
    wrong, shown = [], 0
    for door in furnished.house.doors:
        if door.method in UNSAFE or door.endpoint == "static":
            continue
        searches = [item for item in furnished.fields_of(door) if item.name in ("search", "q")]
        for visit in furnished.visits(door, furnished.theirs):
            for tried in [visit, *(visit.with_field(item, "secret") for item in searches)]:
                answer = furnished.zoe.go(door, tried)
                shown += answer.shows(THEIRS)
                if answer.shows(OURS):
                    wrong.append(f"{door.name} {tried}: shows {OURS}")
    assert not wrong, "\n".join(wrong)
    assert shown > 20, "their own account must show, else the marker proves nothing"


@pytest.mark.parametrize("word", [OURS, OURS.capitalize(), f"{OURS}-tag"])
def test_asking_for_the_other_accounts_words_finds_nothing(furnished: Furnished, word: str) -> None:
    """Of the API; in a page, the words come back in what was asked."""
    asked = 0
    for door in furnished.house.doors:
        for item in furnished.fields_of(door):
            if door.is_api and item.place == "query" and item.name in ("search", "tags", "q"):
                granted = furnished.granted(door)
                assert granted, door.name
                answer = granted.visitor.go(door, granted.visit.with_field(item, word))
                assert answer.status == 200, answer.body
                assert not answer.shows(OURS), f"{door.name}: {answer.body}"
                asked += 1
    assert asked > 3
