"""What a search's words are looked up by: stems; of a word that is still being typed, those of the words it may become."""

from collections.abc import Iterable

from sqlalchemy import func, select

from todoapp.extensions import db
from todoapp.kit.transaction import asked_once
from todoapp.search.language import Search
from todoapp.search.models import SearchTerm
from todoapp.search.words import stem
from todoapp.tenancy import current_account_id

MOST_COMPLETIONS = 8
LOOKS, AT_A_LOOK = 6, 300
LAST_LETTER = "\U0010ffff"
OFTEN = 1_000
Stems = tuple[str, ...]
"""A task matches a word that has one of them."""


def stems_of(search: Search) -> list[Stems]:
    """The stems of each word that must be there, the rarest word first."""
    whole = [*search.words, *(word for phrase in search.phrases for word in phrase)]
    words: dict[Stems, None] = dict.fromkeys((stem(word),) for word in whole)
    if search.unfinished:
        words[completions(search.unfinished)] = None
    return sorted(words, key=how_often) if len(words) > 1 else list(words)


def completions(beginning: str) -> Stems:
    """The stems of a word and of those that begin with it and occur in the account: the shortest, at most a few."""
    question = ("completions", current_account_id(), beginning)
    return asked_once(question, lambda: _first_few(beginning, _terms_with(beginning)))


def how_often(stems: Stems) -> int:
    """In how many tasks of the account one of `stems` occurs, counted up to OFTEN."""
    rows = select(SearchTerm.task_id).where(SearchTerm.term.in_(stems)).limit(OFTEN).subquery()
    count = select(func.count()).select_from(rows)
    return asked_once(("how often", current_account_id(), stems), lambda: db.session.scalar(count) or 0)


def _first_few(beginning: str, terms: Iterable[str]) -> Stems:
    stems = dict.fromkeys([stem(beginning), *(stem(term) for term in sorted(terms, key=len))])
    return tuple(stems)[:MOST_COMPLETIONS]


def _terms_with(beginning: str) -> set[str]:
    """Terms that begin so. A frequent one has a row for each task: a few looks pass them by, however many there are."""
    found: set[str] = set()
    rows = select(SearchTerm.term).where(SearchTerm.term <= beginning + LAST_LETTER)
    rows = rows.order_by(SearchTerm.term).limit(AT_A_LOOK)
    seen = db.session.scalars(rows.where(SearchTerm.term >= beginning)).all()
    for _look in range(LOOKS):
        found.update(seen)
        if len(seen) < AT_A_LOOK:
            break
        seen = db.session.scalars(rows.where(SearchTerm.term > seen[-1])).all()
    return found
