"""What the worker writes down: fresh, once, in bounds, and again where it was missed."""

import pytest
from sqlalchemy import delete, func, select, update

from tasks_queue import drain
from tests.races.crowd import together
from todoapp.activity.models import ActivityLog
from todoapp.extensions import db
from todoapp.kit.transaction import atomic
from todoapp.search.behind import index_behind, index_missed
from todoapp.search.indexing import index_tasks
from todoapp.search.models import LONGEST_TERM, SearchDocument, SearchTerm
from todoapp.search.words import LONGEST_TEXT, MOST_TERMS, document, fold, stem, words_in
from todoapp.tasks.models import Task
from todoapp.tenancy import add_rows, inside


@pytest.fixture
def terms(app, cast):
    """`terms(task_id)`: the terms of a task of the cast's account, with their weights."""

    def of(task_id):
        with app.app_context(), inside(cast.account_id):
            rows = db.session.execute(select(SearchTerm.term, SearchTerm.weight).where(SearchTerm.task_id == task_id))
            return {row.term: row.weight for row in rows}

    return of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ünïcödé STRASSE Straße", ["unicode", "strasse", "strasse"]),
        ("Ærø Łódź Đorđe", ["aero", "lodz", "dorde"]),
        ("e-mail: a_b@example.com", ["e", "mail", "a", "b", "example", "com"]),
        ("ﬁle ① ™", ["file", "1", "tm"]),
        ("İstanbul", ["istanbul"]),
        ("हिन्दी में", ["हिनदी", "में"]),
        ("日本語 テスト", ["日本語", "テスト"]),
        ("x" * 100, ["x" * LONGEST_TERM]),
        ("\u0301\u0301 ' - _", []),
    ],
)
def test_words_are_folded(text, words):
    assert words_in(text) == words


def test_folding_twice_is_folding_once():
    for text in ("ẞŁ™İﬃ", "Ǆ ǅ ǆ", "ΑΙΣ ς"):
        assert fold(fold(text)) == fold(text)


def test_a_stem_is_its_own_stem():
    for word in ("invoices", "happiness", "hoping", "generously", "universities", "news", "caresses", "formalization"):
        assert stem(stem(word)) == stem(word)
    assert stem("invoices") == stem("invoice") == stem("invoicing") and stem("happy") == stem("happiness")
    assert stem("rechnungen") != "" and stem("日本語") == "日本語"


def test_a_document_is_bounded():
    words = " ".join(f"w{number}" for number in range(50_000))
    made = document([(4, "title"), (2, words), (1, "late comment")])
    assert len(made.terms) == MOST_TERMS and len(made.text) <= LONGEST_TEXT + 100
    assert made.terms["title"] == 4 and made.terms["w1"] == 2


def test_what_is_said_is_found_once_the_worker_is_through(api, cast, make, found, app):
    olga = api(cast.olga)
    task = make(cast.olga, "First title", description="alpha", tags=["red"])
    assert olga.get("/v1/tasks?search=first").json["tasks"] == []
    assert found(cast.olga, "first") == found(cast.olga, "alpha") == found(cast.olga, "red") == [task]
    assert olga.patch(f"/v1/tasks/{task}", json={"title": "Second title", "tags": ["blue"]}).status_code == 200
    assert found(cast.olga, "first") == found(cast.olga, "red") == []
    assert found(cast.olga, "second") == found(cast.olga, "blue") == [task]
    comment = olga.post(f"/v1/tasks/{task}/comments", json={"body": "a remark"}).json["id"]
    assert found(cast.olga, "remark") == [task]
    assert olga.patch(f"/v1/comments/{comment}", json={"body": "an opinion"}).status_code == 200
    assert found(cast.olga, "remark") == [] and found(cast.olga, "opinion") == [task]
    assert olga.delete(f"/v1/comments/{comment}").status_code == 204
    assert found(cast.olga, "opinion") == []
    assert olga.delete(f"/v1/tasks/{task}").status_code == 204
    assert found(cast.olga, "second") == []
    assert olga.post(f"/v1/tasks/{task}/restore", json={}).status_code == 200
    assert found(cast.olga, "second") == [task]


def test_a_mention_is_its_name(api, cast, make, found):
    task = make(cast.olga, "Ask")
    body = {"body": f"Hello @[Uma Northwind](user:{cast.uma.user_id})"}
    assert api(cast.olga).post(f"/v1/tasks/{task}/comments", json=body).status_code == 201
    assert found(cast.olga, '"uma northwind"') == [task]
    assert found(cast.olga, "user ") == []


def test_renamed_merged_and_deleted_tags(api, app, cast, make, found):
    olga = api(cast.olga)
    task = make(cast.olga, "Tagged", tags=["crimson", "azure"])
    ids = {tag["name"]: tag["id"] for tag in olga.get("/v1/tags").json["tags"]}
    assert olga.patch(f"/v1/tags/{ids['crimson']}", json={"name": "scarlet"}).status_code == 200
    drain(app)
    with app.app_context():
        assert index_behind() == 1 and index_behind() == 0
    assert found(cast.olga, "crimson") == [] and found(cast.olga, "scarlet") == [task]
    assert olga.post(f"/v1/tags/{ids['crimson']}/merge", json={"into_tag_id": ids["azure"]}).status_code == 200
    assert found(cast.olga, "scarlet") == [] and found(cast.olga, "azure") == [task]
    assert olga.delete(f"/v1/tags/{ids['azure']}").status_code == 204
    assert found(cast.olga, "azure") == []


def test_indexing_again_changes_nothing(app, cast, make, terms):
    task = make(cast.olga, "Invoices", description="invoices", tags=["Billing"])
    drain(app)
    before = terms(task)
    assert before == {"invoices": 4, stem("invoices"): 4, "billing": 3, stem("billing"): 3}
    with app.app_context(), inside(cast.account_id):
        seen = db.session.execute(select(Task.version, Task.updated_at)).all(), count(ActivityLog)
        assert index_tasks([task]) == 0 and index_tasks([task], anew=True) == 1
        db.session.commit()
        assert (db.session.execute(select(Task.version, Task.updated_at)).all(), count(ActivityLog)) == seen
    assert terms(task) == before


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_edits_of_other_things_are_not_read_again(app, api, cast, make, count_queries):
    task = make(cast.olga, "Plan")
    drain(app)
    assert api(cast.olga).patch(f"/v1/tasks/{task}", json={"priority": "high"}).status_code == 200
    assert count_queries(lambda: drain(app)) < 10


def test_the_sweep_finds_what_came_without_events(app, cast, make, found):
    tasks = [make(cast.olga, f"Cargo {number}") for number in range(3)]
    stranger = make(cast.zoe, "Cargo of others")
    drain(app)
    with app.app_context():
        with inside(cast.account_id):
            db.session.execute(delete(SearchTerm).where(SearchTerm.task_id.in_(tasks[1:])))
            db.session.execute(delete(SearchDocument).where(SearchDocument.task_id.in_(tasks[1:])))
            db.session.commit()
        assert index_behind() == 2 and index_behind() == 0
        with inside(cast.account_id):
            db.session.execute(delete(SearchTerm).where(SearchTerm.task_id == tasks[0]))
            db.session.execute(delete(SearchDocument).where(SearchDocument.task_id == tasks[0]))
            db.session.execute(
                update(Task).where(Task.id == tasks[1]).values(title="Freight", version=Task.version + 1)
            )
            db.session.commit()
        assert index_behind() == 0, "older than what is indexed: found by the look at everything"
        assert index_missed() == 2 and index_missed() == 0
    assert found(cast.olga, "cargo") == [tasks[2], tasks[0]] and found(cast.olga, "freight") == [tasks[1]]
    assert found(cast.zoe, "cargo") == [stranger]


def test_the_sweep_stops_when_it_is_told_to(app, cast, make):
    make(cast.olga, "Cargo")
    with app.app_context():
        assert index_behind(lambda: True) == index_missed(lambda: True) == 0


def test_rebuilding_from_the_shell(app, cast, make, found):
    task, other = make(cast.olga, "Cargo"), make(cast.zoe, "Cargo")
    drain(app)
    with app.app_context():
        for account in (cast.account_id, cast.other_id):
            with inside(account):
                db.session.execute(
                    update(SearchTerm).values(term="wrong" + str(account)).where(SearchTerm.term == "cargo")
                )
                db.session.commit()
    assert found(cast.olga, "cargo") == found(cast.zoe, "cargo") == []
    ran = app.test_cli_runner().invoke(args=["search", "rebuild", "--account", "northwind"])
    assert ran.exit_code == 0 and ran.output == "northwind: 1 tasks indexed\n"
    assert found(cast.olga, "cargo") == [task] and found(cast.zoe, "cargo") == []
    assert app.test_cli_runner().invoke(args=["search", "rebuild"]).exit_code == 0
    assert found(cast.zoe, "cargo") == [other]
    assert app.test_cli_runner().invoke(args=["search", "rebuild", "--account", "nowhere"]).exit_code == 1


def test_many_writers_at_once_write_the_same(app, cast, make, terms):
    tasks = [make(cast.olga, f"Cargo number {number}") for number in range(4)]

    def index():
        with app.app_context():
            atomic(lambda: _index(cast.account_id, tasks))

    together(index, index, index, lambda: drain(app))
    for number, task in enumerate(tasks):
        assert set(terms(task)) == {"cargo", "number", str(number)}


def _index(account_id, tasks):
    with inside(account_id):
        index_tasks(tasks, anew=True)


def test_the_last_word_is_written_whoever_is_faster(app, api, cast, make, found):
    task = make(cast.olga, "Title zero")
    olga = api(cast.olga)
    for word in ("one", "two", "three"):
        edit = lambda word=word: olga.patch(f"/v1/tasks/{task}", json={"title": f"Title {word}"})  # noqa: E731
        together(edit, lambda: drain(app), lambda: drain(app))
    assert found(cast.olga, "three") == [task] and found(cast.olga, "two") == []


def test_rows_go_into_the_account_at_hand_alone(app, cast, make):
    from todoapp.tenancy import TenancyError

    with app.app_context(), pytest.raises(TenancyError):
        add_rows(SearchDocument, [{"task_id": 1, "text": "", "version": 1, "indexed_at": None}])
    theirs = make(cast.zoe, "Theirs")
    with app.app_context(), inside(cast.account_id), pytest.raises(Exception, match=r"(?i)foreign key"):
        row = {"task_id": theirs, "text": "", "version": 1, "indexed_at": None, "account_id": cast.other_id}
        add_rows(SearchDocument, [row])
