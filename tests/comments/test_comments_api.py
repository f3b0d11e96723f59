"""The JSON door of comments."""

import pytest


@pytest.fixture
def task(api, cast):
    """The number of a task of Uma's that Mara handed to her."""
    made = api(cast.mara).post("/v1/tasks", json={"title": "Report", "assigned_to_id": cast.uma.user_id})
    return made.json["id"]


def test_a_discussion_from_end_to_end(api, cast, task):
    mara, uma = api(cast.mara), api(cast.uma)
    asked = mara.post(f"/v1/tasks/{task}/comments", json={"body": "Can it **go out** today, @uma? See #12. @udo"})
    assert asked.status_code == 201
    comment = asked.json
    assert comment["author"] == {"id": cast.mara.user_id, "name": "Mara Northwind"}
    assert comment["body"] == "Can it **go out** today, @uma? See #12. @udo"
    assert "<strong>go out</strong>" in comment["html"] and 'href="/tasks/12"' in comment["html"]
    assert {"id": cast.udo.user_id, "name": "Udo Northwind", "reached": False} in comment["mentions"]
    assert comment["notices"] == ["Udo Northwind cannot see this task."]
    assert (comment["edited_at"], comment["deleted"], comment["parent_comment_id"]) == (None, False, None)

    answer = uma.post(f"/v1/tasks/{task}/comments", json={"body": "Yes", "parent_comment_id": comment["id"]}).json
    assert answer["parent_comment_id"] == comment["id"] and answer["task_id"] == task
    edited = uma.patch(f"/v1/comments/{answer['id']}", json={"body": "Yes, at noon", "edited_at": None})
    assert edited.status_code == 200 and edited.json["edited_at"]
    stale = uma.patch(f"/v1/comments/{answer['id']}", json={"body": "No", "edited_at": None})
    assert stale.status_code == 409
    assert stale.json["details"]["conflicts"] == {"body": {"theirs": "Yes, at noon", "yours": "No"}}
    assert stale.json["details"]["edited_at"] == edited.json["edited_at"]
    again = {"body": "No", "edited_at": stale.json["details"]["edited_at"]}
    assert uma.patch(f"/v1/comments/{answer['id']}", json=again).status_code == 200

    history = mara.get(f"/v1/comments/{answer['id']}/history").json
    assert [version["body"] for version in history["versions"]] == ["Yes", "Yes, at noon"]
    assert history["meta"]["total_count"] == 2
    listed = mara.get(f"/v1/tasks/{task}/comments").json
    assert [line["body"] for line in listed["comments"]] == [comment["body"], "No"]
    assert mara.get(f"/v1/comments/{answer['id']}").json == listed["comments"][1]

    assert mara.delete(f"/v1/comments/{comment['id']}").status_code == 204
    line = uma.get(f"/v1/tasks/{task}/comments").json["comments"][0]
    assert line["deleted"] and (line["body"], line["html"], line["mentions"]) == ("", "", [])
    for path in ("", "/history"):
        assert mara.get(f"/v1/comments/{comment['id']}{path}").status_code == 404


def test_bad_input_is_refused_and_changes_nothing(api, cast, task):
    mara = api(cast.mara)
    comment = mara.post(f"/v1/tasks/{task}/comments", json={"body": "Here"}).json
    for wrong, field in (
        ({}, "body"),
        ({"body": ""}, "body"),
        ({"body": " \n\t\u200b\u00ad\ufeff "}, "body"),
        ({"body": None}, "body"),
        ({"body": 7}, "body"),
        ({"body": "x" * 20_001}, "body"),
        ({"body": "x" * 1_000_000}, "body"),
        ({"body": "a\ud800"}, "body"),
        ({"body": "x", "parent_comment_id": "x"}, "parent_comment_id"),
        ({"body": "x", "parent_comment_id": 2**63}, "parent_comment_id"),
        ({"body": "x", "user_id": cast.olga.user_id}, "user_id"),
        ({"body": "x", "created_at": "2020-01-01T00:00:00Z"}, "created_at"),
        ({"body": "x", "html": "<b>"}, "html"),
    ):
        answer = mara.post(f"/v1/tasks/{task}/comments", json=wrong)
        assert answer.status_code == 422 and field in answer.json["fields"], (str(wrong)[:80], answer.json)
    for wrong, field in (({"body": " "}, "body"), ({"body": "x", "edited_at": "now"}, "edited_at")):
        answer = mara.patch(f"/v1/comments/{comment['id']}", json=wrong)
        assert answer.status_code == 422 and field in answer.json["fields"]
    listed = mara.get(f"/v1/tasks/{task}/comments").json
    assert [line["body"] for line in listed["comments"]] == ["Here"]
    assert mara.post(f"/v1/tasks/{task}/comments", json={"body": "x" * 20_000}).status_code == 201


def test_what_one_may_not_see_does_not_exist(api, cast, task):
    comment = api(cast.mara).post(f"/v1/tasks/{task}/comments", json={"body": "Between us"}).json["id"]
    missing = api(cast.zoe).get("/v1/comments/999999999").json
    for person in (cast.zoe, cast.zak, cast.udo, cast.nina):
        them = api(person)
        own = them.post("/v1/tasks", json={"title": "Own"}).json["id"]
        answers = [
            them.get(f"/v1/tasks/{task}/comments"),
            them.post(f"/v1/tasks/{task}/comments", json={"body": "x"}),
            them.get(f"/v1/tasks/{task}/mentionable"),
            them.get(f"/v1/comments/{comment}"),
            them.get(f"/v1/comments/{comment}/history"),
            them.patch(f"/v1/comments/{comment}", json={"body": "x"}),
            them.delete(f"/v1/comments/{comment}"),
            them.post(f"/v1/tasks/{own}/comments", json={"body": "x", "parent_comment_id": comment}),
        ]
        for answer in answers:
            assert answer.status_code == 404
            assert answer.json | {"request_id": ""} == missing | {"request_id": ""}
    assert [line["body"] for line in api(cast.mara).get(f"/v1/tasks/{task}/comments").json["comments"]] == [
        "Between us"
    ]


def test_acts_on_others_comments_are_refused_with_a_sentence(api, cast, task):
    comment = api(cast.mara).post(f"/v1/tasks/{task}/comments", json={"body": "Mine"}).json["id"]
    uma, olga = api(cast.uma), api(cast.olga)
    assert uma.patch(f"/v1/comments/{comment}", json={"body": "x"}).status_code == 403
    refused = uma.delete(f"/v1/comments/{comment}")
    assert refused.status_code == 403 and "super managers and owners" in refused.json["detail"]
    assert olga.patch(f"/v1/comments/{comment}", json={"body": "x"}).status_code == 403
    assert olga.delete(f"/v1/comments/{comment}").status_code == 204


def test_a_long_discussion_is_followed_to_its_end(api, cast, task):
    mara = api(cast.mara)
    for number in range(7):
        mara.post(f"/v1/tasks/{task}/comments", json={"body": f"Word {number}"})
    first = mara.get(f"/v1/tasks/{task}/comments?per_page=3").json
    assert first["meta"]["total_count"] == 7 and first["meta"]["total_pages"] == 3
    read, cursor = [line["body"] for line in first["comments"]], first["meta"]["next_cursor"]
    while cursor:
        page = mara.get(f"/v1/tasks/{task}/comments?per_page=3&cursor={cursor}").json
        read, cursor = read + [line["body"] for line in page["comments"]], page["meta"]["next_cursor"]
    assert read == [f"Word {number}" for number in range(7)]
    assert [line["body"] for line in mara.get(f"/v1/tasks/{task}/comments?per_page=3&page=3").json["comments"]] == [
        "Word 6"
    ]
    assert mara.get(f"/v1/tasks/{task}/comments?cursor=junk").status_code == 422


def test_the_picker_looks_for_words(api, cast, task):
    mara = api(cast.mara)
    found = mara.get(f"/v1/tasks/{task}/mentionable?search=udo").json
    assert found["people"] == [
        {
            "id": cast.udo.user_id,
            "name": "Udo Northwind",
            "mention": f"@[Udo Northwind](user:{cast.udo.user_id})",
            "can_see": False,
            "notice": "Udo Northwind cannot see this task.",
        }
    ]
    assert mara.get(f"/v1/tasks/{task}/mentionable?search=zoe").json["people"] == []
    assert mara.get(f"/v1/tasks/{task}/mentionable?per_page=21").status_code == 422


def test_a_comment_shows_in_the_timeline_until_it_is_deleted(api, cast, task):
    mara = api(cast.mara)
    comment = mara.post(f"/v1/tasks/{task}/comments", json={"body": "A **secret** word"}).json["id"]
    assert "wrote: A secret word" in mara.get(f"/v1/tasks/{task}/timeline").text
    mara.delete(f"/v1/comments/{comment}")
    assert "secret" not in mara.get(f"/v1/tasks/{task}/timeline").text


def test_a_list_costs_the_same_however_long_it_is(api, cast, task, count_queries):
    mara = api(cast.mara)

    def read() -> None:
        assert mara.get(f"/v1/tasks/{task}/comments?per_page=100").status_code == 200

    for _ in range(2):
        mara.post(f"/v1/tasks/{task}/comments", json={"body": "Hi @uma @udo"})
    few = count_queries(read)
    for _ in range(8):
        mara.post(f"/v1/tasks/{task}/comments", json={"body": "Hi @sven @olga @milo"})
    assert count_queries(read) == few
