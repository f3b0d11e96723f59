"""Subscribing, hearing, and never hearing what one may not see."""
import pytest

def test_smoke(talk, cast, api):
    uma = talk(cast.uma)
    mara = api(cast.mara)
    task = mara.post("/v1/tasks", json={"title":"Hello","assigned_to_id":cast.uma.user_id}).get_json()
    print(uma.subscribe(task_id=task["id"]))
    print(uma.subscribe(board_id="me"))
    print(api(cast.uma).post(f"/v1/tasks/{task['id']}/start", json={}).status_code)
    for _ in range(3): print(uma.hear(3))
