"""The main job in a real browser without script: every button is a plain form, every menu opens by itself."""

import pytest


@pytest.mark.parametrize("script", [False, True], ids=["plain", "with script"])
def test_hand_down_work_and_read_it(looking, cast, complaints, script):
    with looking(cast.mara, script=script) as page:
        page.get_by_role("link", name="Uma Northwind").click()
        page.get_by_label("Add a task for Uma").fill("Fix the login on Safari")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_text("was created").wait_for()
        card = page.locator(".card")
        assert "Not accepted" in card.inner_text()
        card.get_by_role("link", name="Fix the login on Safari").click()
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Priority").select_option("high")
        page.get_by_label("Tags").fill("auth, safari")
        page.get_by_role("button", name="Save task").click()
        page.get_by_text("was saved").wait_for()

    with looking(cast.uma, script=script) as page:
        card = page.locator(".card")
        assert "High" in card.inner_text() and "safari" in card.inner_text()
        card.get_by_label("Actions for").click()
        page.get_by_role("button", name="Accept").click()
        page.get_by_text("You accepted").wait_for()
        page.locator(".card").get_by_label("Actions for").click()
        page.get_by_role("button", name="Start").click()
        page.locator("#column-in_progress .card").wait_for()
        page.locator(".card").get_by_label("Actions for").click()
        page.get_by_text("Pause…").click()
        page.get_by_placeholder("Why it stands still").fill("Waiting for an answer")
        page.get_by_role("button", name="Pause", exact=True).click()
        assert "Waiting for an answer" in page.locator("#column-paused .card").inner_text()
        page.locator(".card-title").click()
        page.get_by_role("button", name="Resume").click()
        page.get_by_text("Pause…").click()
        page.get_by_label("Reason").fill("Lunch")
        page.get_by_label("Waiting for a person").select_option(label="Mara Northwind")
        page.get_by_role("button", name="Pause task").click()
        page.locator(".task-head").get_by_text("waiting for").wait_for()
        page.get_by_role("button", name="Resume").click()
        page.get_by_role("button", name="Complete").click()
        page.get_by_text("You completed").wait_for()
        history = page.locator(".timeline").inner_text()
        for words in (
            "completed this",
            "resumed work",
            "paused: Lunch",
            "started work",
            "accepted this",
            "assigned this to Uma",
        ):
            assert words in history
    assert complaints == []


def test_refusal_says_who_may(looking, cast, complaints):
    with looking(cast.mara) as page:
        page.goto(f"/boards/people/{cast.uma.user_id}")
        page.get_by_label("Add a task for Uma").fill("Theirs to start")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_label("Actions for").click()
        assert page.get_by_text("Only the assignee may start the task").is_visible()


def test_toast_undoes(looking, cast, complaints):
    with looking(cast.uma) as page:
        page.get_by_label("Add a task for yourself").fill("Short-lived")
        page.get_by_role("button", name="Add", exact=True).click()
        page.locator(".card-title").click()
        page.get_by_label("More actions").click()
        page.get_by_role("button", name="Delete").click()
        page.get_by_text("is deleted").wait_for()
        assert page.locator(".card").count() == 0
        page.get_by_role("button", name="Undo").click()
        page.locator(".card").wait_for()


def test_filters_and_drawer_on_a_phone(looking, cast, complaints):
    with looking(cast.mara, phone=True) as page:
        page.get_by_label("Add a task for yourself").fill("Mine")
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("button", name="Priority").click()
        page.get_by_label("High").check()
        page.locator("#filter-priority").get_by_role("button", name="Show tasks").click()
        page.wait_for_url("**priority=high**")
        assert page.locator(".card").count() == 0
        page.get_by_label("Remove the filter priority").click()
        page.locator(".card").wait_for()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Uma Northwind").click()
        page.get_by_role("heading", name="Uma Northwind’s board").wait_for()
    assert complaints == []


def test_keyboard_reaches_the_card_menu(looking, cast, complaints):
    with looking(cast.uma) as page:
        page.get_by_label("Add a task for yourself").fill("Reachable")
        page.keyboard.press("Enter")
        page.locator(".card").wait_for()
        page.locator(".card-menu").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Start"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.className") == "card-menu"
    assert complaints == []
