"""Searching in Chromium: with the keyboard from any page, on a phone, without script, and without harm."""

import pytest

from tasks_queue import drain
from tests.browser.test_every_page import make

HOSTILE = "<img src=x onerror=alert(1)> zebra <mark>x</mark>"


@pytest.fixture
def tasks(app, looking, cast):
    """Some tasks of Mara's, indexed."""
    with looking(cast.mara) as page:
        ids = [
            make(page, "Fix the login", description="Customers cannot sign in after the invoice was paid."),
            make(page, HOSTILE, assigned_to_id=cast.uma.user_id, description=f"{HOSTILE} {'words ' * 100}"),
        ]
    drain(app)
    return ids


def test_from_the_keyboard_to_the_task(looking, cast, tasks, complaints):
    with looking(cast.mara) as page:
        page.keyboard.press("/")
        page.keyboard.type("invo")
        assert page.locator("#seek [type=search]").input_value() == "invo"
        page.keyboard.press("Enter")
        page.wait_for_url("**/search?q=invo")
        assert page.locator(".hits mark").all_inner_texts() == ["invoice"]
        page.keyboard.press("/")
        assert page.locator("#seek [type=search]").evaluate("box => box === document.activeElement")
        page.get_by_role("link", name="Fix the login").click()
        page.wait_for_url(f"**/tasks/{tasks[0]}")
    assert complaints == []


def test_a_slash_in_a_field_is_a_slash(looking, cast):
    with looking(cast.mara) as page:
        box = page.locator("#quick [name=title]")
        box.click()
        page.keyboard.type("and/or")
        assert box.input_value() == "and/or"


def test_on_a_phone_it_is_in_the_bar_below(looking, cast, tasks):
    with looking(cast.mara, phone=True) as page:
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
        page.get_by_role("searchbox").fill("login")
        page.get_by_role("button", name="Search").click()
        assert page.get_by_role("link", name="Fix the login").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script(looking, cast, tasks):
    with looking(cast.mara, script=False) as page:
        page.get_by_role("searchbox", name="Search tasks and people").fill("uma")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Uma Northwind").first.click()
        page.wait_for_url(f"**/boards/people/{cast.uma.user_id}")


def test_what_people_typed_stays_text(looking, cast, tasks, complaints):
    with looking(cast.mara) as page:
        for text in ("zebra", HOSTILE, '"><script>alert(1)</script>'):
            page.goto("/search")
            page.locator("#seek [type=search]").fill(text)
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert page.locator("#seek [type=search]").input_value() == text
            assert page.locator("main img, main script").count() == 0
        page.goto("/search?q=zebra")
        assert page.locator(".hits > li > a").inner_text() == HOSTILE
        assert "zebra" in page.locator(".hits mark").all_inner_texts()
    assert complaints == []
