"""Broken and hostile files: a clear sentence, exit status 1, and nothing changed. Who may not import changes nothing either."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.imports.boards import action, board, card, checklist, list_, new_id, person, save
from tests.imports.test_worklog_rules import planned, session
from tests.imports.test_worklog_rules import save as save_log
from todoapp.imports import reading

TODO, ANN = list_("To Do"), person("Ann Ash")


def good() -> dict[str, Any]:
    one = card("one", TODO, ANN)
    return board(
        [TODO],
        [one],
        [ANN],
        actions=[action("commentCard", "2019-05-01T09:00:00Z", ANN, one, text="hello")],
        checklists=[checklist("steps", one, a=True)],
    )


def changed(change: Callable[[dict[str, Any]], Any]) -> str:
    export = good()
    change(export)
    return json.dumps(export)


def deep(_export: dict[str, Any] | None = None) -> str:
    return '{"cards":' + "[" * 100_000 + "]" * 100_000 + "}"


BOARDS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "This is not JSON"),
    "not JSON": ("<html>Sign in to Trello</html>", "This is not JSON"),
    "cut off": (json.dumps(good())[:-40], "This is not JSON"),
    "bytes": (b"\xff\xfe\x00\x01" * 100, "This is not JSON"),
    "not a number": (changed(lambda b: None).replace('"pos": 0', '"pos": NaN'), "This is not JSON"),
    "deep": (deep(), "This is not JSON"),
    "a list": ("[]", "not an export that we can read"),
    "a number": ("12", "not an export that we can read"),
    "null": ("null", "not an export that we can read"),
    "another tool's": ('{"issues": []}', "cards: Missing data for required field."),
    "without lists": (changed(lambda b: b.pop("lists")), "lists: Missing data"),
    "cards are words": (changed(lambda b: b.update(cards=["one", "two"])), "cards.0"),
    "card without id": (changed(lambda b: b["cards"][0].pop("id")), "cards.0.id: Missing data"),
    "odd id": (changed(lambda b: b["cards"][0].update(id="'; DROP TABLE tasks; --")), "cards.0.id: Not an id"),
    "name is a number": (changed(lambda b: b["cards"][0].update(name=12)), "cards.0.name: Not a valid string."),
    "endless name": (changed(lambda b: b["cards"][0].update(name="x" * 60_000)), "cards.0.name: Length"),
    "odd due date": (changed(lambda b: b["cards"][0].update(due="tomorrow")), "cards.0.due"),
    "due in the year 12019": (changed(lambda b: b["cards"][0].update(due="12019-01-01T00:00:00Z")), "cards.0.due"),
    "due without zone": (changed(lambda b: b["cards"][0].update(due="2019-01-01T00:00:00")), "cards.0.due"),
    "script as address": (changed(lambda b: b["cards"][0].update(shortUrl="javascript:alert(1)")), "cards.0.shortUrl"),
    "same card twice": (changed(lambda b: b["cards"].append(b["cards"][0])), "cards: The same id stands there twice."),
    "list that is nowhere": (changed(lambda b: b["cards"][0].update(idList=new_id())), "There is no list"),
    "label that is nowhere": (changed(lambda b: b["cards"][0].update(idLabels=[new_id()])), "There is no label"),
    "member who is nowhere": (changed(lambda b: b["cards"][0].update(idMembers=[new_id()])), "There is no member"),
    "checklist of no card": (changed(lambda b: b["checklists"][0].update(idCard=new_id())), "There is no card"),
    "odd state": (
        changed(lambda b: b["checklists"][0]["checkItems"][0].update(state="?")),
        "checklists.0.checkItems.0",
    ),
    "action without date": (changed(lambda b: b["actions"][0].pop("date")), "actions.0.date: Missing data"),
    "action by nobody": (
        changed(lambda b: b["actions"][0].update(idMemberCreator=new_id(), memberCreator=None)),
        "actions: There is no member",
    ),
    "move to nowhere": (
        changed(lambda b: b["actions"][0].update(type="updateCard", data={"old": {"idList": TODO["id"]}})),
        "actions.0.data",
    ),
    "data is a word": (changed(lambda b: b["actions"][0].update(data="?")), "actions.0.data"),
}


@pytest.fixture
def refused(take, camera, cast):
    """`refused(kind, path, sentence)`: the import says so, ends with status 1 and changes nothing."""

    def check(kind: str, path: Any, sentence: str, **who: str) -> str:
        before = camera.take()
        result = take(kind, path, **who)
        assert result.exit_code == 1, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        assert sentence in result.output and len(result.output) < 2000, result.output
        after = camera.take()
        denials = after.pop("activity_logs")[len(before.pop("activity_logs")) :]
        assert all("act_denied" in row for row in denials)
        assert {name for name in before if after[name] != before[name]} <= {"activity_chains"}
        return str(result.output)

    return check


@pytest.mark.parametrize("what", BOARDS)
def test_a_broken_board_changes_nothing(refused, tmp_path, what):
    content, sentence = BOARDS[what]
    path = tmp_path / "board.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert "Nothing was taken." in refused("trello", path, sentence)


def test_the_good_board_is_good(take, tmp_path):
    assert take("trello", save(tmp_path, good())).exit_code == 0


def test_a_file_that_is_too_large_is_refused(refused, tmp_path):
    path = tmp_path / "board.json"
    with path.open("wb") as file:
        file.truncate(reading.LARGEST + 1)
    refused("trello", path, "larger than 64 MB")


def test_what_is_no_file_is_refused(refused, tmp_path):
    refused("trello", tmp_path / "missing.json", "There is no such file.")
    refused("trello", tmp_path, "cannot be read")
    refused("worklog", tmp_path / "missing", "There is no such folder.")
    refused("worklog", tmp_path, "There must be one file")


def test_a_fault_in_the_middle_takes_back_everything(refused, tmp_path, monkeypatch):
    """The file is well formed, and the database refuses what is made of its last action."""
    from todoapp.imports.trello import history

    def fail(*_args: Any, **_kw: Any) -> None:
        raise history_refusal

    history_refusal = reading.BrokenFile("board.json", "It fell over.")
    monkeypatch.setattr(history, "take_over_comment", fail)
    refused("trello", save(tmp_path, good()), "It fell over.")


TASKS, TIMES = [planned("500")], [session("1", "500", "9:00", "10:00", "60")]
WBS = [["95", "1", ""], ["95", "11", "1.0"]]


def altered(rows: list[list[str]], place: int, value: str) -> list[list[str]]:
    return [[value if at == place else old for at, old in enumerate(row)] for row in rows]


LOGS: dict[str, tuple[Any, Any, Any, str]] = {
    "no time": (TASKS, altered(TIMES, 5, "yesterday"), WBS, "Line 2: time_log_start_date is no time like"),
    "31 February": (TASKS, altered(TIMES, 5, "2/31/2013 9:00"), WBS, "time_log_start_date is no time"),
    "the year 1": (TASKS, altered(TIMES, 5, "1/1/0001 9:00"), WBS, "time_log_start_date is no time of our age"),
    "no minutes": (TASKS, altered(TIMES, 7, "many"), WBS, "time_log_delta_minutes is no number of minutes"),
    "minus minutes": (TASKS, altered(TIMES, 7, "-5"), WBS, "time_log_delta_minutes is no number of minutes between"),
    "not a number": (TASKS, altered(TIMES, 7, "nan"), WBS, "time_log_delta_minutes is no number of minutes"),
    "endless minutes": (altered(TASKS, 7, "1e308"), TIMES, WBS, "task_plan_time_minutes is no number of minutes"),
    "infinite minutes": (altered(TASKS, 7, "inf"), TIMES, WBS, "task_plan_time_minutes is no number of minutes"),
    "no key": (TASKS, altered(TIMES, 0, ""), WBS, "time_log_fact_key is no key"),
    "endless key": (TASKS, altered(TIMES, 0, "9" * 200), WBS, "time_log_fact_key is no key"),
    "a session twice": (TASKS, TIMES * 2, WBS, "time_log_fact_key stands there twice"),
    "an item twice": (TASKS * 2, TIMES, WBS, "plan_item_key stands there twice"),
    "element that is nowhere": (altered(TASKS, 2, "99"), TIMES, WBS, "wbs_element_key is in no line"),
    "parent that is nowhere": (TASKS, TIMES, [["95", "11", "9.0"]], "parent_wbs_element_key is in no line"),
    "loop": (TASKS, TIMES, [["95", "1", "11.0"], ["95", "11", "1.0"]], "is part of itself"),
    "a field too many": (TASKS, [[*TIMES[0], "more"]], WBS, "has more or fewer fields than the head"),
    "a field too few": (TASKS, [TIMES[0][:-1]], WBS, "has more or fewer fields than the head"),
}


@pytest.mark.parametrize("what", LOGS)
def test_a_broken_work_log_changes_nothing(refused, tmp_path, what):
    *tables, sentence = LOGS[what]
    assert "Nothing was taken." in refused("worklog", save_log(tmp_path / "log", *tables), sentence)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The columns time_log_fact_key, "),
        (b"\x00\x01\x02", "The columns"),
        (b"\xff\xfe\xfa", "not a table in UTF-8"),
        (b"a,b\n1,2\n", "are missing"),
        (b'"' + b"x" * 200_000, "not a table that we can read"),
    ],
    ids=["empty", "bytes", "no text", "other columns", "endless field"],
)
def test_what_is_no_table_is_refused(refused, tmp_path, content, sentence):
    folder = save_log(tmp_path / "log", TASKS, TIMES, WBS)
    (folder / "small_time.csv").write_bytes(content)
    refused("worklog", folder, sentence)


def test_damaged_and_swollen_archives_are_refused(refused, tmp_path, monkeypatch):
    folder = save_log(tmp_path / "log", TASKS, TIMES, WBS)
    whole = gzip.compress((folder / "small_time.csv").read_bytes())
    (folder / "small_time.csv").unlink()
    packed = folder / "small_time.csv.gz"
    for content in (whole[:-9], whole[:5] + b"junk" + whole[9:-8] + b"12345678", b"no gzip at all"):
        packed.write_bytes(content)
        refused("worklog", folder, "The file is damaged or cut off")
    packed.write_bytes(gzip.compress(b"0" * 3_000_000))
    monkeypatch.setattr(reading, "LARGEST", 2_000_000)
    refused("worklog", folder, "larger than")


def test_only_super_managers_and_owners_import(refused, take, tmp_path):
    path = save(tmp_path, good())
    for email in ("uma@northwind.test", "mara@northwind.test"):
        refused("trello", path, "Only super managers and owners may import into the account.", by=email)
    refused("trello", path, "is no member of Northwind", by="zoe@zebra.test")
    refused("trello", path, "is no member of Northwind", by="nobody@nowhere.test")
    refused("trello", path, "There is no open account with the slug nowhere", account="nowhere")
    assert take("trello", path, by="Sven@Northwind.test").exit_code == 0


def test_an_import_says_which_option_is_missing(app):
    ran = app.test_cli_runner().invoke(args=["import", "trello", "board.json"])
    assert ran.exit_code == 2 and "--account" in ran.output
