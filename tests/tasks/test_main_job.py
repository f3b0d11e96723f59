"""The main job through the JSON door: hand down, accept, start, pause, resume, complete, read it all."""

from tests.cast import Cast


def test_work_is_handed_down_worked_on_and_read(api, cast: Cast, at):
    at("2026-11-24T09:00:00Z")
    mara, uma = api(cast.mara), api(cast.uma)
    made = mara.post(
        "/v1/tasks", json={"title": "Fix login bug", "assigned_to_id": cast.uma.user_id, "due_date": "2026-11-27"}
    )
    assert made.status_code == 201, made.json
    task_id = made.json["id"]
    assert made.json["due_date"] == "2026-11-27T17:00:00+00:00"
    assert made.json["assignment_state"] == "waiting"

    def do(client, verb, **body):
        answer = client.post(f"/v1/tasks/{task_id}/{verb}", json=body)
        assert answer.status_code == 200, answer.json
        return answer.json

    assert do(uma, "accept")["assignment_state"] == "accepted"
    assert do(uma, "start")["status"] == "in_progress"
    at("2026-11-24T10:30:00Z")
    assert do(uma, "pause", reason="waiting for keys", progress_percentage=40)["pause"]["reason"] == "waiting for keys"
    at("2026-11-24T12:00:00Z")
    assert do(uma, "resume")["pause"] is None
    at("2026-11-24T13:00:00Z")
    assert do(uma, "complete")["actual_time"] == 2.5 * 3600

    read = mara.get(f"/v1/tasks/{task_id}/timeline").json
    assert [event["action"] for event in read["events"]] == [
        "task_created",
        "task_assigned",
        "task_accepted",
        "task_started",
        "task_paused",
        "task_resumed",
        "task_completed",
    ]
    assert read["events"][1]["sentence"] == "Mara Northwind assigned this to Uma Northwind"
    assert read["worked"] == 9000 and read["paused"] == 5400
    assert [(s["worked"], s["paused"], s["elapsed"]) for s in read["stretches"]] == [(9000, 5400, 14400)]
    board = mara.get(f"/v1/boards/user/{cast.uma.user_id}").json
    assert {column["status"]: column["total_count"] for column in board["columns"]}["completed"] == 1
    assert [s["snapshot_type"] for s in mara.get(f"/v1/tasks/{task_id}/snapshots").json["snapshots"]] == [
        "milestone",
        "pause",
    ]
    for verb in ("accept", "start", "complete"):
        assert api(cast.zoe).post(f"/v1/tasks/{task_id}/{verb}", json={}).status_code == 404
    assert api(cast.ulla).get(f"/v1/tasks/{task_id}").status_code == 404
    assert api(cast.ulla).get(f"/v1/boards/user/{cast.uma.user_id}").status_code == 403
