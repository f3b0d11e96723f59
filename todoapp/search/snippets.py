"""Where what was looked for stands in a text: the words of it, and the lines around them."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from todoapp.search.completing import stems_of
from todoapp.search.language import Search
from todoapp.search.words import WORD, stem, words_in

LENGTH, BEFORE = 180, 60
# Marks that stand on the letter before them belong to its word.
TOKEN = re.compile(rf"(?:{WORD.pattern}|[\u0300-\u036f])+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether it is a word that was looked for."""

    text: str
    is_match: bool


class Wanted:
    """The words of a search, as they are found in a text."""

    def __init__(self, search: Search):
        self.search = search

    @cached_property
    def stems(self) -> set[str]:
        """All stems by which it was looked for."""
        return {one for stems in stems_of(self.search) for one in stems}

    def is_in(self, text: str) -> bool:
        """Whether one of the words stands there."""
        return any(self._is_wanted(word) for word in words_in(text))

    def pieces(self, text: str) -> list[Piece]:
        """`text` cut up, so that the words can be marked."""
        text, pieces, end = unicodedata.normalize("NFC", text), list[Piece](), 0
        for token in TOKEN.finditer(text):
            if any(map(self._is_wanted, words_in(token[0]))):
                pieces += [Piece(text[end : token.start()], False), Piece(token[0], True)]
                end = token.end()
        return [piece for piece in [*pieces, Piece(text[end:], False)] if piece.text]

    def around(self, text: str) -> str:
        """A line of `text` in which the first of the words stands; the beginning, where none does."""
        line = " ".join(unicodedata.normalize("NFC", text).split())
        first = next((token for token in TOKEN.finditer(line) if any(map(self._is_wanted, words_in(token[0])))), None)
        start = max(0, first.start() - BEFORE) if first else 0
        start = line.find(" ", start) + 1 if start and first and " " in line[start : first.start()] else start
        shown = line[start : start + LENGTH]
        if start + LENGTH < len(line) and " " in shown:
            shown = shown.rsplit(" ", 1)[0]
        return f"{'… ' if start else ''}{shown}{' …' if start + len(shown) < len(line) else ''}"

    def _is_wanted(self, word: str) -> bool:
        beginning = self.search.unfinished
        return stem(word) in self.stems or (beginning is not None and word.startswith(beginning))
