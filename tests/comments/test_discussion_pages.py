"""The discussion on a task's page, with plain forms."""

import re

import pytest

from tests.pages.conftest import visit
from todoapp.comments.actions import comment_task
from todoapp.extensions import db
from todoapp.permissions import find
from todoapp.tasks.models import Task

__all__ = ["visit"]
MARKER = "<img src=x onerror=alert(1)>"


@pytest.fixture
def task(visit, cast):
    """The number of a task of Uma's that Mara handed to her."""
    return visit(cast.mara).makes("Report", assigned_to_id=cast.uma.user_id)


def said(page):
    """The texts of the discussion, as they are shown."""
    return [text.strip() for text in re.findall(r'<div class="prose" dir="auto">(<.*?)</div>', page.text, re.DOTALL)]


def number_of(page):
    """The number of the newest comment."""
    return max(map(int, re.findall(r'id="comment-(\d+)"', page.text)))


def test_people_talk_without_script(visit, cast, task):
    mara, uma = visit(cast.mara), visit(cast.uma)
    page = mara.sent(f"/tasks/{task}/comments", body="Can it **go out**, @uma? cc @udo")
    assert "Your comment is there. Udo Northwind cannot see this task." in page.text
    assert said(page) == [
        '<p>Can it <strong>go out</strong>, <bdi class="mention">@Uma Northwind</bdi>? cc '
        '<bdi class="mention unreached" title="Udo Northwind could not see this task.">@Udo Northwind</bdi></p>'
    ]
    first = number_of(page)
    page = uma.sent(f"/tasks/{task}/comments", body="Yes", parent_comment_id=first)
    assert said(page)[1] == "<p>Yes</p>" and '<div class="answers">' in page.text
    answer = number_of(page)
    page = uma.sent(f"/comments/{answer}/edit", body="Yes, at noon", edited_at="")
    assert said(page)[1] == "<p>Yes, at noon</p>" and f"/comments/{answer}/history" in page.text
    history = mara.get(f"/comments/{answer}/history")
    assert ">Yes</p>" in history.text and "<p>Yes, at noon</p>" in history.text
    page = mara.sent(f"/comments/{first}/delete")
    assert "This comment was deleted." in page.text and said(page) == ["<p>Yes, at noon</p>"]
    page = uma.sent(f"/comments/{answer}/delete")
    assert said(page) == [] and "This comment was deleted." not in page.text


def test_a_refused_form_comes_back_with_what_was_in_it(visit, cast, task):
    mara = visit(cast.mara)
    first = number_of(mara.sent(f"/tasks/{task}/comments", body="One"))
    empty = mara.post(f"/tasks/{task}/comments", body="   ")
    assert empty.status_code == 422 and 'aria-invalid="true"' in empty.text
    long = mara.post(f"/tasks/{task}/comments", body="<b>" + "x" * 20_001, parent_comment_id=first)
    assert long.status_code == 422 and "&lt;b&gt;xxx" in long.text
    assert re.search(rf'<details class="fold" open>.*?id="answer-{first}"[^>]*aria-invalid', long.text, re.DOTALL)
    bad = mara.post(f"/comments/{first}/edit", body="", edited_at="")
    assert bad.status_code == 422 and re.search(rf'id="edit-{first}"[^>]*aria-invalid="true"', bad.text)
    assert said(mara.get(f"/tasks/{task}")) == ["<p>One</p>"]


def test_who_edited_meanwhile_is_not_overwritten(visit, cast, task):
    mara = visit(cast.mara)
    first = number_of(mara.sent(f"/tasks/{task}/comments", body="One"))
    mara.sent(f"/comments/{first}/edit", body="Two <b>", edited_at="")
    page = mara.post(f"/comments/{first}/edit", body="Mine", edited_at="")
    assert page.status_code == 409
    assert '<p class="quote" dir="auto">Two &lt;b&gt;</p>' in page.text
    assert re.search(rf'id="edit-{first}"[^>]*>\s*Mine</textarea>', page.text)
    seen = re.search(r'name="edited_at" value="([^"]+)"', page.text)[1]
    assert said(mara.sent(f"/comments/{first}/edit", body="Mine", edited_at=seen)) == ["<p>Mine</p>"]


def test_forms_stand_only_where_they_may_be_used(visit, cast, task):
    first = number_of(visit(cast.uma).sent(f"/tasks/{task}/comments", body="Hers"))

    def doors(person):
        return set(re.findall(rf'action="/comments/{first}/(\w+)"', visit(person).get(f"/tasks/{task}").text))

    assert doors(cast.uma) == {"edit", "delete"}
    assert doors(cast.mara) == set()
    assert doors(cast.sven) == doors(cast.olga) == {"delete"}
    edited, deleted = (visit(cast.mara).post(f"/comments/{first}/{verb}", body="x") for verb in ("edit", "delete"))
    assert edited.status_code == deleted.status_code == 403
    assert "Only its author may edit" in edited.text and "Only its author, super managers" in deleted.text
    for stranger in (cast.zoe, cast.udo):
        assert visit(stranger).post(f"/comments/{first}/edit", body="x").status_code == 404
        assert visit(stranger).post(f"/comments/{first}/delete").status_code == 404
        assert visit(stranger).get(f"/comments/{first}/history").status_code == 404
        assert visit(stranger).post(f"/tasks/{task}/comments", body="x").status_code == 404


def test_what_people_type_is_never_markup_of_ours(visit, cast, task):
    mara = visit(cast.mara)
    texts = (
        MARKER,
        f"**{MARKER}** [x](javascript:alert(1))",
        f"```\n{MARKER}\n```",
        f"@[{MARKER}](user:{cast.uma.user_id})",
        "</textarea></div><script>alert(1)</script><div hx-get=/x data-hx-get=/x>",
    )
    for text in texts:
        page = mara.sent(f"/tasks/{task}/comments", body=text)
    first = number_of(page)
    pages = [page, mara.post(f"/tasks/{task}/comments", body=texts[-1] + "x" * 20_000)]
    mara.sent(f"/comments/{first}/edit", body="harmless " + texts[-1], edited_at="")
    pages += [mara.get(f"/comments/{first}/history"), mara.get(f"/tasks/{task}")]
    for page in pages:
        assert "<img" not in page.text and "<script>" not in page.text and "javascript:" not in said_hrefs(page)
        assert not re.search(r"<[^>]*\s(data-)?hx-get", page.text)


def said_hrefs(page):
    """All addresses on the page, in one text."""
    return " ".join(re.findall(r'(?:href|src|action)="([^"]*)"', page.text))


def test_a_long_discussion_shows_its_newest_and_leads_to_the_rest(visit, cast, task, acting):
    mara = acting(cast.mara)
    row = find(mara, Task, task)
    first = comment_task(mara, row, body="The very first").id
    for number in range(60):
        comment_task(mara, row, body=f"Word {number}")
    comment_task(mara, row, body="An answer to the first", parent_comment_id=first)
    db.session.commit()
    reader = visit(cast.mara)
    page = reader.get(f"/tasks/{task}")
    shown = said(page)
    assert shown[:2] == ["<p>The very first</p>", "<p>An answer to the first</p>"] and "<p>Word 11</p>" in shown
    assert "<p>Word 10</p>" not in shown and '<span class="count">62</span>' in page.text
    earlier = re.search(r'href="(/tasks/\d+\?comments=\d+#discussion)"', page.text)[1]
    page = reader.get(earlier.split("#")[0])
    assert len(said(page)) == 62 and "Show earlier comments" not in page.text
    refused = reader.post(f"/comments/{first + 1}/edit", body="", edited_at="")
    assert refused.status_code == 422 and f'id="edit-{first + 1}"' in refused.text, "however old it is"
    for odd in ("-1", "0", "x", str(10**30)):
        assert reader.get(f"/tasks/{task}?comments={odd}").status_code == 200


def test_a_deleted_task_shows_its_discussion_without_forms(visit, cast, task):
    mara = visit(cast.mara)
    mara.sent(f"/tasks/{task}/comments", body="Before")
    mara.post(f"/tasks/{task}/delete")
    page = mara.get(f"/tasks/{task}")
    assert said(page) == ["<p>Before</p>"] and "/comments" not in said_hrefs(page).replace("css/comments.css", "")


def test_cards_count_comments_in_one_query(visit, cast, task, acting, count_queries):
    mara = visit(cast.mara)
    board = f"/boards/people/{cast.uma.user_id}"
    mara.sent(f"/tasks/{task}/comments", body="One")
    page = mara.get(board)
    assert 'title="1 comment"' in page.text
    others = [mara.makes(f"Task {number}", assigned_to_id=cast.uma.user_id) for number in range(4)]
    before = count_queries(lambda: mara.get(board))
    actor = acting(cast.mara)
    for other in others:
        for number in range(3):
            comment_task(actor, find(actor, Task, other), body=f"Word {number}")
    db.session.commit()
    assert count_queries(lambda: mara.get(board)) == before
    assert mara.get(board).text.count('title="3 comments"') == 4


def test_a_discussion_costs_the_same_however_long_it_is(visit, cast, task, count_queries):
    mara = visit(cast.mara)
    first = number_of(mara.sent(f"/tasks/{task}/comments", body="One @uma"))
    mara.sent(f"/tasks/{task}/comments", body="An answer", parent_comment_id=first)
    few = count_queries(lambda: mara.get(f"/tasks/{task}"))
    for number in range(5):
        mara.sent(f"/tasks/{task}/comments", body=f"Word {number} @sven @olga")
        mara.sent(f"/tasks/{task}/comments", body=f"Answer {number}", parent_comment_id=first)
    assert count_queries(lambda: mara.get(f"/tasks/{task}")) == few


def test_the_picker_offers_people_to_those_who_see_the_task(visit, cast, task):
    page = visit(cast.mara).get(f"/tasks/{task}/mentionable?search=u+northw").text
    offered = re.findall(r'data-mention="@\[(\w+) Northwind\]\(user:(\d+)\)"', page)
    assert [name for name, _ in offered] == ["Uma", "Udo", "Ulla"]
    assert page.count("Cannot see this task") == 2 and "<html" not in page
    for stranger in (cast.zoe, cast.udo):
        assert visit(stranger).get(f"/tasks/{task}/mentionable").status_code == 404
    assert visit(cast.mara).get(f"/tasks/{task}/mentionable?per_page=999").status_code == 422
