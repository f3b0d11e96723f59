"""Boards open along the reporting line; one query serves all, filtered, sorted and paged alike."""

import pytest

from tasks_queue import drain


@pytest.fixture
def work(app, api, cast):
    """Tasks of several people, made by those who may."""
    olga = api(cast.olga)

    def add(to, title, **fields):
        answer = olga.post("/v1/tasks", json={"title": title, "assigned_to_id": to and to.user_id, **fields})
        assert answer.status_code == 201, answer.json
        return answer.json["id"]

    tasks = {
        "uma": add(cast.uma, "Fix login bug", priority="high", due_date="2026-11-20T10:00:00Z", tags=["Auth", "web"]),
        "uma2": add(cast.uma, "Write the manual", due_date="2026-11-30T10:00:00Z", tags=["docs"]),
        "udo": add(cast.udo, "Test on iPad", priority="low", description="with the login page"),
        "ulla": add(cast.ulla, "Plan 100% of it", tags=["docs", "web"]),
        "mara": add(cast.mara, "Hire"),
        "sven": add(cast.sven, "Budget"),
        "nobody": add(None, "Somebody should"),
    }
    drain(app)
    return tasks


OPENS = {
    # whose board: who may open it
    "uma": {"uma", "mara", "sven", "olga"},
    "ulla": {"ulla", "milo", "sven", "olga"},
    "nina": {"nina", "sven", "olga"},
    "mara": {"mara", "sven", "olga"},
    "sven": {"sven", "olga"},
    "olga": {"olga"},
}
EVERYBODY = ("olga", "sven", "mara", "milo", "uma", "udo", "ulla", "nina")


@pytest.mark.parametrize("whose", OPENS)
def test_a_persons_board_opens_along_the_line(api, cast, whose):
    for name in EVERYBODY:
        answer = api(cast.people[name]).get(f"/v1/boards/user/{cast.people[whose].user_id}")
        assert answer.status_code == (200 if name in OPENS[whose] else 403), name
    assert api(cast.zoe).get(f"/v1/boards/user/{cast.people[whose].user_id}").status_code == 404


def test_refusals_say_who_may(api, cast):
    detail = api(cast.uma).get(f"/v1/boards/user/{cast.mara.user_id}").json["detail"]
    assert "opens for themselves, for the managers above them" in detail
    assert "super managers and owners" in api(cast.mara).get("/v1/boards/account").json["detail"]


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("team", dict(uma=403, nina=403, mara=200, sven=200, olga=200)),
        ("account", dict(uma=403, mara=403, sven=200, olga=200)),
        ("my-board", dict(uma=200, mara=200, sven=200, olga=200)),
    ],
)
def test_who_opens_team_and_account(api, cast, kind, statuses):
    for name, status in statuses.items():
        assert api(cast.people[name]).get(f"/v1/boards/{kind}").status_code == status


def ids(answer):
    return {task["id"] for task in answer.json["tasks"]}


def test_what_each_board_holds(api, cast, work):
    assert ids(api(cast.mara).get("/v1/boards/team?view=list")) == {
        work["uma"],
        work["uma2"],
        work["udo"],
        work["mara"],
    }
    assert ids(api(cast.milo).get("/v1/boards/team?view=list")) == {work["ulla"]}
    assert ids(api(cast.sven).get("/v1/boards/team?view=list")) == {
        work[k] for k in ("uma", "uma2", "udo", "ulla", "mara", "sven")
    }
    assert ids(api(cast.olga).get("/v1/boards/account?view=list")) == set(work.values())
    assert ids(api(cast.uma).get("/v1/boards/my-board?view=list")) == {work["uma"], work["uma2"]}
    assert ids(api(cast.mara).get(f"/v1/boards/user/{cast.uma.user_id}?view=list")) == {work["uma"], work["uma2"]}
    assert ids(api(cast.mara).get("/v1/tasks/team")) == {work["uma"], work["uma2"], work["udo"], work["mara"]}
    assert ids(api(cast.uma).get("/v1/tasks/assigned-to-me")) == {work["uma"], work["uma2"]}
    assert ids(api(cast.olga).get("/v1/tasks/assigned-by-me")) == set(work.values()) - {work["nobody"]}


FILTERS = {
    "priority=high": {"uma"},
    "priority=high,low": {"uma", "udo"},
    "priority=high&priority=low": {"uma", "udo"},
    "tags=docs": {"uma2", "ulla"},
    "tags=DOCS,auth": {"uma", "uma2", "ulla"},
    "tags=web&priority=high": {"uma"},
    "search=login": {"uma", "udo"},
    "search=LOGIN+page": {"udo"},
    "search=100%25": {"ulla"},
    "search=_": set(),
    "assigned_to=nobody": {"nobody"},
    "due_date_from=2026-11-20&due_date_to=2026-11-20": {"uma"},
    "due_date_from=2026-11-20T10:00:01Z": {"uma2"},
    "due_date_to=2026-11-29": {"uma"},
    "undated=true": {"udo", "ulla", "mara", "sven", "nobody"},
    "undated=true&tags=docs": {"ulla"},
    "undated=false&priority=high": {"uma"},
    "status=completed": set(),
    "status=pending&priority=low": {"udo"},
    "archived=true": set(),
}


@pytest.mark.parametrize("query", FILTERS)
def test_filters_combine_and_across_kinds_or_within_one(api, cast, work, query):
    everything = ids(api(cast.olga).get(f"/v1/tasks?{query}"))
    assert everything == {work[name] for name in FILTERS[query]}
    assert ids(api(cast.olga).get(f"/v1/boards/account?view=list&{query}")) == everything
    columns = api(cast.olga).get(f"/v1/boards/account?{query}").json["columns"]
    assert {task["id"] for column in columns for task in column["tasks"]} == everything
    assert sum(column["total_count"] for column in columns) == len(everything)


def test_filters_by_person(api, cast, work):
    olga = api(cast.olga)
    assert ids(olga.get(f"/v1/tasks?assigned_to={cast.udo.user_id},{cast.mara.user_id}")) == {work["udo"], work["mara"]}
    assert ids(olga.get(f"/v1/tasks?assigned_to=nobody,{cast.udo.user_id}")) == {work["udo"], work["nobody"]}
    assert ids(olga.get(f"/v1/tasks?created_by={cast.uma.user_id}")) == set()
    for name in ("assigned_to", "created_by"):
        assert olga.get(f"/v1/tasks?{name}={cast.zoe.user_id}").status_code == 404
    assert olga.get(f"/v1/tasks?account_id={cast.other_id}").status_code == 404
    assert olga.get(f"/v1/tasks?account_id={cast.account_id}").status_code == 200


def test_sorting_and_paging(api, cast, work):
    olga = api(cast.olga)

    def titles(query):
        return [task["title"] for task in olga.get(f"/v1/tasks?{query}").json["tasks"]]

    assert titles("sort=due_date&order=asc")[:2] == ["Fix login bug", "Write the manual"]
    assert titles("sort=priority&order=desc")[0] == "Fix login bug"
    assert titles("sort=priority&order=asc")[0] == "Test on iPad"
    assert titles("sort=title&order=asc")[0] == "Budget"
    pages = [olga.get(f"/v1/tasks?sort=title&order=asc&per_page=3&page={page}").json for page in (1, 2, 3)]
    assert [task["title"] for page in pages for task in page["tasks"]] == titles("sort=title&order=asc")
    assert pages[0]["meta"].pop("next_cursor") and pages[2]["meta"]["next_cursor"] is None
    assert pages[0]["meta"] == {"total_count": 7, "total_capped": False, "page": 1, "per_page": 3, "total_pages": 3}
    for wrong in ("sort=id;drop", "order=up", "page=0", "per_page=101", "per_page=x", "status=done", "view=gantt"):
        assert olga.get(f"/v1/boards/account?{wrong}").status_code == 422, wrong


def test_columns_have_counts_and_pages(api, cast, work, at):
    at("2026-11-24T09:00:00Z")
    board = api(cast.mara).get("/v1/boards/team?per_page=1").json
    assert [(c["status"], c["total_count"], len(c["tasks"])) for c in board["columns"]] == [
        ("pending", 4, 1),
        ("in_progress", 0, 0),
        ("paused", 0, 0),
        ("completed", 0, 0),
    ]
    assert board["facts"] == {"late": 1, "due_this_week": 1}
    assert board["columns"][0]["tasks"][0]["id"] == work["uma"], "what is due first stands first"


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(api, cast, app, count_queries):
    olga = api(cast.olga)

    def add(n):
        for number in range(n):
            fields = {"title": f"t{number}", "assigned_to_id": cast.uma.user_id, "tags": [f"tag{number}"]}
            assert olga.post("/v1/tasks", json=fields).status_code == 201

    add(2)
    few = {path: count_queries(lambda path=path: olga.get(path)) for path in ("/v1/tasks", "/v1/boards/account")}
    add(10)
    many = {path: count_queries(lambda path=path: olga.get(path)) for path in few}
    assert many == few and max(few.values()) <= 12
