"""Calendar and timeline as a person uses them: with the keyboard, on a phone, and with no script at all."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect


@pytest.fixture
def busy(looking, cast):
    """Uma has six tasks that are due today, made through the form."""
    today = datetime.now(UTC).date().isoformat()
    with looking(cast.uma) as page:
        for number in range(6):
            page.goto(f"/tasks/new?due_day={today}")
            page.get_by_label("Title").fill(f"Task {number}")
            page.get_by_role("button", name="Create task").click()
            page.wait_for_url("**/tasks/*")


def test_from_the_month_to_a_day_and_a_task_for_it_without_script(looking, cast, busy, complaints):
    with looking(cast.uma, script=False) as page:
        page.get_by_role("link", name="Calendar").click()
        expect(page.locator(".today .entry")).to_have_count(3)
        page.get_by_role("link", name="+3 more").click()
        expect(page.locator(".card")).to_have_count(6)
        page.get_by_placeholder("due on this day").fill("One more")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator(".card")).to_have_count(7)
        page.get_by_role("navigation", name="Length").get_by_role("link", name="Week").click()
        expect(page.locator(".today .entry")).to_have_count(7)
        page.get_by_role("link", name="Later").click()
        expect(page.locator(".today")).to_have_count(0)
        page.get_by_role("link", name="Today").click()
        expect(page.locator(".today .entry")).to_have_count(7)
    assert complaints == []


def test_a_phone_shows_the_days_that_have_something_one_below_the_other(looking, cast, busy):
    with looking(cast.uma, phone=True) as page:
        page.goto("/boards/me?view=calendar")
        assert page.locator(".day:visible").count() == 1
        assert page.locator(".weekdays").is_hidden() and page.locator(".today .weekday").is_visible()
        page.locator(".entry a").first.tap()
        page.wait_for_url("**/tasks/*")
        page.goto("/boards/me?view=timeline")
        name, bar = page.locator(".gantt-name").first.bounding_box(), page.locator(".gantt-bar").first.bounding_box()
        assert bar["y"] >= name["y"] + name["height"], "the bar lies below its name"


def test_the_keyboard_reaches_every_bar(looking, cast, busy):
    with looking(cast.uma) as page:
        page.goto("/boards/me?view=timeline")
        page.locator(".undated, nav[aria-label=Period] a").last.focus()
        for number in range(6):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.textContent") == f"Task {number}"
        page.keyboard.press("Enter")
        page.wait_for_url("**/tasks/*")
        expect(page.locator("h1")).to_contain_text("Task 5")
