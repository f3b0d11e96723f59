"""Several people at one discussion in the same moment: nothing is lost, and nobody sees an error of the server."""

import threading

import pytest


@pytest.fixture
def task(api, cast):
    """The number of a task of Uma's that Mara handed to her."""
    made = api(cast.mara).post("/v1/tasks", json={"title": "Report", "assigned_to_id": cast.uma.user_id})
    return made.json["id"]


def at_once(*deeds):
    """Do all of it in the same moment; what each answered."""
    barrier = threading.Barrier(len(deeds))
    answers = [None] * len(deeds)

    def run(place, deed):
        barrier.wait()
        answers[place] = deed()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_many_comment_at_once(api, cast, task):
    people = [api(person) for person in (cast.uma, cast.mara, cast.sven, cast.olga)] * 2
    path = f"/v1/tasks/{task}/comments"
    deeds = [
        lambda one=one, number=number: one.post(path, json={"body": f"{number} @uma"})
        for number, one in enumerate(people)
    ]
    assert [answer.status_code for answer in at_once(*deeds)] == [201] * 8
    listed = people[0].get(path).json
    assert sorted(line["body"][0] for line in listed["comments"]) == list("01234567")
    timeline = people[0].get(f"/v1/tasks/{task}/timeline").json["events"]
    assert len([event for event in timeline if event["action"] == "task_commented"]) == 8


def test_of_two_edits_from_one_text_one_stands_and_the_other_is_told(api, cast, task):
    uma = api(cast.uma)
    comment = uma.post(f"/v1/tasks/{task}/comments", json={"body": "One"}).json
    path = f"/v1/comments/{comment['id']}"
    tabs = {"Left": api(cast.uma), "Right": api(cast.uma)}
    deeds = [
        lambda text=text, tab=tab: tab.patch(path, json={"body": text, "edited_at": None}) for text, tab in tabs.items()
    ]
    answers = at_once(*deeds)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    stands = next(answer.json["body"] for answer in answers if answer.status_code == 200)
    refused = next(answer.json for answer in answers if answer.status_code == 409)
    assert uma.get(path).json["body"] == stands == refused["details"]["conflicts"]["body"]["theirs"]
    assert [version["body"] for version in uma.get(f"{path}/history").json["versions"]] == ["One"]


def test_editing_deleting_and_answering_at_once_ends_well(api, cast, task):
    for round_ in range(4):
        uma, mara, olga, sven = (api(person) for person in (cast.uma, cast.mara, cast.olga, cast.sven))
        comment = uma.post(f"/v1/tasks/{task}/comments", json={"body": f"Round {round_}"}).json["id"]
        answer = {"body": "Answer", "parent_comment_id": comment}
        edited, deleted, answered, again = at_once(
            lambda: uma.patch(f"/v1/comments/{comment}", json={"body": "Edited"}),
            lambda: olga.delete(f"/v1/comments/{comment}"),
            lambda: mara.post(f"/v1/tasks/{task}/comments", json=answer),
            lambda: sven.delete(f"/v1/comments/{comment}"),
        )
        assert edited.status_code in (200, 404) and answered.status_code in (201, 404)
        assert sorted((deleted.status_code, again.status_code)) == [204, 404]
        lines = mara.get(f"/v1/tasks/{task}/comments?per_page=100").json["comments"]
        left = [line["deleted"] for line in lines if line["id"] == comment]
        assert left == ([True] if answered.status_code == 201 else [])
