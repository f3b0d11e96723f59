"""Writing, answering, editing and deleting comments, and what is kept of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from todoapp.accounts.models import AccountMembership
from todoapp.activity.models import ActivityLog
from todoapp.activity.queries import history_of
from todoapp.comments.actions import delete_comment, take_over_comment, update_comment
from todoapp.comments.models import Comment, CommentMention, CommentVersion
from todoapp.comments.queries import comment_counts, list_comments, shown
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound
from todoapp.permissions import can, find
from todoapp.tasks.actions.archiving import delete_task, restore_task
from todoapp.tasks.actions.assigning import assign_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.models import Task
from todoapp.users.models import User


def bodies(task):
    return [line.body for line in list_comments(task).rows]


def events(task, name):
    query = select(ActivityLog).where(ActivityLog.resource_id == task.id, ActivityLog.action == name)
    return db.session.scalars(query.order_by(ActivityLog.id)).all()


def test_comments_and_answers_stand_in_their_order(cast, say, shared):
    first = say(cast.mara, shared, "One")
    say(cast.uma, shared, "Two")
    answer = say(cast.uma, shared, "An answer to one", to=first)
    assert bodies(shared) == ["One", "Two", "An answer to one"]
    assert [line.parent_comment_id for line in list_comments(shared).rows] == [None, None, first.id]
    assert answer.task_id == shared.id
    assert comment_counts([shared.id, shared.id + 1]) == {shared.id: 3}


def test_whoever_sees_the_task_comments_and_nobody_else(cast, say, shared, acting):
    for person in (cast.uma, cast.mara, cast.sven, cast.olga):
        say(person, shared, person.key)
    for person in (cast.udo, cast.milo, cast.ulla, cast.nina):
        with pytest.raises(NotFound):
            find(acting(person), Task, shared.id)
        with pytest.raises(Forbidden, match="Whoever sees"):
            say(person, shared)
    assert bodies(shared) == ["uma", "mara", "sven", "olga"]


def test_a_comment_is_found_by_those_who_see_its_task(cast, say, shared, acting):
    comment = say(cast.uma, shared)
    for person in (cast.uma, cast.mara, cast.sven, cast.olga):
        assert find(acting(person), Comment, comment.id) is comment
    for person in (cast.udo, cast.milo, cast.ulla, cast.nina, cast.zoe, cast.zak):
        with pytest.raises(NotFound):
            find(acting(person), Comment, comment.id)


def test_answers_have_one_level(cast, say, shared, make):
    first = say(cast.mara, shared)
    answer = say(cast.uma, shared, to=first)
    with pytest.raises(BadInput) as refused:
        say(cast.mara, shared, to=answer)
    assert "parent_comment_id" in refused.value.fields
    with pytest.raises(BadInput):
        say(cast.mara, make(cast.mara, cast.uma), to=first)
    with pytest.raises(NotFound):
        say(cast.uma, shared, to=say(cast.udo, make(cast.udo)))


def test_only_the_author_edits(cast, say, shared, acting):
    comment = say(cast.uma, shared, "Hers")
    for person in (cast.mara, cast.sven, cast.olga):
        with pytest.raises(Forbidden, match="author"):
            update_comment(acting(person), comment, body="Not hers")
    update_comment(acting(cast.uma), comment, body="Hers, better")
    assert comment.body == "Hers, better" and comment.edited_at


def test_authors_super_managers_and_owners_delete(cast, say, shared, acting):
    comment = say(cast.uma, shared)
    with pytest.raises(Forbidden, match="super managers"):
        delete_comment(acting(cast.mara), comment)
    delete_comment(acting(cast.uma), comment)
    for person in (cast.sven, cast.olga):
        delete_comment(acting(person), say(cast.uma, shared))
    assert bodies(shared) == []


def test_owners_and_super_managers_delete_only_on_tasks_that_they_see(cast, say, make, acting):
    comment = say(cast.olga, make(cast.olga))
    assert not can(acting(cast.sven), "comment.delete", comment)
    with pytest.raises(NotFound):
        find(acting(cast.sven), Comment, comment.id)


def test_an_author_who_lost_sight_of_the_task_changes_nothing(cast, say, make, acting):
    task = make(cast.mara, cast.uma)
    comment = say(cast.uma, task, "Mine")
    assign_task(acting(cast.sven), task, assigned_to_id=cast.ulla.user_id)
    uma = acting(cast.uma)
    with pytest.raises(NotFound):
        find(uma, Comment, comment.id)
    for verb in (lambda: update_comment(uma, comment, body="Still mine"), lambda: delete_comment(uma, comment)):
        with pytest.raises(Forbidden):
            verb()
    assert comment.body == "Mine" and comment.deleted_at is None


def test_comments_of_a_deleted_task_are_gone_until_it_is_restored(cast, say, shared, acting):
    comment, mara = say(cast.mara, shared), acting(cast.mara)
    delete_task(mara, shared)
    with pytest.raises(NotFound):
        find(mara, Comment, comment.id)
    restore_task(mara, shared)
    assert find(mara, Comment, comment.id) is comment


def test_an_edit_keeps_every_earlier_text(cast, say, shared, acting, at):
    at("2026-11-24T09:00:00Z")
    comment, uma = say(cast.uma, shared, "One"), acting(cast.uma)
    for text in ("Two", "Two", "Three"):
        update_comment(uma, comment, body=text)
    versions = db.session.scalars(select(CommentVersion).order_by(CommentVersion.id)).all()
    assert [version.body for version in versions] == ["One", "Two"]
    assert [version.replaced_by_id for version in versions] == [cast.uma.user_id] * 2
    assert versions[0].written_at == comment.created_at and versions[1].written_at == versions[0].replaced_at
    assert len(events(shared, "task_comment_edited")) == 2


def test_a_text_written_meanwhile_is_not_overwritten(cast, say, shared, acting, at):
    at("2026-11-24T09:00:00Z")
    comment, uma = say(cast.uma, shared, "One"), acting(cast.uma)
    update_comment(uma, comment, body="Two", edited_at=None)
    with pytest.raises(Conflict) as refused:
        update_comment(uma, comment, body="Other", edited_at=None)
    assert refused.value.details["conflicts"] == {"body": {"theirs": "Two", "yours": "Other"}}
    seen = comment.edited_at
    update_comment(uma, comment, body="Three", edited_at=seen)
    with pytest.raises(Conflict):
        update_comment(uma, comment, body="Within the same second", edited_at=seen)
    assert comment.body == "Three"
    update_comment(uma, comment, body="Four", edited_at=comment.edited_at)
    update_comment(uma, comment, body="Five, whatever was there")
    assert comment.body == "Five, whatever was there"


def test_a_deleted_comment_leaves_a_line_where_it_has_answers(cast, say, shared, acting):
    first = say(cast.uma, shared, "Secret first")
    answer = say(cast.mara, shared, "Answer", to=first)
    delete_comment(acting(cast.uma), first)
    line = list_comments(shared).rows[0]
    assert (line.deleted, line.body, line.html) == (True, "", "")
    assert comment_counts([shared.id]) == {shared.id: 1}
    with pytest.raises(NotFound):
        find(acting(cast.mara), Comment, first.id)
    with pytest.raises(NotFound):
        say(cast.mara, shared, to=first)
    delete_comment(acting(cast.mara), answer)
    assert list_comments(shared).rows == [], "no answers, no line"


def test_a_deleted_text_stays_for_audit_alone(cast, say, shared, acting):
    comment = say(cast.uma, shared, "Secret that @mara should not have read")
    update_comment(acting(cast.uma), comment, body="Secret again, @mara")
    delete_comment(acting(cast.olga), comment)
    kept = db.session.scalars(select(CommentVersion).order_by(CommentVersion.id)).all()
    assert [version.body for version in kept] == ["Secret that @mara should not have read", "Secret again, @mara"]
    assert kept[1].replaced_by_id == cast.olga.user_id
    assert db.session.scalars(select(CommentMention)).all() == []
    told = " ".join(entry.sentence for entry in history_of(shared).rows)
    stored = str([(event.details, event.changes) for event in db.session.scalars(select(ActivityLog))])
    assert "Secret" not in told + stored + comment.body + comment.excerpt


def test_events_tell_of_comments_in_sentences(cast, say, shared, acting):
    comment = say(cast.uma, shared, "**Two** more customers wrote\n\nabout [this](https://example.com), see `log`")
    update_comment(acting(cast.uma), comment, body="Three more " + "customers " * 40)
    other = say(cast.uma, shared, "Gone soon")
    delete_comment(acting(cast.sven), other)
    sentences = {entry.event: entry.sentence for entry in history_of(shared).rows}
    assert sentences["task_comment_deleted"] == "Sven Northwind deleted a comment of Uma Northwind"
    assert sentences["task_commented"] == "Uma Northwind wrote: (deleted)"
    edited = sentences["task_comment_edited"].removeprefix("Uma Northwind edited a comment: ")
    assert edited.startswith("Three more customers") and edited.endswith("customers…") and len(edited) <= 140
    assert events(shared, "task_commented")[0].details["comment_id"] == comment.id


def test_an_event_shows_plain_words(cast, say, shared):
    say(cast.uma, shared, "**Two** more <b>customers</b>\n\n- about [this](https://example.com), see `log`")
    assert history_of(shared).rows[-1].sentence == "Uma Northwind wrote: Two more <b>customers</b> about this, see log"


def test_a_comment_is_no_conflict_for_who_edits_the_task(cast, say, shared, acting):
    seen = shared.version
    for number in range(3):
        say(cast.uma, shared, f"Word {number}")
    update_task(acting(cast.mara), shared, title="Renamed", version=seen)
    with pytest.raises(Conflict):
        update_task(acting(cast.uma), shared, title="Renamed otherwise", version=seen)


def test_too_many_people_are_refused(cast, say, shared):
    people = [User(first_name=f"Person{number}", last_name="Crowd") for number in range(51)]
    db.session.add_all(people)
    db.session.flush()
    db.session.add_all(AccountMembership(user_id=user.id, role="user") for user in people)
    db.session.flush()
    crowd = [f"@Person{number}Crowd" for number in range(51)]
    assert len(shown(say(cast.mara, shared, " ".join(crowd[1:] + crowd[1:]))).mentions) == 50
    with pytest.raises(BadInput) as refused:
        say(cast.mara, shared, " ".join(crowd))
    assert refused.value.fields == {"body": ["Mention at most 50 people."]}


def test_a_comment_from_elsewhere_keeps_its_author_and_time(cast, shared, acting):
    at = datetime(2019, 6, 10, 21, 31, 37, tzinfo=UTC)
    actor = acting(cast.olga).through("import")
    handles = {"kiera_r": cast.ulla.user_id, "mara": cast.milo.user_id}
    event = take_over_comment(
        actor, shared, body="@kiera_r @mara, done", author_id=cast.nina.user_id, at=at, edited_at=None, handles=handles
    )
    comment = db.session.get_one(Comment, event.details["comment_id"])
    assert (comment.user_id, comment.created_at, event.user_id, event.created_at) == (cast.nina.user_id, at) * 2
    assert {mention.id for mention in shown(comment).mentions} == {cast.ulla.user_id, cast.milo.user_id}
    assert comment.excerpt == "@Ulla Northwind @Milo Northwind, done"
