"""The pages of tags and of custom fields."""

import re

from tests.admin.test_bulk import asked_of, confirmed


def ids_of(page, name):
    """The ids of the rows that can be ticked, in their order."""
    return re.findall(rf'name="{name}" value="(\d+)"', page.text)


def test_tags_are_made_changed_merged_and_deleted(visit, cast):
    sven = visit(cast.sven)
    task = visit(cast.uma).makes("Fix it", tags="bug, urgent")
    page = sven.sent("/admin/tag/new", name="Defect", colour="red")
    assert "The tag Defect is made" in page.text
    bug, defect, urgent = ids_of(page, "tag_ids")
    assert "Urgent!" in sven.sent(f"/admin/tag/{urgent}", name="Urgent!", colour="orange").text
    assert "Urgent!" in visit(cast.uma).get(f"/tasks/{task}").text
    taken = sven.post(f"/admin/tag/{urgent}", name="BUG", colour="orange")
    assert taken.status_code == 409 and "There is a tag" in taken.text
    question = asked_of(sven, "tag", "merge", tag_ids=[bug], into_tag_id=defect)
    assert "Merge into Defect: 1 tag" in question.text
    assert "1 tag is merged" in sven.get(confirmed(sven, "tag", question).location).text
    shown = visit(cast.uma).get(f"/tasks/{task}").text
    assert "Defect" in shown and ">bug<" not in shown
    confirmed(sven, "tag", asked_of(sven, "tag", "delete", tag_ids=[defect, urgent]))
    assert "No tags" in sven.get("/admin/tag/").text
    assert visit(cast.zoe).post(f"/admin/tag/{urgent}", name="Mine", colour="red").status_code == 404


def test_custom_fields_are_made_changed_ordered_archived_and_restored(visit, cast):
    sven = visit(cast.sven)
    sven.sent("/admin/customfield/new", name="Customer", kind="text", options="")
    page = sven.sent("/admin/customfield/new", name="Severity", kind="select", options="low\r\n high \r\n")
    assert "The field Severity is on every task now" in page.text
    first, second = re.findall(r'id="field-(\d+)"', page.text)
    assert "Severity" in visit(cast.uma).get("/tasks/new").text
    page = sven.post("/admin/customfield/new", name="Region", kind="select", options="")
    assert page.status_code == 422 and "Give the options" in page.text and 'value="Region"' in page.text
    version = re.search(rf'/admin/customfield/{second}".*?name="version" value="(\d+)"', page.text, re.DOTALL)[1]
    page = sven.sent(f"/admin/customfield/{second}", name="Impact", options="low\nhigh\nworst", version=version)
    assert "Impact" in page.text and "worst" in page.text
    stale = sven.post(f"/admin/customfield/{second}", name="Late", options="low", version=version)
    assert stale.status_code == 409 and "Somebody else changed this field" in stale.text
    page = sven.sent(f"/admin/customfield/{second}/up")
    assert re.findall(r'id="field-(\d+)"', page.text) == [second, first]
    page = sven.sent(f"/admin/customfield/{second}/archive")
    assert "is archived. Its values stay" in page.text
    assert "Impact" not in visit(cast.uma).get("/tasks/new").text
    assert re.findall(r'id="field-(\d+)"', sven.sent(f"/admin/customfield/{second}/restore").text) == [second, first]
    for path in ("", "/up", "/archive", "/restore"):
        assert visit(cast.zoe).post(f"/admin/customfield/{second}{path}", name="Mine", version="1").status_code == 404
        assert visit(cast.uma).post(f"/admin/customfield/{second}{path}", name="Mine", version="1").status_code == 403
