"""Two people, each in a browser of their own, at one address: what one does the other sees, without loading the page anew.

Once with threads in one process, and once with gunicorn, two gevent workers, MariaDB and Redis.
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask

from tests.browser.side_by_side import Window, is_marked, mark
from tests.browser.test_every_page import AXE, RULES, make, post
from tests.live.servers import Gunicorn, Redis
from todoapp.extensions import db
from todoapp.users.sessions import open_session

A_MOMENT = 10_000  # while other tests run; the page itself asks after 20 seconds at the earliest
HIDE = """
(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
FETCHED = "/boards/me"


@pytest.fixture(scope="module")
def gunicorn(settings: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gunicorn]:
    """Two workers and a Redis of their own, on the database of the tests."""
    if not str(settings["SQLALCHEMY_DATABASE_URI"]).startswith("mysql"):
        pytest.skip("several processes need MariaDB: TEST_DATABASE=mariadb")
    if not shutil.which("redis-server"):
        pytest.skip("LEFT OUT: there is no redis-server")
    redis, server = Redis(tmp_path_factory.mktemp("redis")), Gunicorn(tmp_path_factory.mktemp("gunicorn"))
    with ExitStack() as running:
        running.callback(redis.stop)
        running.callback(server.stop, signal.SIGQUIT)
        redis.start()
        server.start_on(settings, redis.url)
        yield server


@pytest.fixture(
    params=["threads", pytest.param("two workers", marks=[pytest.mark.mariadb, pytest.mark.redis])],
)
def address(request: pytest.FixtureRequest, address: str) -> str:
    """Where the product answers, in one of its two shapes."""
    if request.param == "threads":
        return address
    return f"http://127.0.0.1:{request.getfixturevalue('gunicorn').port}"


@pytest.fixture
def window(looking: Callable[..., Any], address: str, app: Flask) -> Iterator[Callable[..., Window]]:
    """`window(person, path)`: a browser in which that person is signed in and looks at a page."""
    serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]

    def look(person: Any, path: str = "/boards/me") -> Window:
        with app.app_context():
            _session, secret = open_session(person.user_id, person.account_id, kind="browser")
            db.session.commit()
        page = desks.enter_context(looking())
        value = serializer.dumps({"_user_id": secret})
        page.context.add_cookies([{"name": app.config["SESSION_COOKIE_NAME"], "value": value, "url": address}])
        one = Window(page)
        one.open(path)
        return one

    with ExitStack() as desks:
        yield look


@pytest.fixture
def uma(window: Any, cast: Any) -> Window:
    """Uma, who looks at her board."""
    return window(cast.uma)  # type: ignore[no-any-return]


@pytest.fixture
def mara(window: Any, cast: Any) -> Window:
    """Mara, who looks at Uma's board."""
    return window(cast.mara, f"/boards/people/{cast.uma.user_id}")  # type: ignore[no-any-return]


def add(manager: Window, title: str) -> None:
    """Add a task in the line over the board."""
    manager.page.get_by_label("Add a task for").fill(title)
    manager.page.keyboard.press("Enter")
    manager.card(title).wait_for()


def act(one: Window, title: str, deed: str) -> None:
    """Press a button in the menu of a card."""
    one.card(title).get_by_label("Actions for").click()
    one.page.get_by_role("button", name=deed, exact=True).click()
    one.page.locator(".toast").wait_for()


def test_what_one_does_the_other_sees(uma, mara, cast, complaints):
    add(mara, "Fix the login")
    uma.card("Fix the login", "pending").wait_for(timeout=A_MOMENT)
    assert uma.page.locator("#count-pending").inner_text() == "1"
    uma.until(lambda: uma.tinted() == [uma.card("Fix the login").get_attribute("id")])
    mark(uma.card("Fix the login"))
    add(mara, "Write the notes")
    uma.card("Write the notes").wait_for(timeout=A_MOMENT)
    assert is_marked(uma.card("Fix the login")) and uma.is_the_same

    mara.open(mara.page.url)
    mara.page.wait_for_timeout(500)
    assert mara.asked == [], "what is told again was on the page already"
    mark(mara.card("Write the notes"))
    act(uma, "Fix the login", "Start")
    mara.card("Fix the login", "in_progress").wait_for(timeout=A_MOMENT)
    uma.card("Fix the login").get_by_label("Actions for").click()
    uma.page.get_by_text("Pause…").click()
    uma.page.get_by_label("Reason").fill("Lunch")
    uma.page.get_by_role("button", name="Pause", exact=True).click()
    mara.card("Lunch", "paused").wait_for(timeout=A_MOMENT)
    act(uma, "Fix the login", "Complete")
    mara.card("Fix the login", "completed").wait_for(timeout=A_MOMENT)
    assert mara.page.locator("#count-pending").inner_text() == "1"
    assert is_marked(mara.card("Write the notes")) and mara.is_the_same
    assert complaints == []


def test_a_task_that_goes_into_other_hands_goes_at_once(uma, mara, window, cast, complaints):
    task = make(mara.page, "Pass it on", assigned_to_id=cast.uma.user_id)
    uma.card("Pass it on").wait_for(timeout=A_MOMENT)
    uma.page.get_by_text("Board updated.").wait_for(timeout=A_MOMENT)
    udo, olga = window(cast.udo, "/boards/me?view=list"), window(cast.olga, "/boards/account")
    olga.card("Pass it on").get_by_title("Uma Northwind").wait_for()
    post(olga.page, f"/tasks/{task}/assign", assigned_to_id=cast.udo.user_id)
    udo.page.locator("tr", has_text="Pass it on").wait_for(timeout=A_MOMENT)
    uma.card("Pass it on").wait_for(state="detached", timeout=A_MOMENT)
    mara.card("Pass it on").wait_for(state="detached", timeout=A_MOMENT)
    olga.card("Pass it on").get_by_title("Udo Northwind").wait_for(timeout=A_MOMENT)
    assert uma.page.get_by_text("Nothing waits to be started.").is_visible()
    assert complaints == []


def test_what_one_may_not_see_is_not_even_asked_for(uma, mara, window, cast):
    zak, zoe = window(cast.zak), window(cast.zoe)
    make(mara.page, "A secret", visibility="private")
    make(mara.page, "Of somebody else", assigned_to_id=cast.udo.user_id)
    make(zoe.page, "Of another account", assigned_to_id=cast.zak.user_id, visibility="account")
    zak.card("Of another account").wait_for(timeout=A_MOMENT)
    make(mara.page, "For Uma", assigned_to_id=cast.uma.user_id)
    uma.card("For Uma").wait_for(timeout=A_MOMENT)
    assert uma.page.locator(".card").count() == zak.page.locator(".card").count() == 1
    assert uma.events() == zak.events() == ["task_added"]
    assert [one.removeprefix(url_of(uma)) for one in uma.asked + zak.asked] == [FETCHED, FETCHED]


def url_of(one: Window) -> str:
    return one.page.url.removesuffix("/boards/me")


def test_what_a_person_is_at_is_left_alone(uma, mara, cast, complaints):
    task = make(mara.page, "Open menu", assigned_to_id=cast.uma.user_id)
    uma.card("Open menu").wait_for(timeout=A_MOMENT)
    post(uma.page, f"/tasks/{task}/start")
    card = uma.card("Open menu", "in_progress")
    card.wait_for(timeout=A_MOMENT)
    uma.page.get_by_label("Add a task for yourself").fill("Half a thought")
    card.get_by_label("Actions for").click()
    uma.page.get_by_text("Pause…").click()
    uma.page.get_by_label("Reason").fill("Half a rea")
    post(mara.page, f"/tasks/{task}/complete")
    make(mara.page, "Another", assigned_to_id=cast.uma.user_id)
    uma.card("Another").wait_for(timeout=A_MOMENT)
    reason = uma.page.get_by_label("Reason")
    assert reason.input_value() == "Half a rea" and reason.is_visible()
    assert uma.page.evaluate("document.activeElement.name") == "reason"
    assert card.count() == 1, "it is still where it was"
    reason.fill("")
    uma.page.keyboard.press("Escape")
    uma.card("Open menu", "completed").wait_for(timeout=A_MOMENT)
    assert uma.page.get_by_label("Add a task for yourself").input_value() == "Half a thought"
    assert uma.is_the_same and complaints == []


def test_a_discussion_goes_on_while_one_writes(uma, mara, cast, complaints):
    task = make(mara.page, "Talk", assigned_to_id=cast.uma.user_id)
    part = make(mara.page, "A part", parent_task_id=task, assigned_to_id=cast.uma.user_id)
    uma.open(f"/tasks/{task}")
    draft = uma.page.get_by_role("textbox", name="Your comment", exact=True).last
    draft.fill("I think that")
    draft.evaluate("(field) => field.setSelectionRange(2, 7)")
    post(mara.page, f"/tasks/{task}/comments", body="What do you think?")
    uma.page.locator(".comment", has_text="What do you think?").wait_for(timeout=A_MOMENT)
    uma.page.get_by_text("Task updated.").wait_for(timeout=A_MOMENT)
    assert draft.evaluate("(field) => [field.value, field.selectionStart, field.selectionEnd]") == [
        "I think that",
        2,
        7,
    ]
    assert uma.page.evaluate("document.activeElement.id") == "comment"
    post(mara.page, f"/tasks/{task}/edit", title="Talk more", version="1")
    uma.page.get_by_role("heading", name="Talk more").wait_for(timeout=A_MOMENT)
    post(mara.page, f"/tasks/{part}/complete")
    uma.page.locator(f"#task-{part}.completed").wait_for(timeout=A_MOMENT)
    assert draft.input_value() == "I think that" and uma.is_the_same and complaints == []


def test_lost_and_back(uma, mara, cast):
    uma.page.context.set_offline(True)
    uma.page.get_by_text("Offline. Changes wait.").wait_for(timeout=A_MOMENT)
    uma.page.evaluate(AXE.read_text())
    wrong = uma.page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert [one["id"] for one in wrong] == []
    make(mara.page, "Meanwhile", assigned_to_id=cast.uma.user_id)
    uma.page.wait_for_timeout(500)
    assert uma.card("Meanwhile").count() == 0
    uma.page.context.set_offline(False)
    uma.card("Meanwhile").wait_for(timeout=A_MOMENT)
    uma.page.get_by_text("Back.").wait_for(timeout=A_MOMENT)
    make(mara.page, "And live again", assigned_to_id=cast.uma.user_id)
    uma.card("And live again").wait_for(timeout=A_MOMENT)
    assert uma.is_the_same


def test_who_is_signed_out_is_told(uma, mara, window, cast):
    other_tab = uma.page.context.new_page()
    other_tab.goto("/boards/me")
    post(other_tab, "/logout")
    uma.page.get_by_text("You are signed out.").wait_for(timeout=A_MOMENT)
    uma.page.get_by_role("link", name="Sign in again.").click()
    uma.page.wait_for_url("**/login?next=%2Fboards%2Fme")
    ulla, olga = window(cast.ulla), window(cast.olga)
    post(olga.page, f"/members/{cast.ulla.user_id}/remove", successor_id=cast.milo.user_id)
    ulla.page.get_by_text("You do not belong to this account any more.").wait_for(timeout=A_MOMENT)


def test_a_page_that_shuts_says_so(uma, mara, window, cast):
    task = make(mara.page, "Not yours any more", assigned_to_id=cast.uma.user_id)
    uma.open(f"/tasks/{task}")
    post(window(cast.olga).page, f"/tasks/{task}/assign", assigned_to_id=cast.udo.user_id)
    uma.page.get_by_text("This page does not open for you any more.").wait_for(timeout=A_MOMENT)


def test_what_somebody_else_sees_is_not_mixed_in(uma, mara, window, cast):
    udo = window(cast.udo)
    make(mara.page, "For Udo", assigned_to_id=cast.udo.user_id)
    uma.page.context.add_cookies(udo.page.context.cookies())  # they sign in on Uma's computer, in another tab
    make(mara.page, "For Uma", assigned_to_id=cast.uma.user_id)
    uma.page.get_by_text("signed in as somebody else").wait_for(timeout=A_MOMENT)
    assert uma.page.locator(".card").count() == 0


def test_without_a_line_the_page_asks_now_and_then(uma, mara, cast):
    uma.page.clock.install()
    uma.page.route_web_socket("**/v1/live", lambda socket: socket.close())  # as a proxy does that knows no sockets
    uma.page.goto("/boards/me")
    make(mara.page, "Slowly", assigned_to_id=cast.uma.user_id)
    uma.page.clock.fast_forward(20_500)
    uma.card("Slowly").wait_for(timeout=A_MOMENT)
    post(uma.page, "/logout")
    make(mara.page, "Unseen", assigned_to_id=cast.uma.user_id)
    uma.page.clock.fast_forward(20_500)
    uma.page.get_by_text("You are signed out.").wait_for(timeout=A_MOMENT)
    assert uma.card("Unseen").count() == 0


def test_a_line_that_died_unnoticed_is_opened_anew(uma, mara, cast):
    lines: list[Any] = []
    said: list[str] = []
    is_dead = False

    def relay(socket: Any) -> None:
        def pass_on(message: str) -> None:
            said.append(f"{lines.index(socket)} {message}")
            if socket is not lines[0] or not is_dead:
                socket.send(message)

        lines.append(socket)
        socket.connect_to_server().on_message(pass_on)

    def was_said(line: int, word: str) -> bool:
        return any(message.startswith(f"{line} ") and f'"{word}"' in message for message in said)

    uma.page.clock.install()
    uma.page.route_web_socket("**/v1/live", relay)
    uma.page.goto("/boards/me")
    uma.until(lambda: was_said(0, "pong"))
    is_dead = True
    make(mara.page, "Unheard", assigned_to_id=cast.uma.user_id)
    uma.until(lambda: was_said(0, "task_added"))
    assert uma.card("Unheard").count() == 0
    for _ in range(6):
        uma.page.clock.fast_forward(20_000)
    uma.card("Unheard").wait_for()
    uma.until(lambda: was_said(1, "subscribed"))
    make(mara.page, "Heard again", assigned_to_id=cast.uma.user_id)
    uma.until(lambda: was_said(1, "task_added"))
    uma.page.clock.fast_forward(10_000)  # for its clock, the page was slow to fetch
    uma.card("Heard again").wait_for(timeout=A_MOMENT)


def test_a_hidden_page_waits_until_it_is_looked_at(uma, mara, cast):
    uma.page.clock.install()
    uma.open("/boards/me")
    uma.page.evaluate(HIDE, True)
    make(mara.page, "Behind", assigned_to_id=cast.uma.user_id)
    uma.until(lambda: uma.events() == ["task_added"])
    uma.page.wait_for_timeout(500)
    assert uma.asked == [] and uma.card("Behind").count() == 0
    uma.page.clock.fast_forward(61_000)
    uma.until(lambda: uma.lines() == 0)
    make(mara.page, "Behind as well", assigned_to_id=cast.uma.user_id)
    uma.page.evaluate(HIDE, False)
    uma.card("Behind as well").wait_for(timeout=A_MOMENT)
    assert uma.card("Behind").count() == 2 and uma.lines() == 1 and uma.is_the_same


def test_the_switcher_follows_a_little_later(uma, mara, cast):
    mara.page.clock.install()
    mara.open("/boards/me")
    person = mara.page.locator(f"#person-{cast.uma.user_id}")
    assert "open" not in person.inner_text()
    make(uma.page, "My own")
    mara.until(lambda: mara.events() == ["task_added"])
    mara.page.wait_for_timeout(500)
    assert mara.asked == []
    mara.page.clock.fast_forward(15_000)
    person.get_by_text("1 open").wait_for(timeout=A_MOMENT)


@pytest.mark.parametrize("address", ["two workers"], indirect=True)
def test_pages_of_either_worker_hear_and_come_back(address, gunicorn, window, uma, mara, cast):
    pages = [uma]

    def in_both_workers() -> bool:
        uma.until(lambda: sum(gunicorn.held().values()) == len(pages) + 1)  # and Mara's; other connections rest and end
        return len(gunicorn.held()) == 2

    while not in_both_workers():
        pages.append(window(cast.uma))
    make(mara.page, "For all to see", assigned_to_id=cast.uma.user_id)
    for one in [*pages, mara]:
        one.card("For all to see").wait_for(timeout=A_MOMENT)
    for worker in gunicorn.pids():
        os.kill(worker, signal.SIGKILL)
    mara.until(lambda: gunicorn.get("/healthz"), 30)
    make(mara.page, "While they were gone", assigned_to_id=cast.uma.user_id)
    for one in [*pages, mara]:
        one.card("While they were gone").wait_for()
        assert one.is_the_same
