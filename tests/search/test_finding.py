"""What is found: titles, descriptions, tags and comments, by word, stem, beginning and phrase, without accents."""

import pytest


@pytest.fixture
def work(make, api, cast):
    """Some tasks of Olga's, by nickname."""
    tasks = {
        "invoices": make(cast.olga, "Send the invoices to Müller", tags=["Billing"]),
        "contract": make(cast.olga, "Check the contract", description="The second paragraph of the Résumé is wrong."),
        "login": make(cast.olga, "Login page", description="Users cannot log in after the invoice is paid"),
        "german": make(cast.olga, "Rechnungen für Straße prüfen", due_date="2026-11-20"),
        "nobody": make(cast.olga, "Somebody should write tests", assigned_to_id=None),
    }
    answer = api(cast.olga).post(
        f"/v1/tasks/{tasks['german']}/comments", json={"body": "Ask **Priya** about paragraph two"}
    )
    assert answer.status_code == 201
    return tasks


FINDS = {
    "invoice": ["invoices", "login"],
    "INVOICES": ["invoices", "login"],
    "invoicing": ["invoices", "login"],
    "muller": ["invoices"],
    "Müller": ["invoices"],
    "billing": ["invoices"],
    "strasse": ["german"],
    "rechnungen": ["german"],
    "prufen": ["german"],
    "priya": ["german"],
    "resume": ["contract"],
    "testing": ["nobody"],
    "para": ["contract", "german"],
    "para ": [],
    "pa": [],
    '"second paragraph"': ["contract"],
    '"paragraph second"': [],
    '"paragraph the"': [],
    "paragraph second": ["contract"],
    "paragraph -contract": ["german"],
    "invoice status:pending": ["invoices", "login"],
    "invoice status:paused,completed": [],
    "invoice nowhere": [],
    "to:nobody": ["nobody"],
    "to:me,nobody": ["nobody", "german", "login", "contract", "invoices"],
    "from:me invoice": ["invoices", "login"],
    "from:olga muller": ["invoices"],
    "from:OlgaNorthwind muller": ["invoices"],
    "from:uma": [],
    "due:overdue": ["german"],
    "due:none invoice": ["invoices", "login"],
    "due:2026-11-20": ["german"],
    "due:<2026-11-20": [],
    "due:>2026-11-19": ["german"],
    "due:2026-11-01..2026-11-30": ["german"],
    "due:today": [],
    "_": [],
    "100%": [],
}


def test_what_is_found_and_in_which_order(at, found, cast, work):
    at("2026-11-27T09:00:00Z")
    answers = {text: found(cast.olga, text) for text in FINDS}
    assert answers == {text: [work[name] for name in names] for text, names in FINDS.items()}


def test_boards_find_the_same(api, found, cast, work):
    found(cast.olga, "anything")
    for view, text in (("list", "muller"), ("kanban", "muller"), ("calendar", "rechnung")):
        path = f"/v1/boards/account?view={view}&search={text}&date=2026-11-20"
        assert api(cast.olga).get(path.replace("view=list&", "view=list&")).status_code == 200
    answer = api(cast.olga).get("/v1/boards/account?search=invoice").json
    assert {task["id"] for column in answer["columns"] for task in column["tasks"]} == {work["invoices"], work["login"]}
    days = (
        api(cast.olga).get("/v1/boards/account?view=calendar&search=rechnung&date=2026-11-20").json["calendar"]["days"]
    )
    assert [task["id"] for day in days for task in day["tasks"]] == [work["german"]]


@pytest.mark.parametrize("text", ["status:finished", "due:soon", "from:nosuchperson", "to:zoe", "from:me,zak", "to:"])
def test_what_is_not_understood_is_a_field_error(api, cast, text):
    for path in ("/v1/tasks", "/v1/tasks/assigned-to-me", "/v1/boards/my-board"):
        answer = api(cast.olga).get(path, query_string={"search": text})
        assert answer.status_code == 422 and answer.json["fields"]["search"][0].endswith("."), answer.json


def test_a_name_that_fits_several_is_refused(api, cast, app):
    from todoapp.extensions import db
    from todoapp.users.models import User

    with app.app_context():
        for person in (cast.uma, cast.udo):
            db.session.get(User, person.user_id).first_name = "Kim"
        db.session.commit()
    olga = api(cast.olga)
    refused = olga.get("/v1/tasks?search=to:kimnorthwind").json
    assert "several people" in refused["fields"]["search"][0]
    assert olga.get("/v1/tasks?search=to:udo").status_code == 200


def test_days_are_those_of_who_asks(at, app, make, found, cast):
    from todoapp.extensions import db
    from todoapp.users.models import User

    at("2026-11-27T20:00:00Z")
    task = make(cast.uma, "Late", due_date="2026-11-27T22:00:00Z")
    assert found(cast.uma, "due:today") == [task] and found(cast.uma, "due:tomorrow") == []
    with app.app_context():
        db.session.get(User, cast.uma.user_id).timezone = "Asia/Tokyo"
        db.session.commit()
    assert found(cast.uma, "late due:today") == [task], "it is the 28th there already"
    assert found(cast.uma, "due:2026-11-28") == [task] and found(cast.uma, "due:week") == [task]
