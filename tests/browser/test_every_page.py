"""Every page in Chromium, in both themes and at two widths: axe finds nothing, nothing is refused, nothing runs off the side."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tasks_queue import drain
from tests.fields.conftest import FIELDS
from todoapp.tasks.models import COLOURS

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIGNED_IN = (
    "/boards/me",
    "/boards/me?view=list",
    "/boards/me?status=paused&priority=high",
    "/boards/people/{uma}",
    "/boards/account",
    "/boards/account?view=list&sort=title",
    "/boards/account?view=calendar&date=2020-01-15",
    "/boards/account?view=calendar&span=week&date=2020-01-01",
    "/boards/account?view=calendar&span=day&date=2020-01-01",
    "/boards/account?view=calendar&span=day&date=2000-01-01",
    "/boards/people/{uma}?view=calendar",
    "/boards/account?view=timeline&date=2020-01-01",
    "/boards/account?view=timeline",
    "/boards/me?view=timeline&search=nothing",
    "/tasks/{task}",
    "/tasks/{task}?act=assign",
    "/tasks/{task}/edit",
    "/tasks/new",
    "/members",
    "/members/{uma}",
    "/members/invite",
    "/accounts",
    "/accounts/new",
    "/search",
    "/search?q=login+many+uma",
    "/search?q=uma",
    "/search?q=many",
    "/search?q=nowhere",
    "/settings/profile",
    "/settings/security",
    "/settings/sign-ins",
    "/admin/",
    "/admin/member/",
    "/admin/task/",
    "/admin/tag/",
    "/admin/customfield/",
    "/admin/audit/",
    "/admin/settings/",
    "/nowhere",
    "/boards/people/999",
)
SIGNED_OUT = ("/login", "/signup", "/reset", "/sent/reset", "/activate/1.gone", "/reset/1.gone", "/invite/1.gone")
VALUES = {
    "custom_fields.customer": "x" * 200,
    "custom_fields.amount": "-12.5",
    "custom_fields.signed_on": "2026-11-27",
    "custom_fields.region": "North",
    "custom_fields.reviewed": "yes",
    "custom_fields.contract": f"https://example.com/{'a' * 300}",
}
LOOKS = [(phone, dark) for phone in (False, True) for dark in (False, True)]
NAMES = [f"{'phone' if phone else 'desk'} {'dark' if dark else 'light'}" for phone, dark in LOOKS]


@pytest.fixture
def furnished(app: Any, looking: Any, cast: Any, api: Any) -> dict[str, Any]:
    """A little of everything on the boards; what the addresses need."""
    olga = api(cast.olga)
    for colour in COLOURS:
        assert olga.post("/v1/tags", json={"name": f"{colour}-tag", "colour": colour}).status_code == 201
    for key, facts in FIELDS.items():
        assert olga.post("/v1/custom-fields", json={"key": key} | facts).status_code == 201
    with looking(cast.mara) as page:
        task = make(
            page,
            "Fix the login on Safari after SSO redirect",
            assigned_to_id=cast.uma.user_id,
            priority="high",
            due_day="2020-01-01",
            tags=",".join(f"{colour}-tag" for colour in COLOURS),
            **VALUES,
            description="See https://example.com",
        )
        make(page, "A", parent_task_id=task, assigned_to_id=cast.uma.user_id)
        make(page, "تحديث شروط الخدمة للعملاء", visibility="team", due_day="2020-01-01")
        long = "Supercalifragilisticexpialidocious" * 6
        make(page, long, assigned_to_id=cast.udo.user_id, tags="x" * 50, due_day="2020-01-01", priority="high")
        for number in range(6):
            make(page, f"One of many: {number}", due_day="2020-01-02")
        make(page, "Far away", due_day="2090-01-01")
    with looking(cast.uma) as page:
        post(page, f"/tasks/{task}/start")
        post(
            page,
            f"/tasks/{task}/pause",
            reason="Waiting for an answer",
            comment="Which provider is it?",
            progress_percentage="40",
            waiting_for_user_id=cast.mara.user_id,
        )
    drain(app)
    return {"task": task, "uma": cast.uma.user_id}


def post(page: Page, path: str, **form: Any) -> str:
    """Send a form as a script-less page would; the address that it leads to."""
    token = page.locator("[name=csrf_token]").first.get_attribute("value")
    answer = page.request.post(path, form={"csrf_token": token or "", **form})
    assert answer.ok, answer.text()
    return answer.url


def make(page: Page, title: str, **form: Any) -> int:
    """Create a task; its number."""
    return int(post(page, "/tasks/new", title=title, **form).rsplit("/", 1)[1])


def rules_in(dark: bool) -> list[str]:
    """The dark theme differs in its colours only."""
    return ["color-contrast"] if dark else RULES


def check(page: Page, path: str, rules: list[str]) -> list[str]:
    """Open a page; what is wrong with it."""
    page.goto(path)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.evaluate(AXE.read_text())
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules)
    wrong = [f"{path}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]
    return wrong + ([f"{path}: {wide}px too wide"] if wide > 0 else [])


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=NAMES)
def test_pages_of_a_member(looking, cast, furnished, complaints, phone, dark):
    with looking(cast.olga, phone=phone, dark=dark) as page:
        wrong = [one for path in SIGNED_IN for one in check(page, path.format(**furnished), rules_in(dark))]
    assert wrong == []
    assert [one for one in complaints if "404" not in one] == []


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=NAMES)
def test_pages_of_nobody(looking, complaints, phone, dark):
    with looking(phone=phone, dark=dark) as page:
        wrong = [one for path in SIGNED_OUT for one in check(page, path, rules_in(dark))]
    assert wrong == []
    assert [one for one in complaints if "410" not in one] == []
