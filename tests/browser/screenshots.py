"""Pictures of the demo for the README, taken in Chromium: see bin/screenshots."""

import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

import config
from todoapp import create_app
from todoapp.demo.telling import load_demo
from todoapp.extensions import db

FOLDER = Path(__file__).parents[2] / "docs/screenshots"
DESK = {"width": 1440, "height": 900}
WHO = "Dilip Rao"
PHONE = {"width": 390, "height": 844}
# Name, whose sign-in by role, what (an address, a person's board, or a task on it), whether dark, whether on a phone.
PICTURES = (
    ("board-light", "manager", "person", False, False),
    ("board-dark", "manager", "person", True, False),
    ("task", "manager", "task", False, False),
    ("board-phone", "manager", "person", False, True),
    ("calendar-light", "manager", "/boards/team?view=calendar", False, False),
    ("calendar-dark", "manager", "/boards/team?view=calendar", True, False),
    ("calendar-phone", "manager", "/boards/team?view=calendar#today", False, True),
    ("timeline-light", "manager", "/boards/team?view=timeline", False, False),
    ("timeline-phone", "manager", "/boards/team?view=timeline", False, True),
    ("members", "owner", "/admin/member/", False, False),
    ("overview-dark", "owner", "/admin/", True, False),
    ("audit-light", "owner", "/admin/audit/", False, False),
    ("settings-phone", "owner", "/admin/settings/", False, True),
)


class Silent(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log(self, *_args: object) -> None:
        """Say nothing."""


def main() -> None:
    """Load the demo into a database of its own, serve it, and photograph it."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        sys.exit("There is no Chromium; set CHROMIUM to its path.")
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(config.load({"TODO_INSTANCE_DIR": folder}, development=True))
        with app.app_context():
            db.create_all()
            sign_ins = {one.role: one for one in load_demo()}
            db.session.remove()
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
            for picture in PICTURES:
                take(browser, f"http://127.0.0.1:{server.port}", sign_ins, *picture)
            browser.close()
        server.shutdown()


def take(
    browser: Browser, address: str, sign_ins: dict, name: str, role: str, what: str, dark: bool, phone: bool
) -> None:
    """One picture."""
    context = browser.new_context(
        base_url=address, viewport=PHONE if phone else DESK, color_scheme="dark" if dark else "light", has_touch=phone
    )
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Work email").fill(sign_ins[role].email)
    page.get_by_label("Password").fill(sign_ins[role].password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/boards/me")
    if what.startswith("/"):
        page.goto(what)
    else:
        page.goto(page.locator("#side .nav", has_text=WHO).get_attribute("href") or "/boards/me")
    if what == "task":
        page.locator("#column-in_progress .card-title, #column-paused .card-title").first.click()
        page.wait_for_url("**/tasks/*")
    page.evaluate("document.fonts.ready")
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
