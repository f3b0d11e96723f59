"""The main job through plain forms: hand down, accept, start, pause, resume, complete, and read what happened."""

import re

import pytest


def panel(page):
    return page.text.split('aria-labelledby="now"')[1].split("</section>")[0]


def test_main_job(visit, cast, at):
    at("2026-11-23T09:00:00Z")
    mara, uma = visit(cast.mara), visit(cast.uma)
    number = mara.makes(
        "Fix the login",
        assigned_to_id=cast.uma.user_id,
        due_day="2026-11-23",
        due_time="12:00",
        estimate="1h 30m",
        tags="auth, web",
    )
    assert "Not accepted" in uma.get("/boards/me").text

    page = uma.sent(f"/tasks/{number}/accept")
    assert "You accepted #" in page.text
    page = uma.sent(f"/tasks/{number}/start")
    assert "In progress" in panel(page)
    at("2026-11-23T10:00:00Z")
    page = uma.sent(
        f"/tasks/{number}/pause",
        reason="Waiting for an answer",
        comment="Which provider?",
        progress_percentage="40",
        waiting_for_user_id=cast.mara.user_id,
        waiting_for_task_id="",
    )
    assert "waiting for" in page.text and "40 % done" in page.text
    at("2026-11-23T10:30:00Z")
    uma.sent(f"/tasks/{number}/resume")
    at("2026-11-23T12:45:00Z")
    page = uma.sent(f"/tasks/{number}/complete")
    assert "3h 15m" in page.text and "0h 30m" in page.text and "3h 45m" in page.text
    for sentence in (
        "created this task",
        "assigned this to Uma",
        "accepted this",
        "started work",
        "paused: Waiting for an answer",
        "resumed work",
        "completed this",
    ):
        assert sentence in page.text
    assert "1h 45m over" in page.text


def test_quick_form_returns_to_the_board(visit, cast):
    mara = visit(cast.mara)
    board = f"/boards/people/{cast.uma.user_id}"
    mara.get(board)
    answer = mara.post("/tasks/new", title="Quick", assigned_to_id=cast.uma.user_id, next=board)
    assert answer.location == board
    assert "Quick" in mara.get(board).text


@pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_next_stays_here(visit, cast, target):
    answer = visit(cast.uma).post("/tasks/new", title="Quick", next=target)
    assert re.fullmatch(r"/tasks/\d+", answer.location)


def test_refused_form_keeps_what_was_typed(visit, cast):
    uma = visit(cast.uma)
    page = uma.post(
        "/tasks/new", title="  ", description="A long story", estimate="soon", due_day="2026-11-31", tags="a, b"
    )
    assert page.status_code == 422
    assert "A long story" in page.text and 'value="soon"' in page.text and 'value="a, b"' in page.text
    assert "Write it as 45m, 4h or 1h 30m." in page.text
    assert "Fill this in." in page.text
    assert "A long story" not in uma.get("/boards/me").text


def test_refused_deed_shows_the_task_with_the_reason(visit, cast):
    mara = visit(cast.mara)
    number = mara.makes("Theirs", assigned_to_id=cast.uma.user_id)
    page = mara.post(f"/tasks/{number}/start")
    assert page.status_code == 403
    assert "Only the assignee may start the task" in page.text and "Theirs" in page.text
    uma = visit(cast.uma)
    uma.sent(f"/tasks/{number}/start")
    page = uma.post(f"/tasks/{number}/pause", reason="", comment="Half done")
    assert page.status_code == 422
    assert re.search(r'<details class="fold" id="pause" open>', page.text)
    assert "Half done" in page.text and "Fill this in." in page.text
    page = uma.post(f"/tasks/{number}/reject", reason="Too late")
    assert page.status_code == 409 and "already started" in page.text


def test_reject_goes_back_and_out_of_sight(visit, cast):
    mara, uma = visit(cast.mara), visit(cast.uma)
    number = mara.makes("Not mine", assigned_to_id=cast.uma.user_id)
    answer = uma.post(f"/tasks/{number}/reject", reason="On leave", next=f"/tasks/{number}")
    assert answer.location == "/boards/me"
    assert "It went back to Mara" in uma.get("/boards/me").text
    assert uma.get(f"/tasks/{number}").status_code == 404
    page = mara.get(f"/tasks/{number}")
    assert "On leave" in page.text and "Rejected" in page.text


def test_delete_and_undo(visit, cast):
    uma = visit(cast.uma)
    number = uma.makes("Gone")
    page = uma.sent(f"/tasks/{number}/delete", next=f"/tasks/{number}")
    assert f'action="/tasks/{number}/restore"' in page.text
    assert "Deleted" in uma.get(f"/tasks/{number}").text
    assert "is back" in uma.sent(f"/tasks/{number}/restore").text
    assert "Gone" in uma.get("/boards/me").text


def test_deleted_task_is_gone_for_those_who_may_not_restore(visit, cast):
    uma, nina = visit(cast.uma), visit(cast.nina)
    number = uma.makes("Shared", visibility="account")
    assert nina.get(f"/tasks/{number}").status_code == 200
    uma.sent(f"/tasks/{number}/delete")
    assert nina.get(f"/tasks/{number}").status_code == 404


def test_edits_of_different_fields_merge(visit, cast):
    mara, uma = visit(cast.mara), visit(cast.uma)
    number = mara.makes("Old title", assigned_to_id=cast.uma.user_id, description="Old text")
    first, second = form_of(mara.get(f"/tasks/{number}/edit")), form_of(uma.get(f"/tasks/{number}/edit"))
    mara.sent(f"/tasks/{number}/edit", **first | {"title": "New title"})
    page = uma.sent(f"/tasks/{number}/edit", **second | {"description": "New text"})
    assert "New title" in page.text and "New text" in page.text


def test_edits_of_the_same_field_are_put_to_the_choice(visit, cast):
    mara, uma = visit(cast.mara), visit(cast.uma)
    number = mara.makes("Old title", assigned_to_id=cast.uma.user_id)
    first, second = form_of(mara.get(f"/tasks/{number}/edit")), form_of(uma.get(f"/tasks/{number}/edit"))
    mara.sent(f"/tasks/{number}/edit", **first | {"title": "From Mara", "due_day": "2026-12-01"})
    page = uma.post(
        f"/tasks/{number}/edit", **second | {"title": "From Uma", "due_day": "2026-12-02", "priority": "high"}
    )
    assert page.status_code == 409
    assert "Mara Northwind" in page.text and "From Uma" in page.text and "From Mara" in page.text
    assert "Tue 1 Dec 2026, 17:00" in page.text and "Wed 2 Dec 2026, 17:00" in page.text
    chosen = form_of(page)
    assert chosen["priority"] == "high"
    mine = re.search(r'name="title" value="([^"]*)" checked', page.text)[1]
    assert mine == "From Uma"
    page = uma.sent(f"/tasks/{number}/edit", **chosen | {"title": "From Mara", "due": "2026-12-02"})
    assert "From Mara" in page.text and "2 Dec" in page.text and "High" in page.text


def test_untouched_due_date_keeps_its_seconds(visit, cast, api):
    number = visit(cast.uma).makes("Exact")
    exact = "2026-11-27T10:11:12+00:00"
    assert api(cast.uma).patch(f"/v1/tasks/{number}", json={"due_date": exact}).status_code == 200
    uma = visit(cast.uma)
    uma.sent(f"/tasks/{number}/edit", **form_of(uma.get(f"/tasks/{number}/edit")) | {"title": "Renamed"})
    assert api(cast.uma).get(f"/v1/tasks/{number}").json["due_date"] == exact


def test_hand_over_chain(visit, cast):
    olga, sven, mara = visit(cast.olga), visit(cast.sven), visit(cast.mara)
    number = olga.makes("Down the line", assigned_to_id=cast.sven.user_id)
    sven.sent(f"/tasks/{number}/assign", assigned_to_id=cast.mara.user_id)
    page = mara.sent(f"/tasks/{number}/accept")
    assert page.text.count('class="who"') >= 4
    page = mara.post(f"/tasks/{number}/assign", assigned_to_id=cast.sven.user_id)
    assert page.status_code == 403
    assert "already assigned" in page.text


def test_starting_tells_what_it_paused(visit, cast):
    uma = visit(cast.uma)
    first, second = uma.makes("First"), uma.makes("Second")
    uma.sent(f"/tasks/{first}/start")
    page = uma.sent(f"/tasks/{second}/start")
    assert f"You started #{second}. #{first} is paused." in page.text
    assert "Switched to another task" in uma.get(f"/tasks/{first}").text


def test_subtask_and_correction(visit, cast, at):
    at("2026-11-23T09:00:00Z")
    uma = visit(cast.uma)
    number = uma.makes("Whole")
    page = uma.sent("/tasks/new", title="Part", parent_task_id=number, next=f"/tasks/{number}")
    assert "0 of 1" in page.text
    uma.sent(f"/tasks/{number}/start")
    at("2026-11-24T09:00:00Z")
    page = uma.sent(f"/tasks/{number}/correct-clock", stopped_at="2026-11-23T17:30")
    assert "8h 30m" in page.text and "stopped at Mon 23 Nov 2026, 17:30" in page.text
    page = uma.post(f"/tasks/{number}/correct-clock", stopped_at="2026-11-22T17:30")
    assert page.status_code == 422 and 'value="2026-11-22T17:30"' in page.text


def form_of(page):
    """The form on an edit page, as it stands."""
    fields = dict(re.findall(r'<input[^>]*? name="(\w+)" (?:type="\w+" )?value="([^"]*)"', page.text))
    for name, text in re.findall(r'<textarea[^>]*? name="(\w+)"[^>]*>\n?(.*?)</textarea>', page.text, re.DOTALL):
        fields[name] = text
    for name, options in re.findall(r'<select[^>]*? name="(\w+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields | {"csrf_token": fields["csrf_token"]}
