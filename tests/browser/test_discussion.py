"""A discussion in Chromium: handsome and accessible in both themes and at two widths, and harmless whatever people typed."""

import os
from typing import Any

import pytest

from tests.browser.test_every_page import LOOKS, NAMES, check, make, post, rules_in

CANARY = "//canary.invalid"
HOSTILE = [
    f"<img src={CANARY}/1.png onerror=alert(1)> <svg onload=alert(1)> <iframe src={CANARY}>",
    f"![x](https:{CANARY}/2.png) [x](javascript:alert(1)) <javascript:alert(1)> ![y](data:image/svg+xml,<svg/onload=alert(1)>)",
    f"<div hx-get='{CANARY}/3' data-hx-get='{CANARY}/4' hx-trigger='load' data-hx-trigger='load' hx-on:load='alert(1)'>x</div>",
    "</textarea></div></article><script>alert(1)</script><style>*{display:none}</style><base href='//canary.invalid'>",
    f'@[" onmouseover="alert(1)" x="](user:1) [a](https:{CANARY} "\\" autofocus onfocus=alert(1)")',
    "\u202e\u2066<scr\u0000ipt>alert(1)</scr\u0000ipt>\u202c",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "```\n</code></pre><script>alert(1)</script>\n```",
]
TALK = (
    """Two more customers wrote in about this. @uma can it go out **today**? cc @udo

1. the redirect ends on *another host*
2. `Set-Cookie` is dropped, see #12 and https://example.com/a/rather/long/address/that/goes/on/and/on/and/on/and/on/and/on

> quoted
> twice

```
GET /callback?code="""
    + "x" * 200
    + "\n```"
)


@pytest.fixture
def talk(looking: Any, cast: Any) -> str:
    """The address of a task that people talked about."""
    with looking(cast.mara) as page:
        task = make(page, "Fix the login on Safari", assigned_to_id=cast.uma.user_id)
        first = comment(page, task, TALK)
        comment(page, task, "تحديث شروط الخدمة للعملاء **مهم**")
    with looking(cast.uma) as page:
        comment(page, task, "Yes. The fix is in review; @mara is testing it.", parent_comment_id=first)
        gone = comment(page, task, "Said too early")
        edited = comment(page, task, "It goes ot", parent_comment_id=gone)
        post(page, f"/comments/{edited}/edit", body="It goes out", edited_at="")
        post(page, f"/comments/{gone}/delete")
    return f"/tasks/{task}"


def comment(page: Any, task: int, body: str, **form: Any) -> int:
    """Say something; the number of what was said."""
    return int(post(page, f"/tasks/{task}/comments", body=body, **form).rsplit("-", 1)[1])


@pytest.mark.parametrize(("phone", "dark"), LOOKS, ids=NAMES)
def test_a_discussion_looks_well(looking, cast, talk, complaints, phone, dark):
    with looking(cast.olga, phone=phone, dark=dark) as page:
        wrong = check(page, talk, rules_in(dark))
        page.locator(".comment summary").first.click()
        if folder := os.environ.get("PICTURES"):
            page.screenshot(
                path=f"{folder}/discussion-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.png",
                full_page=True,
            )
        history = page.get_by_role("link", name="edited").get_attribute("href")
        wrong += check(page, history, rules_in(dark))
        if folder:
            page.screenshot(path=f"{folder}/history-{'phone' if phone else 'desk'}-{'dark' if dark else 'light'}.png")
    assert wrong == []
    assert complaints == []


def test_people_talk_in_a_browser_without_script(looking, cast, talk):
    with looking(cast.uma, script=False) as page:
        page.goto(talk)
        page.get_by_role("textbox", name="Your comment", exact=True).last.fill("One more thing, @udo")
        page.get_by_role("button", name="Comment", exact=True).click()
        page.get_by_text("Udo Northwind cannot see this task.").wait_for()
        mine = page.locator(".comment").last
        mine.locator("summary", has_text="Edit").click()
        mine.get_by_role("textbox").last.fill("One thing less")
        mine.get_by_role("button", name="Save").click()
        assert page.locator(".comment .prose").last.inner_text() == "One thing less"
        mine = page.locator(".comment").last
        mine.locator("summary", has_text="Answer").click()
        mine.get_by_role("textbox").first.fill("I answer myself")
        mine.get_by_role("button", name="Answer").click()
        assert page.locator(".answers .prose").last.inner_text() == "I answer myself"
        mine = page.locator(".answers .comment").last
        mine.locator("summary", has_text="Delete").click()
        mine.get_by_role("button", name="Delete this comment").click()
        assert page.get_by_text("I answer myself").count() == 0


def test_the_picker_offers_people_and_says_who_cannot_see(looking, cast, talk, complaints):
    with looking(cast.mara) as page:
        page.goto(talk)
        text = page.get_by_role("textbox", name="Your comment", exact=True).last
        text.press_sequentially("Ask @ud")
        page.get_by_role("option", name="Udo Northwind").get_by_text("Cannot see this task").wait_for()
        text.press("Escape")
        assert page.get_by_role("option").count() == 0
        text.press("Backspace")
        page.get_by_role("option", name="Uma Northwind").wait_for()
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/picker.png")
        offered = page.get_by_role("option").all_inner_texts()
        text.press("ArrowDown")
        while "Uma" not in page.locator("[role=option][aria-selected=true]").inner_text():
            text.press("ArrowDown")
        text.press("Enter")
        assert text.input_value() == f"Ask @[Uma Northwind](user:{cast.uma.user_id}) "
        assert len(offered) > 2
        text.press_sequentially("and @milo")
        page.get_by_role("option", name="Milo Northwind").click()
        text.press_sequentially("mail me@x @@ done")
        page.get_by_role("button", name="Comment", exact=True).click()
        page.get_by_text("Milo Northwind cannot see this task.").wait_for()
        assert (
            page.locator(".comment .prose").last.inner_text()
            == "Ask @Uma Northwind and @Milo Northwind mail me@x @@ done"
        )
    assert complaints == []


def test_nothing_that_people_type_runs_or_loads(looking, cast, complaints):
    asked: list[str] = []
    with looking(cast.mara) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
        task = make(page, "Hostile")
        for text in HOSTILE:
            last = comment(page, task, text)
        post(page, f"/comments/{last}/edit", body="harmless " + HOSTILE[3], edited_at="")
        for path in (f"/tasks/{task}", f"/comments/{last}/history", "/boards/me"):
            page.goto(path)
            page.wait_for_load_state("networkidle")
        page.goto(f"/tasks/{task}")
        assert page.locator(".comment").count() == len(HOSTILE)
        assert (
            page.locator(
                ".comment .prose :is(img, svg, script, style, iframe, [hx-get], [data-hx-get], [onload])"
            ).count()
            == 0
        )
        for link in page.locator(".comment .prose a").all():
            assert (link.get_attribute("href") or "").startswith(("https:", "/tasks/"))
            assert link.get_attribute("rel") == "nofollow noopener noreferrer"
    assert complaints == []
    assert [one for one in asked if "canary" in one or one.startswith("dialog")] == []
