"""The doors of search: the API with its snippets, and the page."""

import pytest

from tasks_queue import drain


@pytest.fixture
def work(app, make, api, cast):
    """Some tasks by nickname, indexed: Olga's own and one of Uma's."""
    long = f"{'Nothing to see here. ' * 30}The <b>deadline</b> of the tender is Friday. {'Nothing more. ' * 30}"
    tasks = {
        "title": make(cast.olga, "Tender for the harbour"),
        "tags": make(cast.olga, "Somewhere else", tags=["Tender", "legal"]),
        "description": make(cast.olga, "Write it down", description=long),
        "comment": make(cast.olga, "Talk about it"),
        "uma": make(cast.uma, "Uma’s tender"),
    }
    body = {"body": f"**Tender** numbers, @[Uma Northwind](user:{cast.uma.user_id})"}
    assert api(cast.olga).post(f"/v1/tasks/{tasks['comment']}/comments", json=body).status_code == 201
    drain(app)
    return tasks


def hits(client, q, **query):
    answer = client.get("/v1/search", query_string={"q": q} | query)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_hits_come_best_first_with_the_lines_that_match(api, cast, work):
    found = hits(api(cast.olga), "tender")["tasks"]
    assert [hit["id"] for hit in found] == [work[name] for name in ("uma", "title", "tags", "description", "comment")]
    assert [hit["matched"] for hit in found] == [["title"], ["title"], ["tags"], ["description"], ["comments"]]
    assert [hit["snippet_from"] for hit in found] == ["title", "title", "tags", "description", "comments"]
    assert found[1]["snippet"] == "Tender for the harbour" and found[2]["snippet"] == "legal, Tender"
    assert found[4]["snippet"] == "Tender numbers, @Uma Northwind"
    line = found[3]["snippet"]
    assert line.startswith("… ") and line.endswith(" …") and "The <b>deadline</b> of the tender is Friday." in line
    assert len(line) < 200 and found[3]["title"] == "Write it down"


def test_hits_are_paged_and_followed(api, cast, work):
    olga = api(cast.olga)
    everything = [hit["id"] for hit in hits(olga, "tender")["tasks"]]
    pages = [hits(olga, "tender", per_page=2, page=number) for number in (1, 2, 3)]
    assert [hit["id"] for page in pages for hit in page["tasks"]] == everything
    assert pages[0]["meta"] | {"next_cursor": None} == {
        "total_count": 5,
        "total_capped": False,
        "page": 1,
        "per_page": 2,
        "total_pages": 3,
        "next_cursor": None,
    }
    followed, cursor = [], None
    while True:
        page = hits(olga, "tender", per_page=2, **({"cursor": cursor} if cursor else {}))
        followed += [hit["id"] for hit in page["tasks"]]
        cursor = page["meta"]["next_cursor"]
        if cursor is None:
            break
    assert followed == everything


def test_a_cursor_of_another_order_is_refused(api, cast, work):
    olga = api(cast.olga)
    cursor = olga.get("/v1/tasks?per_page=1&sort=title").json["meta"]["next_cursor"]
    assert olga.get("/v1/search", query_string={"q": "tender", "cursor": cursor}).status_code == 422
    cursor = hits(olga, "tender", per_page=1)["meta"]["next_cursor"]
    assert (
        olga.get("/v1/tasks", query_string={"search": "tender", "sort": "title", "cursor": cursor}).status_code == 422
    )


def test_other_orders_may_be_asked_for(api, cast, work):
    def titles(**query):
        answer = api(cast.olga).get("/v1/tasks", query_string={"search": "tender"} | query)
        return [task["title"] for task in answer.json["tasks"]]

    assert titles(sort="title", order="asc")[0] == "Somewhere else"
    assert titles(sort="relevance") == titles() and titles()[0] == "Uma’s tender"
    newest = api(cast.olga).get("/v1/tasks?sort=relevance").json["tasks"]
    assert [task["id"] for task in newest] == sorted(work.values(), reverse=True)


@pytest.mark.parametrize(
    ("q", "said"),
    [
        ("", "Length"),
        (" ", "Write what to look for"),
        ("\u200b", "Write what"),
        ("from:nobody.here", "nobody here"),
        ("status:x", "status:"),
    ],
)
def test_what_is_not_understood_is_a_field_error(api, cast, q, said):
    answer = api(cast.olga).get("/v1/search", query_string={"q": q})
    assert answer.status_code == 422 and said in answer.json["fields"]["q"][0]


def test_the_page_shows_what_matched(visit, cast, work):
    page = visit(cast.olga).get("/search?q=tender")
    assert page.status_code == 200
    assert page.text.index("<mark>Tender</mark> for the harbour") < page.text.index("Write it down")
    assert "&lt;b&gt;deadline&lt;/b&gt; of the <mark>tender</mark>" in page.text and "In a comment:" in page.text
    assert 'value="tender"' in page.text and "Uma Northwind" in page.text


def test_the_page_finds_people(visit, cast, work):
    page = visit(cast.mara).get("/search?q=uma").text
    assert f'href="/boards/people/{cast.uma.user_id}"' in page.split('id="found-people"')[1].split("</section>")[0]
    page = visit(cast.uma).get("/search?q=olga").text
    assert f'href="/members/{cast.olga.user_id}"' in page.split('id="found-people"')[1].split("</section>")[0]
    assert "No task found" in page
    assert 'id="found-people"' not in visit(cast.uma).get("/search?q=zoe").text


def test_the_page_begins_with_what_one_was_at(visit, cast, work):
    page = visit(cast.uma).get("/search").text
    assert "What you were at lately" in page and "Uma’s tender" in page and "harbour" not in page
    assert "Search for anything" in visit(cast.nina).get("/search?q=+").text
    assert "Nothing found" in visit(cast.nina).get("/search?q=tender").text


@pytest.mark.parametrize("text", ["status:finished", "from:nobody.here", "from: x"])
def test_the_page_says_what_it_does_not_understand(visit, cast, text):
    page = visit(cast.uma).get("/search", query_string={"q": text})
    assert page.status_code == 422 and 'role="alert"' in page.text and "What you can write" in page.text


def test_a_board_says_what_it_does_not_understand(visit, cast):
    page = visit(cast.uma).get("/boards/me?search=status:finished")
    assert page.status_code == 422 and "Search: status: takes pending" in page.text
    page = visit(cast.uma).get("/boards/me?search=from:nobody.here")
    assert page.status_code == 422 and "Search: from:nobody.here is nobody here" in page.text


def test_a_board_is_narrowed_by_the_language(visit, cast, work):
    page = visit(cast.uma).get("/boards/me", query_string={"search": "tender from:me status:pending"})
    assert "Uma’s tender" in page.text and 'value="tender from:me status:pending"' in page.text
    assert "No task matches" in visit(cast.uma).get("/boards/me?view=list&search=harbour").text
