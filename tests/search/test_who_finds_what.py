"""Nobody finds more than they see: search narrows what a list shows, for each role and for strangers."""

import pytest

from tasks_queue import drain
from tests.conftest import ApiClient

EVERYBODY = ("olga", "sven", "mara", "milo", "uma", "udo", "ulla", "nina", "zoe", "zak")


@pytest.fixture
def work(app, make, api, cast):
    """One word in tasks of everybody, of each visibility, and in a comment on each."""
    tasks = []
    for name in EVERYBODY:
        for visibility in ("private", "team", "account"):
            task = make(cast.people[name], f"Common word {name} {visibility}", visibility=visibility, tags=["shared"])
            said = api(cast.people[name]).post(f"/v1/tasks/{task}/comments", json={"body": f"whispered {name}"})
            assert said.status_code == 201
            tasks.append(task)
    handed = api(cast.olga).post("/v1/tasks", json={"title": "Common handed", "assigned_to_id": cast.ulla.user_id})
    assert handed.status_code == 201
    make(cast.olga, "Common of nobody", assigned_to_id=None)
    drain(app)
    return tasks


def ids(client: ApiClient, path: str, **query):
    answer = client.get(path, query_string={"per_page": 100} | query)
    assert answer.status_code == 200, answer.json
    assert answer.json["meta"]["total_count"] == len(answer.json["tasks"])
    return {task["id"] for task in answer.json["tasks"]}


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_finds_what_they_see(api, cast, work, name):
    client = api(cast.people[name])
    seen = ids(client, "/v1/tasks")
    assert len(seen) >= 3
    for text in ("common", "comm", "common -nowhere"):
        assert ids(client, "/v1/tasks", search=text) == ids(client, "/v1/search", q=text) == seen, text
    for text in ("whispered", "shared", '"common word"', "common word"):
        found = ids(client, "/v1/search", q=text)
        assert found == ids(client, "/v1/tasks", search=text) == seen & set(work), text
    assert ids(client, "/v1/tasks/assigned-to-me", search="common") == ids(client, "/v1/tasks/assigned-to-me")


@pytest.mark.parametrize("name", EVERYBODY)
def test_snippets_and_people_show_nothing_else(api, visit, cast, work, name):
    answer = api(cast.people[name]).get("/v1/search", query_string={"q": "whispered", "per_page": 100})
    for hit in answer.json["tasks"]:
        assert hit["snippet"] == f"whispered {hit['title'].split()[2]}"
    page = visit(cast.people[name]).get("/search?q=northwind").text
    assert ("Uma Northwind" in page or "Olga Northwind" in page) == (name not in ("zoe", "zak"))


def test_strangers_find_nothing_of_each_other(api, cast, work):
    found = api(cast.zoe).get("/v1/search", query_string={"q": "common", "per_page": 100}).json["tasks"]
    assert {hit["account_id"] for hit in found} == {cast.other_id} and len(found) == 6
    for text in ("uma", "northwind", "olga", "handed"):
        assert api(cast.zoe).get("/v1/search", query_string={"q": text}).json["tasks"] == []
    assert api(cast.zoe).get("/v1/search", query_string={"q": "from:uma"}).status_code == 422


def test_nobody_at_all_is_sent_to_sign_in(app):
    client = app.test_client()
    assert client.get("/v1/search?q=common").status_code == 401
    assert client.get("/search?q=common").location.startswith("/login")
