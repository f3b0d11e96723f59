"""A real board, taken over from Trello: its cards are found by what is known of them."""

import json
import re

import pytest

from tests.conftest import ApiClient
from tests.imports.running import TRELLO, imported_once
from todoapp.extensions import db
from todoapp.search.behind import index_behind
from todoapp.users.sessions import open_session

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def house(the_app, data):
    yield from imported_once(the_app, "trello", data.joinpath(*TRELLO))


@pytest.fixture(scope="module")
def export(data):
    return json.loads(data.joinpath(*TRELLO).read_text())


@pytest.fixture(scope="module")
def titles(house):
    """`titles(text, archived)`: what Ulla, a user, finds."""
    with house.app.app_context():
        assert index_behind() > 122 and index_behind() == 0
        session, _secret = open_session(house.cast.ulla.user_id, house.cast.account_id, kind="api")
        db.session.commit()
        client = ApiClient(house.app, session)

    def find(text, **query):
        answer = client.get("/v1/tasks", query_string={"search": text, "per_page": 100} | query)
        assert answer.status_code == 200, answer.json
        return [task["title"] for task in answer.json["tasks"]]

    return find


def test_cards_are_found_by_title_description_label_and_comment(titles):
    assert titles("crazyegg") == ["Chat crazyegg heatmap"]
    assert titles("heatmaps ") == ["Chat crazyegg heatmap"]
    assert "Create `/help` command for task terminal to display `Usage` message" in titles('"usage message"')
    assert "Idea: inline the add form into the dashboard" in titles("toying marques")
    assert "Idea: inline the add form into the dashboard" in titles("crazy idea")
    assert "Documentation" in titles("website") and "Release Notes" in titles("websites")
    assert [title for title in titles("polyfills edge", archived="true") if "collapsible" in title]


def test_every_word_of_every_card_finds_it(titles, export):
    for is_archived in (False, True):
        cards = [card["name"] for card in export["cards"] if card["closed"] is is_archived]
        words = {word.lower() for name in cards for word in re.findall("[A-Za-z]{4,}", name)}
        assert len(words) > 50
        for word in sorted(words)[::3]:
            named = {name for name in cards if word in map(str.lower, re.findall("[A-Za-z]+", name))}
            found = titles(f"{word} ", archived=str(is_archived).lower())
            assert {" ".join(name.split()) for name in named} <= {" ".join(title.split()) for title in found}, word


def test_titles_come_before_comments(titles):
    for archived in ("true", "false"):
        found = titles("pipeline", archived=archived)
        named = ["pipeline" in title.lower() for title in found]
        assert any(named) and named == sorted(named, reverse=True)


def test_what_was_put_away_is_found_where_it_is(titles):
    assert not titles("spike wireframes")
    assert "Spike out wireframes for user testing" in titles("spike wireframes", archived="true")
