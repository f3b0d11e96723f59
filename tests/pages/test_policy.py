"""What must never stand in a page, since the content policy refuses it, and what must never be untold."""

import re
from gzip import compress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "mail" not in path.parts)
FORBIDDEN = {
    "a style attribute": r"\sstyle\s*=",
    "an event handler": r"\son[a-z]+\s*=",
    "a script without src": r"<script(?![^>]*\ssrc=)",
    "a style element": r"<style",
    "hx-on": r"hx-on",
    "a js: value": r"[\"']js:",
    "a javascript: address": r"javascript:",
    "a filter in hx-trigger": r"hx-trigger\s*=\s*\"[^\"]*\[",
    "markup that is not escaped": r"\|\s*safe\b",
    "escaping turned off": r"autoescape\s+false",
}
CSS_BUDGET = 12 * 1024
SCRIPT_BUDGET = 45 * 1024


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_keeps_the_content_policy(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    found = [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]
    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_post_form_carries_the_token(path):
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", path.read_text(), re.DOTALL):
        assert "csrf()" in form, form[:120]


def test_style_sheets_stay_small():
    together = b"".join(path.read_bytes() for path in sorted((ROOT / "static/css").glob("*.css")))
    assert len(compress(together)) < CSS_BUDGET


def test_scripts_stay_small(visit, cast):
    mara = visit(cast.mara)
    for path in ("/boards/me", f"/tasks/{mara.makes('Small')}"):
        names = re.findall(r'<script[^>]* src="/static/([\w./-]+)\?v=\w+"', mara.get(path).text)
        assert {"js/live.js", "vendor/htmx.min.js"} <= set(names)
        assert sum(len(compress((ROOT / "static" / name).read_bytes())) for name in names) < SCRIPT_BUDGET


def test_pages_send_the_policy_and_are_not_kept(visit, cast):
    page = visit(cast.uma).get("/boards/me")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert page.headers["Cache-Control"] == "no-store"


def test_stamped_files_are_kept_for_good(app):
    client = app.test_client()
    page = client.get("/login").text
    address = re.search(r'href="(/static/css/tokens\.css\?v=\w+)"', page)[1]
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/css/tokens.css").headers["Cache-Control"]


@pytest.mark.parametrize(
    "marker", ["<img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "‮gnp.exe", '"><svg onload=alert(1)>']
)
def test_what_people_write_stays_text(visit, cast, marker):
    mara = visit(cast.mara)
    typed = {"description": marker, "tags": marker, "due_day": "2030-01-15"}
    number = mara.makes(f"Title {marker}", **typed, assigned_to_id=cast.uma.user_id)
    uma = visit(cast.uma)
    uma.sent(f"/tasks/{number}/start")
    uma.sent(f"/tasks/{number}/pause", reason=f"Because {marker}", comment=marker)
    for page in (
        uma.get(f"/tasks/{number}"),
        uma.get(f"/tasks/{number}/edit"),
        uma.get("/boards/me"),
        mara.get("/boards/team?view=list"),
        mara.get("/boards/team?view=calendar&date=2030-01-15"),
        mara.get("/boards/team?view=calendar&span=day&date=2030-01-15"),
        mara.get("/boards/team?view=timeline&date=2030-01-15"),
    ):
        assert page.status_code == 200 and "Title " in page.text
        assert "<img src=x" not in page.text and "<svg onload" not in page.text
        assert "Title 49" not in page.text


def test_addresses_in_text_become_plain_links(visit, cast):
    uma = visit(cast.uma)
    number = uma.makes("Links", description="https://example.com/a?b=1&c=2 and javascript:alert(1)")
    page = uma.get(f"/tasks/{number}").text
    assert 'href="https://example.com/a?b=1&amp;c=2"' in page and 'rel="nofollow noopener"' in page
    assert 'href="javascript' not in page
