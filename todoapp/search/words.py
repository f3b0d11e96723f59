"""Words as search compares them: folded (without case and accents), and cut to their stems.

A word is indexed as it is and by its stem, so that "invoices" finds "invoice"; words of other languages are mostly their
own stems, and found as they are.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from snowballstemmer import stemmer

from todoapp.search.models import LONGEST_TERM

TITLE, TAGS, DESCRIPTION, COMMENTS = 4, 3, 2, 1
"""Weights: the higher, the better a word stands."""
MOST_TERMS = 2_000
LONGEST_TEXT = 60_000
SHORTEST_STEMMED, MOST_CUTS = 3, 5
# Scripts whose vowel signs Python does not count among the letters of a word.
WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0dff\u0e00-\u0eff\u0f00-\u109f\u1780-\u17ff])+")
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
ENGLISH = stemmer("english")
_stemming = Lock()


@dataclass(frozen=True, slots=True)
class Document:
    """The folded text of a task, one line a section, and its terms with their weights."""

    text: str
    terms: Mapping[str, int]


def fold(text: str) -> str:
    """`text` without case and accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(LETTERS)


def words_in(text: str) -> list[str]:
    """The folded words of `text`, in their order; of a very long one, its beginning."""
    return [word[:LONGEST_TERM] for word in WORD.findall(fold(text))]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What a folded word is searched by; the stem of a stem is itself."""
    if len(word) < SHORTEST_STEMMED or not word.isascii():
        return word
    with _stemming:
        for _ in range(MOST_CUTS):
            whole, word = word, str(ENGLISH.stemWord(word))
            if word == whole:
                break
    return word


def document(sections: Iterable[tuple[int, str]]) -> Document:
    """The document of a text in sections with their weights, the best first; what is too long loses its end."""
    lines, terms, room = [], dict[str, int](), LONGEST_TEXT
    for weight, text in sections:
        words = words_in(text[:room])
        for term in (term for word in words for term in (word, stem(word))):
            if len(terms) < MOST_TERMS:
                terms.setdefault(term, weight)
        lines.append(f" {' '.join(words)} ")
        room -= min(len(text), room)
    return Document("\n".join(lines), terms)
