"""Making, renaming, colouring, merging and deleting tags, and what becomes of the tasks that have them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from todoapp.activity.models import ActivityLog
from todoapp.activity.queries import as_entries, history_of
from todoapp.extensions import db
from todoapp.kit.errors import BadInput, Conflict, Forbidden, NotFound
from todoapp.permissions import find
from todoapp.tags.actions import create_tag, delete_tag, merge_tag, update_tag
from todoapp.tasks.actions.archiving import delete_task, restore_task
from todoapp.tasks.actions.editing import update_task
from todoapp.tasks.models import Tag, Task, TaskTag
from todoapp.tasks.past import state_at


def names(task):
    """The names of a task's tags, read afresh."""
    db.session.flush()
    db.session.expire(task)
    return [tag.name for tag in task.tags]


def sentences(action):
    """The sentences of these events, oldest first."""
    events = db.session.scalars(select(ActivityLog).where(ActivityLog.action == action).order_by(ActivityLog.id)).all()
    return [entry.sentence for entry in as_entries(events)]


@pytest.mark.parametrize("who", ["sven", "olga"])
def test_those_who_run_the_account_keep_its_tags(cast, acting, who):
    actor = acting(cast.people[who])
    made = create_tag(actor, name="Billing", colour="teal")
    update_tag(actor, made, name="Invoices")
    merge_tag(actor, create_tag(actor, name="Bills"), into_tag_id=made.id)
    delete_tag(actor, made)
    assert db.session.scalar(select(func.count()).select_from(Tag)) == 0


@pytest.mark.parametrize("who", ["mara", "uma", "nina"])
def test_others_see_them_and_type_new_ones_but_keep_none(cast, acting, tagged, tag, who):
    task = tagged(cast.people[who], "Billing")
    actor, billing = acting(cast.people[who]), tag("Billing")
    assert find(actor, Tag, billing.id) is billing
    for deed in (
        lambda: create_tag(actor, name="New"),
        lambda: update_tag(actor, billing, name="New"),
        lambda: merge_tag(actor, billing, into_tag_id=billing.id),
        lambda: delete_tag(actor, billing),
    ):
        with pytest.raises(Forbidden, match="Only super managers and owners"):
            deed()
    assert names(task) == ["Billing"]


@pytest.mark.parametrize("name", ["billing", "BILLING", "Bílling"])
def test_a_name_is_had_once_whatever_its_case(cast, acting, name):
    olga = acting(cast.olga)
    create_tag(olga, name="Bílling" if "í" in name else "Billing")
    with pytest.raises(Conflict) as refused:
        create_tag(olga, name=name)
    assert "merge the two" in refused.value.fields["name"][0]
    other = create_tag(olga, name="Other")
    with pytest.raises(Conflict):
        update_tag(olga, other, name=name)
    assert other.name == "Other"


def test_a_name_may_change_its_case(cast, acting, tagged, tag):
    task = tagged(cast.uma, "billing")
    update_tag(acting(cast.olga), tag("billing"), name="Billing")
    assert names(task) == ["Billing"]


def test_a_renamed_tag_is_renamed_everywhere(cast, acting, tagged, tag):
    one, other = tagged(cast.uma, "red", "web"), tagged(cast.olga, "RED")
    update_tag(acting(cast.sven), tag("red"), name="Crimson", colour="red")
    assert names(one) == ["Crimson", "web"] and names(other) == ["Crimson"]
    assert sentences("tag_updated") == ["Sven Northwind changed the colour and the name of the tag red"]
    update_task(acting(cast.uma), one, tags=["crimson", "web"])
    assert names(one) == ["Crimson", "web"]


def test_before_a_renaming_a_task_had_the_name_of_then(cast, acting, tagged, tag, at):
    at("2026-11-24T09:00:00Z")
    task = tagged(cast.uma, "red", "web")
    at("2026-11-24T10:00:00Z")
    update_tag(acting(cast.olga), tag("red"), name="Zinnober")
    assert names(task) == ["web", "Zinnober"]
    at("2026-11-24T11:00:00Z")
    update_task(acting(cast.uma), task, tags=["web"])
    at("2026-11-24T12:00:00Z")
    hours = {hour: state_at(task, datetime(2026, 11, 24, hour, tzinfo=UTC))["tags"] for hour in (9, 10, 11)}
    assert hours == {9: ["red", "web"], 10: ["web", "Zinnober"], 11: ["web"]}


def test_of_two_merged_tags_every_task_keeps_one(cast, acting, tagged, tag):
    both, first, second = (
        tagged(cast.uma, "bug", "Defect", "web"),
        tagged(cast.mara, "bug"),
        tagged(cast.olga, "defect"),
    )
    gone = tagged(cast.uma, "bug")
    delete_task(acting(cast.uma), gone)
    versions = both.version, second.version
    stays = merge_tag(acting(cast.olga), tag("bug"), into_tag_id=tag("Defect").id)
    assert stays.name == "Defect"
    assert names(both) == ["Defect", "web"] and names(first) == names(second) == names(gone) == ["Defect"]
    assert (both.version, second.version) == (versions[0] + 1, versions[1]), "who has it already is not touched"
    assert sentences("tag_merged") == ["Olga Northwind merged the tag bug into Defect"]
    entry = history_of(both, newest_first=True).rows[0]
    assert (entry.sentence, entry.changes) == (
        "Olga Northwind changed the tags",
        {"tags": [["bug", "Defect", "web"], ["Defect", "web"]]},
    )
    restore_task(acting(cast.uma), gone)
    assert names(gone) == ["Defect"]


def test_no_tag_is_merged_into_itself_or_into_nothing(cast, acting, tagged, tag):
    task, olga = tagged(cast.uma, "bug"), acting(cast.olga)
    with pytest.raises(BadInput, match="marked"):
        merge_tag(olga, tag("bug"), into_tag_id=tag("bug").id)
    with pytest.raises(NotFound):
        merge_tag(olga, tag("bug"), into_tag_id=10**12)
    assert names(task) == ["bug"]


def test_a_deleted_tag_is_taken_off_the_tasks_and_they_say_so(cast, acting, tagged, tag, at):
    at("2026-11-24T09:00:00Z")
    task, untouched = tagged(cast.uma, "bug", "web"), tagged(cast.uma, "web")
    version = untouched.version
    at("2026-11-24T10:00:00Z")
    delete_tag(acting(cast.sven), tag("bug"))
    assert names(task) == ["web"] and untouched.version == version
    assert db.session.scalar(select(func.count()).select_from(TaskTag)) == 2
    [told] = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "tag_deleted"))
    [followed] = db.session.scalars(select(ActivityLog).where(ActivityLog.action == "task_updated"))
    assert followed.cause_id == told.id
    assert sentences("tag_deleted") == ["Sven Northwind deleted the tag bug"]
    assert state_at(task, datetime(2026, 11, 24, 9, tzinfo=UTC))["tags"] == ["bug", "web"]
    assert create_tag(acting(cast.olga), name="bug").name == "bug", "the name is free again"


def test_who_edits_tags_over_a_deletion_is_asked(cast, acting, tagged, tag):
    task = tagged(cast.uma, "bug")
    seen = task.version
    delete_tag(acting(cast.olga), tag("bug"))
    with pytest.raises(Conflict) as refused:
        update_task(acting(cast.uma), find(acting(cast.uma), Task, task.id), tags=["bug", "web"], version=seen)
    assert refused.value.details["conflicts"] == {"tags": {"theirs": [], "yours": ["bug", "web"]}}


def test_many_tasks_are_retagged_in_few_statements(cast, acting, tagged, tag, count_queries):
    for number in range(60):
        tagged(cast.uma, "bug", title=f"Task {number}")
    db.session.flush()
    olga, bug = acting(cast.olga), tag("bug")
    # Each task gets its version and its event; everything else is asked once.
    assert count_queries(lambda: delete_tag(olga, bug)) < 2 * 60 + 15


def test_strangers_tags_are_not_there(cast, acting, tagged, tag):
    tagged(cast.uma, "bug")
    ours = tag("bug")
    zoe = acting(cast.zoe)
    theirs = create_tag(zoe, name="bug", colour="pink")
    with pytest.raises(NotFound):
        find(zoe, Tag, ours.id)
    with pytest.raises(NotFound):
        merge_tag(zoe, theirs, into_tag_id=ours.id)
    delete_tag(zoe, theirs)
    acting(cast.olga)
    assert tag("bug").colour == "grey"
