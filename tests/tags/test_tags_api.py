"""The JSON door of tags: what it shows, whose tasks it counts, what it refuses."""

import pytest

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    '"><svg onload=alert(1)>',
    "ẞ" * 50,
    "ΐ" * 50,
    "日本🎈",
    "%_\\",
]


def test_a_tag_from_its_birth_to_its_end(api, cast, make_tag):
    olga = api(cast.olga)
    made = make_tag(cast.olga, "  Two   words ", colour="violet")
    assert (made["name"], made["colour"], made["task_count"]) == ("Two words", "violet", 0)
    path = f"/v1/tags/{made['id']}"
    assert olga.get(path).json == made
    changed = olga.patch(path, json={"name": "One", "colour": "grey"}).json
    assert (changed["name"], changed["colour"]) == ("One", "grey")
    other = make_tag(cast.olga, "Other")
    assert olga.post(f"{path}/merge", json={"into_tag_id": other["id"]}).json["id"] == other["id"]
    assert olga.get(path).status_code == 404
    assert olga.delete(f"/v1/tags/{other['id']}").status_code == 204
    assert olga.get("/v1/tags").json["tags"] == []


def test_everybody_counts_the_tasks_that_they_see(api, cast):
    for by, fields in (
        (cast.uma, {}),
        (cast.ulla, {}),
        (cast.olga, {}),
        (cast.olga, {"visibility": "account"}),
        (cast.sven, {"assigned_to_id": None}),
    ):
        api(by).post("/v1/tasks", json={"title": "t", "tags": ["bug"]} | fields)
    uma = api(cast.uma)
    archived = uma.post("/v1/tasks", json={"title": "t", "tags": ["bug", "old"]}).json["id"]
    uma.post(f"/v1/tasks/{archived}/archive", json={})
    counts = {who: api(cast.people[who]).get("/v1/tags").json["tags"] for who in ("uma", "mara", "sven", "olga")}
    assert {who: [(one["name"], one["task_count"]) for one in tags] for who, tags in counts.items()} == {
        "uma": [("bug", 2), ("old", 0)],
        "mara": [("bug", 2), ("old", 0)],
        "sven": [("bug", 4), ("old", 0)],
        "olga": [("bug", 5), ("old", 0)],
    }
    for who in ("uma", "mara", "sven", "olga"):
        listed = api(cast.people[who]).get("/v1/tasks?tags=bug").json["meta"]["total_count"]
        assert listed == counts[who][0]["task_count"], "as many as the list with this tag has"
    assert api(cast.zoe).get("/v1/tags").json["tags"] == []


def test_the_list_is_searched_and_paged(api, cast, make_tag):
    for name in ("Alpha", "alphabet", "Straße", "Beta", "100%"):
        make_tag(cast.olga, name)
    uma = api(cast.uma)

    def found(**query):
        return [one["name"] for one in uma.get("/v1/tags", query_string=query).json["tags"]]

    assert found() == ["100%", "Alpha", "alphabet", "Beta", "Straße"]
    assert found(search="ALPHA") == ["Alpha", "alphabet"]
    assert found(search="strasse") == ["Straße"]
    assert found(search="%") == ["100%"]
    assert found(per_page=2, page=2) == ["alphabet", "Beta"]
    assert uma.get("/v1/tags?per_page=2").json["meta"]["total_count"] == 5


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 51}, "name"),
        ({"name": "a, b"}, "name"),
        ({"name": "a;b"}, "name"),
        ({"name": None}, "name"),
        ({"name": "a", "colour": "#ff0000"}, "colour"),
        ({"name": "a", "colour": "Red"}, "colour"),
        ({"name": "a", "key": "b"}, "key"),
    ],
)
def test_what_is_wrong_is_said_by_field(api, cast, wrong, field):
    answer = api(cast.olga).post("/v1/tags", json=wrong)
    assert answer.status_code == 422 and field in answer.json["fields"], answer.json


def test_a_name_that_is_taken_is_a_conflict(api, cast, make_tag):
    make_tag(cast.olga, "Bug")
    other = make_tag(cast.olga, "Other")
    for answer in (
        api(cast.sven).post("/v1/tags", json={"name": " bUG "}),
        api(cast.sven).patch(f"/v1/tags/{other['id']}", json={"name": "BUG"}),
    ):
        assert answer.status_code == 409 and "“Bug”" in answer.json["fields"]["name"][0]


def test_others_are_told_who_may(api, cast, make_tag):
    made, uma = make_tag(cast.olga, "Bug"), api(cast.uma)
    path = f"/v1/tags/{made['id']}"
    for answer in (
        uma.post("/v1/tags", json={"name": "Mine"}),
        uma.patch(path, json={"name": "Mine"}),
        uma.post(f"{path}/merge", json={"into_tag_id": made["id"]}),
        uma.delete(path),
    ):
        assert answer.status_code == 403 and "Only super managers and owners" in answer.json["detail"]
    log = api(cast.olga).get("/v1/activity-logs?denied=true").json["activity_logs"]
    assert {event["sentence"].split("allowed to ")[1] for event in log} == {
        "create a tag",
        "update the tag",
        "merge the tag",
        "delete the tag",
    }
    assert {event["resource"]["name"] for event in log if event["resource"]["type"] == "Tag"} == {"Bug"}


@pytest.mark.parametrize("name", HOSTILE)
def test_odd_names_are_names(api, cast, make_tag, name):
    made = make_tag(cast.olga, name)
    task = (
        api(cast.uma)
        .post("/v1/tasks", json={"title": "t", "tags": [name.upper() if len(name.upper()) <= 50 else name]})
        .json
    )
    assert task["tags"] == [made["name"]] == [name]
    assert api(cast.uma).get("/v1/tasks", query_string={"tags": name}).json["meta"]["total_count"] == 1
    assert api(cast.olga).patch(f"/v1/tags/{made['id']}", json={"name": f"{name[:48]}!"}).status_code == 200
    assert api(cast.olga).delete(f"/v1/tags/{made['id']}").status_code == 204
