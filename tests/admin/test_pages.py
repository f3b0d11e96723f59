"""The pages of the administration: what they show, what they take, and to whom they stay closed."""

import csv
import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from todoapp.accounts.models import Account
from todoapp.extensions import db
from todoapp.faces import ADMIN
from todoapp.kit.csv_file import csv_file
from todoapp.tasks.suggesting import working_seconds

OPEN = (
    "/admin/",
    "/admin/member/",
    "/admin/task/",
    "/admin/tag/",
    "/admin/customfield/",
    "/admin/audit/",
    "/admin/settings/",
)


def rows_of(answer):
    """The rows of a CSV answer."""
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_every_view_is_ours_and_nothing_of_flask_admin_is_open(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")]
    assert {rule.rule for rule in rules if "static" in rule.rule or "ajax" in rule.rule} == set()
    assert {app.blueprints[rule.endpoint.split(".")[0]].access for rule in rules} == {"session"}
    assert all(page.row for page in ADMIN)


@pytest.mark.parametrize("path", OPEN)
def test_the_tabs_lead_to_each_page(visit, cast, path):
    page = visit(cast.sven).get(path).text
    assert all(f'href="{other}"' in page for other in OPEN)
    assert visit(cast.uma).get(path).status_code == 403


def test_the_overview_counts_and_points(visit, cast):
    olga = visit(cast.olga)
    olga.makes("Late", due_day="2020-01-01")
    olga.makes("Nobody's", assigned_to_id="")
    visit(cast.uma).get("/admin/")
    page = olga.get("/admin/").text
    figures = re.findall(r'<b class="num">([\d,]+)</b><span>([^<]+)', page)
    assert ("2", "open tasks") in figures and ("1", "late") in figures and ("1", "with nobody") in figures
    assert "8 of 100 seats" in page and "1 user without a manager" in page
    assert "Olga Northwind created this task" in page
    assert "Zebra" not in page


def test_members_are_listed_filtered_and_exported(visit, cast):
    sven = visit(cast.sven)
    assert "Uma Northwind" in sven.get("/admin/member/?search=um").text
    managers = sven.get("/admin/member/?role=manager&sort=joined").text
    assert "Mara Northwind" in managers and f'/members/{cast.uma.user_id}"><bdi>' not in managers
    rows = rows_of(sven.get("/admin/member/export.csv?role=user"))
    assert {row["name"] for row in rows} == {"Uma Northwind", "Udo Northwind", "Ulla Northwind", "Nina Northwind"}
    assert {row["manager"] for row in rows} == {"Mara Northwind", "Milo Northwind", ""}
    assert sven.get("/admin/member/?role=king").status_code == 422


def test_the_log_is_filtered_paged_and_exported(visit, cast, api):
    uma = visit(cast.uma)
    for number in range(60):
        uma.makes(f"=HYPERLINK({number})")
    path = f"/v1/accounts/{cast.account_id}/members/{cast.udo.user_id}/suspend"
    assert api(cast.uma).post(path).status_code == 403
    sven = visit(cast.sven)
    page = sven.get("/admin/audit/?action=task_created").text
    assert page.count("<details") == 50 and "Uma Northwind created this task" in page
    older = re.search(r'href="(\?[^"]*cursor=[^"]*)"', page)[1].replace("&amp;", "&")
    assert sven.get(f"/admin/audit/{older}").text.count("<details") == 10
    refused = sven.get("/admin/audit/?denied=true").text
    assert "was not allowed to" in refused and "created this task" not in refused
    assert "Nothing found" in sven.get(f"/admin/audit/?user_id={cast.nina.user_id}&from=2020-01-01&to=2020-01-02").text
    rows = rows_of(sven.get("/admin/audit/export.csv?action=task_created"))
    assert len(rows) == 60 and rows[0]["via"] == "web" and rows[0]["about_name"] == "'=HYPERLINK(59)"
    assert sven.get(f"/admin/audit/?user_id={cast.zoe.user_id}").status_code == 404
    assert sven.get("/admin/audit/?from=soon").status_code == 422


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        (" @x", "' @x"),
        ("\t=1", "'\t=1"),
        ("-1 apple", "'-1 apple"),
        ("\u00a0+1", "'\u00a0+1"),
        ("a,b\n=1", "a,b\n=1"),
        ("\0=1", "'=1"),
        (-5, "-5"),
        (None, ""),
    ],
)
def test_a_file_holds_text_and_no_formula(app, cell, kept):
    with app.test_request_context():
        answer = csv_file("x.csv", ["a"], [[cell]])
    assert list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))[1] == [kept]


WHOLE = {
    "name": "Northwind",
    "hue": "3",
    "hours_start": "08:00",
    "hours_end": "16:30",
    "hours_days": ["0", "1", "2", "3"],
    "holidays": "2026-12-25 Christmas Day\n\n2026-12-24  Christmas Eve \n",
    "default_timezone": "Europe/Berlin",
    "language": "de",
    "allow_rejection": ["no"],
    "managers_can_reassign": ["no", "yes"],
    "several_running_tasks": ["no"],
    "return_unanswered": ["no"],
    "answer_within_hours": "",
}


def settings_of(app, cast):
    with app.app_context():
        return db.session.scalar(select(Account.settings).where(Account.id == cast.account_id))


def test_all_settings_are_kept_and_shown(visit, cast, app):
    page = visit(cast.sven).sent("/admin/settings/", **WHOLE)
    assert settings_of(app, cast) == {
        "hue": 3,
        "allow_rejection": False,
        "managers_can_reassign": True,
        "default_timezone": "Europe/Berlin",
        "language": "de",
        "working_hours": {"start": "08:00", "end": "16:30", "days": [0, 1, 2, 3]},
        "holidays": [
            {"date": "2026-12-24", "name": "Christmas Eve"},
            {"date": "2026-12-25", "name": "Christmas Day"},
        ],
    }
    assert "2026-12-24 Christmas Eve\n2026-12-25 Christmas Day" in page.text and 'value="16:30"' in page.text


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("hours_end", "07:00", "Work ends after it starts"),
        ("hours_start", "8", "Give an hour like 08:30"),
        ("hours_days", [], "Length must be between 1 and 7"),
        ("holidays", "2026-02-30 Never", "Not a valid date"),
        ("holidays", "2026-12-25", "Line 1: write the day and its name"),
        ("default_timezone", "Mars/Base", "There is no such time zone"),
    ],
)
def test_a_wrong_setting_is_named_and_nothing_is_lost(visit, cast, app, name, value, said):
    page = visit(cast.sven).post("/admin/settings/", **WHOLE | {name: value, "name": "Changed"})
    assert page.status_code == 422 and said in page.text and 'value="Changed"' in page.text
    assert settings_of(app, cast) == {}


def test_nobody_is_expected_to_work_on_a_holiday():
    from datetime import UTC, date, datetime

    hours = {"start": "09:00", "end": "17:00", "days": [0, 1, 2, 3, 4]}
    week = datetime(2026, 12, 21, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC)
    assert working_seconds(*week, hours, "UTC") == 5 * 8 * 3600
    assert working_seconds(*week, hours | {"off": {date(2026, 12, 25), date(2026, 12, 26)}}, "UTC") == 4 * 8 * 3600


def picture(kind="PNG", size=(300, 200), **kw):
    """A picture as a browser sends it."""
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, kind, **kw)
    content.seek(0)
    return content, "../logo.svg"


def test_a_logo_is_made_small_and_plain_and_shown_to_members_only(visit, cast):
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    sven = visit(cast.sven)
    page = sven.sent("/admin/settings/logo", logo=picture("JPEG", exif=exif))
    address = re.search(r'src="(/accounts/\d+/logo[^"]*)"', page.text)[1]
    shown = visit(cast.uma).client.get(address.replace("&amp;", "&"))
    assert shown.mimetype == "image/png" and b"secret place" not in shown.data
    assert max(Image.open(io.BytesIO(shown.data)).size) == 96
    assert visit(cast.zoe).get(address).status_code == 404
    assert address not in sven.sent("/admin/settings/logo/remove").text
    assert sven.get(address).status_code == 404


def bomb():
    """A PNG that says it has 30,000 times 30,000 pixels."""
    content, name = picture()
    data = bytearray(content.getvalue())
    data[16:24] = (30_000).to_bytes(4) * 2
    return io.BytesIO(bytes(data)), name


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (
            lambda: (io.BytesIO(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), "a.svg"),
            422,
        ),
        (lambda: (io.BytesIO(b""), "a.png"), 422),
        (lambda: (io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "a.png"), 422),
        (lambda: (io.BytesIO(b"x" * (1024 * 1024 + 1)), "a.png"), 422),
        (lambda: (io.BytesIO(b"x" * (3 * 1024 * 1024)), "a.png"), 413),
        (bomb, 422),
    ],
)
def test_what_is_no_small_picture_is_refused(visit, cast, sent, status):
    page = visit(cast.sven).post("/admin/settings/logo", logo=sent())
    assert page.status_code == status
    assert "org-mark logo" not in visit(cast.sven).get("/admin/settings/").text


def test_a_hostile_name_is_text_everywhere(visit, cast):
    olga = visit(cast.olga)
    marker = "<img src=x onerror=alert(1)>"
    olga.sent("/admin/settings/", **WHOLE | {"name": marker, "holidays": f"2026-12-25 {marker}"})
    olga.makes(marker)
    for path in OPEN:
        assert "<img src=x" not in olga.get(path).text
