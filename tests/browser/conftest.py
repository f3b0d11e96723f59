"""The product on a real port, and people who look at it in Chromium."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from tests.cast import PASSWORD, Person

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium that is there already: CHROMIUM names it, or PATH has it."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if not found:
        pytest.skip("LEFT OUT: there is no Chromium; set CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(the_app: Flask) -> Iterator[str]:
    """Where the product answers."""
    server = make_server("127.0.0.1", 0, the_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


class Complaints(list[str]):
    """What the browser complained of: refused by the content policy, failed to load, broke."""

    def listen(self, page: Page) -> None:
        """Hear what `page` has to say."""
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("console", lambda message: self.append(message.text) if message.type == "error" else None)


@pytest.fixture
def complaints() -> Complaints:
    """Empty at the end of a good test."""
    return Complaints()


@pytest.fixture
def looking(chromium: Browser, address: str, app: Flask, complaints: Complaints) -> Callable[..., Any]:
    """`with looking(person, phone=…, dark=…, script=…) as page`: that person, signed in, on their board."""

    @contextmanager
    def look(
        person: Person | None = None, *, phone: bool = False, dark: bool = False, script: bool = True
    ) -> Iterator[Page]:
        context = chromium.new_context(
            base_url=address,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        complaints.listen(page)
        if person is not None:
            sign_in(page, person)
        try:
            yield page
        finally:
            context.close()

    return look


def sign_in(page: Page, person: Person) -> None:
    """Sign in through the form."""
    page.goto("/login")
    page.get_by_label("Work email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/boards/me")
