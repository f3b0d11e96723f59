"""What an import took, what was here already, what it left out and why."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Report:
    """The account that an import gives of itself, counted by kind of thing."""

    title: str
    taken: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def took(self, what: str, count: int = 1) -> None:
        """Count what is new here."""
        self.taken[what] += count

    def knew(self, what: str, count: int = 1) -> None:
        """Count what an earlier import took."""
        self.known[what] += count

    def leave_out(self, what: str, why: str, count: int = 1) -> None:
        """Count what was not taken, with the reason."""
        self.left_out[what, why] += count

    def note(self, sentence: str) -> None:
        """Say something that one should know of what was taken."""
        self.notes.append(sentence)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was new."""
        return not +self.taken

    @property
    def summary(self) -> str:
        """What was taken, in words."""
        return f"{', '.join(f'{count:,} {what}' for what, count in (+self.taken).items())} from {self.title}"

    def lines(self) -> Iterator[str]:
        """The report as a table for a terminal."""
        kinds = list(dict.fromkeys([*self.taken, *self.known]))
        width = max(len(what) for what in [*kinds, *(what for what, _ in self.left_out), ""]) + 2
        yield f"From {self.title}"
        yield ""
        yield f"{'':{width}}{'new':>8}{'already here':>15}"
        yield from (f"{what:{width}}{self.taken[what]:>8,}{self.known[what]:>15,}" for what in kinds)
        if self.left_out:
            yield ""
            yield f"{'':{width}}{'not taken':>8}  because"
            left_out = sorted(self.left_out.items())
            yield from (f"{what:{width}}{count:>9,}  {why}" for (what, why), count in left_out)
        if self.notes:
            yield ""
            yield from self.notes
