"""What a list of Trello says about the cards in it. Lists have free names; the table below reads the usual ones.

* a name that begins like *Done* (completed, finished, shipped, released, resolved, closed, live): completed
* a name that speaks of work under way (in progress, doing, review, testing, QA, ready to merge, blocked): begun. Trello has
  no clock, so a begun card is paused if somebody is on it, and pending if nobody is: a clock needs a person.
* every other name (Backlog, To Do, Up Next, a theme): pending

The name itself stays with the task as the custom field `trello_list`.
"""

import re

NOT_AT_ALL = re.compile(r"(not|no|never|won'?t|don'?t)\b", re.IGNORECASE)
DONE = re.compile(r"(done|completed?|finished|shipped|released|resolved|closed|live)\b", re.IGNORECASE)
BEGUN = re.compile(
    r"\b(in[ -]progress|doing|wip|working on|(in |code |under )?review(ing)?|test(ing)?|qa|blocked|on hold|waiting|"
    r"ready (to|for) (merge|qa|review|test(ing)?|deploy(ment)?|release))\b",
    re.IGNORECASE,
)


def meaning_of(list_name: str) -> str:
    """completed, begun or pending."""
    name = list_name.strip()
    if NOT_AT_ALL.match(name):
        return "pending"
    if DONE.match(name):
        return "completed"
    return "begun" if BEGUN.search(name) else "pending"
