"""Which page opens for whom: the matrix, seen through the browser door."""

import pytest

EVERYBODY = ("olga", "sven", "mara", "milo", "uma", "udo", "ulla", "nina")
OPENS = {
    "/boards/me": EVERYBODY,
    "/boards/me?view=list": EVERYBODY,
    "/boards/me?view=calendar": EVERYBODY,
    "/boards/me?view=timeline": EVERYBODY,
    "/boards/team?view=calendar": ("olga", "sven", "mara", "milo"),
    "/boards/team?view=timeline": ("olga", "sven", "mara", "milo"),
    "/boards/account?view=calendar": ("olga", "sven"),
    "/boards/account?view=timeline": ("olga", "sven"),
    "/boards/people/{uma}?view=calendar&span=day": ("olga", "sven", "mara"),
    "/boards/people/{mara}?view=timeline": ("olga", "sven"),
    "/boards/team": ("olga", "sven", "mara", "milo"),
    "/boards/account": ("olga", "sven"),
    "/boards/people/{uma}": ("olga", "sven", "mara"),
    "/boards/people/{mara}": ("olga", "sven"),
    "/boards/people/{sven}": ("olga",),
    "/tasks/new": EVERYBODY,
    "/members": EVERYBODY,
    "/members/{uma}": EVERYBODY,
    "/members/invite": ("olga", "sven"),
    "/settings/profile": EVERYBODY,
    "/settings/security": EVERYBODY,
    "/settings/sign-ins": EVERYBODY,
    "/admin/": ("olga", "sven"),
    "/admin/member/": ("olga", "sven"),
    "/admin/member/export.csv": ("olga", "sven"),
    "/admin/task/": ("olga", "sven"),
    "/admin/tag/": ("olga", "sven"),
    "/admin/customfield/": ("olga", "sven"),
    "/admin/audit/": ("olga", "sven"),
    "/admin/audit/export.csv": ("olga", "sven"),
    "/admin/settings/": ("olga", "sven"),
    "/accounts": EVERYBODY,
    "/accounts/new": EVERYBODY,
    "/search": EVERYBODY,
    "/search?q=uma+status:open": EVERYBODY,
}
OTHERS = (
    "/boards/people/{uma}",
    "/boards/people/{uma}?view=calendar",
    "/boards/people/{uma}?view=timeline",
    "/members/{uma}",
    "/members/{uma}/remove",
    "/accounts/{account}/enter",
)


def filled(path, cast):
    return path.format(**{name: person.user_id for name, person in cast.people.items()}, account=cast.account_id)


@pytest.mark.parametrize("path", OPENS)
def test_page_opens_for(visit, cast, path):
    address = filled(path, cast)
    for name in EVERYBODY:
        person = cast.people[name]
        page = visit(person).get(address)
        own_board = address.split("?")[0] == f"/boards/people/{person.user_id}"
        expected = 302 if own_board else 200 if name in OPENS[path] else 403
        assert page.status_code == expected, (name, page.text[:300])
        if expected == 403:
            assert "open to you" in page.text and "Go to my board" in page.text


@pytest.mark.parametrize("path", OTHERS)
def test_another_account_does_not_exist(visit, cast, path):
    zoe = visit(cast.zoe)
    zoe.get("/boards/me")
    address = filled(path, cast)
    page = zoe.post(address) if path.endswith(("remove", "enter")) else zoe.get(address)
    assert page.status_code == 404
    assert "Uma" not in page.text


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense",
        "sort=password_hash",
        "due_date_from=soon",
        "page=0",
        "assigned_to=x",
        "view=gantt",
        "view=calendar&date=yesterday",
        "view=calendar&date=2026-02-30",
        "view=calendar&date=0001-01-01",
        "view=timeline&date=9999-12-31",
        "view=calendar&span=year",
        "undated=maybe",
    ],
)
def test_nonsense_filter_is_told(visit, cast, query):
    page = visit(cast.uma).get(f"/boards/me?{query}")
    assert page.status_code == 422
    assert "Go to my board" in page.text


def test_filter_by_a_stranger_is_no_clue(visit, cast):
    assert visit(cast.uma).get(f"/boards/me?created_by={cast.zoe.user_id}").status_code == 404


def test_filters_are_chips_that_can_be_taken_off(visit, cast):
    uma = visit(cast.uma)
    uma.makes("Urgent", priority="high", tags="api")
    uma.makes("Later", priority="low")
    page = uma.get("/boards/me?priority=high&tags=api&view=kanban")
    assert "Urgent" in page.text and ">Later<" not in page.text
    assert "1 hidden" in page.text
    assert 'href="/boards/me?tags=api&amp;view=kanban" aria-label="Remove the filter priority"' in page.text
    assert 'href="/boards/me?view=kanban"' in page.text


def test_list_pages_and_sorts(visit, cast):
    uma = visit(cast.uma)
    for number in range(5):
        uma.makes(f"Task {number}", priority=("low", "high")[number % 2])
    page = uma.get("/boards/me?view=list&sort=title&per_page=2")
    assert page.text.index("Task 0") < page.text.index("Task 1") and "Task 2" not in page.text
    assert "1 to 2 of 5 tasks" in page.text
    page = uma.get("/boards/me?view=list&sort=-title&page=3&per_page=2")
    assert "Task 0" in page.text and "5 to 5 of 5 tasks" in page.text
    assert 'aria-sort="descending"' in page.text


def test_long_column_shows_more(visit, cast, done_many):
    uma = visit(cast.uma)
    done_many(cast.uma, 55)
    page = uma.get("/boards/me")
    assert page.text.count('class="card"') == 50 and 'href="/boards/me?per_page=100#column-pending"' in page.text
    assert uma.get("/boards/me?per_page=100").text.count('class="card"') == 55


def test_error_pages_help(app, visit, cast):
    page = visit(cast.uma).get("/nowhere")
    assert page.status_code == 404 and "Request" in page.text and "Go to my board" in page.text
    page = visit(cast.uma).post("/boards/me")
    assert page.status_code == 405
    page = app.test_client().post("/login", data={"email": "a@b.test", "password": "x"})
    assert page.status_code == 403 and "Reload the page" in page.text
