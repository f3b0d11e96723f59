"""Custom fields and coloured tags on the task's page and in its forms, without a script."""

import html
import re

import pytest

from todoapp.extensions import db
from todoapp.tasks.models import Task
from todoapp.tenancy import enter


def inputs(page):
    """The inputs of the form on a page: of a tick, what it would send and whether it is set; of a select, its options."""
    text = page.text
    found = {}
    for tag in re.findall(r"<input[^>]*>", text):
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        name, kind = facts.get("name", ""), facts.get("type")
        if kind == "checkbox":
            found[name] = "yes" if " checked" in tag else ""
        elif name and name not in found:
            found[name] = html.unescape(facts.get("value", ""))
    for name, options in re.findall(r'<select[^>]*? name="([\w.]+)"[^>]*>(.*?)</select>', text, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for name, words in re.findall(r'<textarea[^>]*? name="(\w+)"[^>]*>\n?(.*?)</textarea>', text, re.DOTALL):
        found[name] = html.unescape(words)
    return found


def facts(page):
    """What the facts of a task's page say, by name, as text."""
    terms = page.text.split('<dl class="facts">')[1].split("</dl>")[0]
    pairs = re.findall(r"<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", terms, re.DOTALL)
    return {plain(name): plain(value) for name, value in pairs}


def plain(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def history(page):
    return plain(page.text.split('id="history"')[1].split("</section>")[0])


VALUES = {
    "custom_fields.customer": "ACME & Söhne",
    "custom_fields.amount": "12.50",
    "custom_fields.signed_on": "2026-11-27",
    "custom_fields.region": "North",
    "custom_fields.reviewed": "yes",
    "custom_fields.contract": "https://example.com/a?b=1&c=2",
}


def test_a_new_task_takes_them_and_its_page_shows_them(visit, api, cast, ids):
    uma = visit(cast.uma)
    form = inputs(uma.get("/tasks/new"))
    assert {name for name in form if name.startswith("custom_fields")} == set(VALUES)
    number = uma.makes("Deal", **VALUES)
    assert api(cast.uma).get(f"/v1/tasks/{number}").json["custom_fields"] == {
        "customer": "ACME & Söhne",
        "amount": 12.5,
        "signed_on": "2026-11-27",
        "region": "North",
        "reviewed": True,
        "contract": "https://example.com/a?b=1&c=2",
    }
    page = uma.get(f"/tasks/{number}")
    shown = facts(page)
    assert [
        name for name in shown if name in ("Customer", "Amount", "Signed on", "Region", "Reviewed", "Contract")
    ] == [
        "Customer",
        "Amount",
        "Signed on",
        "Region",
        "Reviewed",
        "Contract",
    ]
    assert (shown["Customer"], shown["Amount"], shown["Signed on"]) == ("ACME & Söhne", "12.5", "Fri 27 Nov 2026")
    assert (shown["Region"], shown["Reviewed"]) == ("North", "Yes")
    assert 'href="https://example.com/a?b=1&amp;c=2" rel="nofollow noopener"' in page.text


def test_an_edit_sends_only_what_was_touched(visit, api, cast, ids):
    uma = visit(cast.uma)
    number = uma.makes("Deal", **VALUES)
    form = inputs(uma.get(f"/tasks/{number}/edit"))
    assert {name: form[name] for name in VALUES} == VALUES | {"custom_fields.amount": "12.5"}
    version = api(cast.uma).get(f"/v1/tasks/{number}").json["version"]
    uma.sent(f"/tasks/{number}/edit", **form)
    assert api(cast.uma).get(f"/v1/tasks/{number}").json["version"] == version, "nothing was touched"
    page = uma.sent(
        f"/tasks/{number}/edit",
        **form | {"custom_fields.customer": "", "custom_fields.amount": "-3", "custom_fields.reviewed": ""},
    )
    assert "cleared Customer, set Amount to -3 and unticked Reviewed" in history(page)
    assert "Customer: ACME & Söhne" in re.sub(r"\s+", " ", history(page))
    shown = facts(page)
    assert shown["Amount"] == "-3" and "Customer" not in shown and "Reviewed" not in shown


def test_a_refused_form_keeps_what_was_typed_with_the_reason_beside_it(visit, cast, ids):
    uma = visit(cast.uma)
    wrong = VALUES | {"custom_fields.amount": "a lot", "custom_fields.contract": "javascript:alert(1)"}
    wrong |= {"custom_fields.region": "West"}
    number = uma.makes("Deal")
    form = inputs(uma.get(f"/tasks/{number}/edit"))
    for page in (uma.post("/tasks/new", title="Deal", **wrong), uma.post(f"/tasks/{number}/edit", **form | wrong)):
        assert page.status_code == 422
        again = inputs(page)
        assert {name: again[name] for name in wrong if "region" not in name} == {
            name: text for name, text in wrong.items() if "region" not in name
        }
        for name, why in (
            ("amount", "such as 12 or 12.5"),
            ("contract", "begins with http:// or https://"),
            ("region", "Choose one of: North, South."),
        ):
            beside = page.text.split(f'id="custom_fields.{name}-error"')[1].split("</p>")[0]
            assert why in plain(beside)
            assert f'aria-describedby="custom_fields.{name}-error"' in page.text


def test_edits_of_the_same_field_are_put_to_the_choice(visit, cast, ids):
    mara, uma = visit(cast.mara), visit(cast.uma)
    number = mara.makes("Deal", assigned_to_id=cast.uma.user_id, **VALUES)
    first, second = inputs(mara.get(f"/tasks/{number}/edit")), inputs(uma.get(f"/tasks/{number}/edit"))
    mara.sent(f"/tasks/{number}/edit", **first | {"custom_fields.signed_on": "2026-12-01", "custom_fields.amount": "1"})
    page = uma.post(
        f"/tasks/{number}/edit",
        **second | {"custom_fields.signed_on": "2026-12-02", "custom_fields.customer": "Beta"},
    )
    assert page.status_code == 409
    text = plain(page.text)
    assert "Mara Northwind" in text and "Tue 1 Dec 2026" in text and "Wed 2 Dec 2026" in text
    assert "<legend>Signed on</legend>" in page.text
    values = re.findall(r'<input type="radio" name="custom_fields.signed_on" value="([^"]*)"', page.text)
    assert values == ["2026-12-02", "2026-12-01"]
    form = inputs(page)
    assert (form["custom_fields.customer"], form["custom_fields.amount"]) == ("Beta", "1")
    page = uma.sent(f"/tasks/{number}/edit", **form | {"custom_fields.signed_on": "2026-12-02"})
    shown = facts(page)
    assert (shown["Customer"], shown["Amount"], shown["Signed on"]) == ("Beta", "1", "Wed 2 Dec 2026")


def test_what_is_no_longer_offered_stays_in_the_form_and_on_the_page(visit, api, cast, ids):
    uma, olga = visit(cast.uma), api(cast.olga)
    number = uma.makes("Deal", **VALUES)
    stale = inputs(uma.get(f"/tasks/{number}/edit"))
    olga.patch(f"/v1/custom-fields/{ids['region']}", json={"options": ["East"]})
    olga.delete(f"/v1/custom-fields/{ids['customer']}")
    page = uma.get(f"/tasks/{number}/edit")
    form = inputs(page)
    assert form["custom_fields.region"] == "North" and "custom_fields.customer" not in form
    page = uma.sent(f"/tasks/{number}/edit", **form | {"title": "Bigger deal"})
    shown = facts(page)
    assert shown["Region"] == "North" and shown["Customer (archived)"] == "ACME & Söhne"
    page = uma.post(f"/tasks/{number}/edit", **stale | {"custom_fields.customer": "Beta", "title": "Bigger deal"})
    assert page.status_code == 422 and "“Customer” is archived." in plain(page.text)


def test_values_without_a_field_are_shown_by_their_key(app, visit, cast, ids):
    uma = visit(cast.uma)
    number = uma.makes("Deal")
    with app.app_context():
        enter(cast.account_id)
        task = db.session.get_one(Task, number)
        task.custom_fields = {"trello_members": ["Ann", "Ben"], "contract": "javascript:1"}
        db.session.commit()
    page = uma.get(f"/tasks/{number}")
    shown = facts(page)
    assert (shown["Trello members"], shown["Contract"]) == ("Ann, Ben", "javascript:1")
    assert 'href="javascript' not in page.text


@pytest.mark.parametrize("marker", ["<img src=x onerror=alert(1)>", "{{ 7 * 7 }}", '"><svg onload=alert(1)>'])
def test_what_people_call_and_write_stays_text(visit, api, cast, marker):
    olga, uma = api(cast.olga), visit(cast.uma)
    for kind, more in (("text", {}), ("select", {"options": [marker, "other"]}), ("checkbox", {})):
        answer = olga.post("/v1/custom-fields", json={"name": f"{marker} {kind}", "kind": kind, "key": kind} | more)
        assert answer.status_code == 201
    olga.post("/v1/tags", json={"name": marker, "colour": "pink"})
    values = {"custom_fields.text": marker, "custom_fields.select": marker, "custom_fields.checkbox": "yes"}
    number = uma.makes("Deal", tags=marker, **values)
    uma.sent(f"/tasks/{number}/edit", **inputs(uma.get(f"/tasks/{number}/edit")) | {"custom_fields.text": "other"})
    bad = uma.post("/tasks/new", title=" ", tags=marker, **values)
    for page in (uma.get(f"/tasks/{number}"), uma.get(f"/tasks/{number}/edit"), uma.get("/boards/me"), bad):
        assert page.status_code in (200, 422)
        assert "<img src=x" not in page.text and "<svg onload" not in page.text and ">49<" not in page.text
    assert facts(uma.get(f"/tasks/{number}"))[f"{marker} select"] == marker


def test_a_tag_has_its_colour_on_card_list_and_page(visit, api, cast):
    api(cast.olga).post("/v1/tags", json={"name": "Urgent", "colour": "red"})
    uma = visit(cast.uma)
    number = uma.makes("Deal", tags="urgent, plain")
    for address in ("/boards/me", "/boards/me?view=list", f"/tasks/{number}"):
        page = uma.get(address).text
        assert re.search(r'class="tag accent-4"[^>]*>Urgent<', page), address
        assert re.search(r'class="tag"[^>]*>plain<', page), address
