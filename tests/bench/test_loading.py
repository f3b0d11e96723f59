"""What wrk is told, and which cases are chosen."""

import pytest

from bench.cases import READS
from bench.deeds import DEEDS
from bench.loading import lua
from bench.running import chosen, count_of


@pytest.mark.parametrize(
    ("value", "told"),
    [(3, "3"), (0.5, "0.5"), (True, "true"), ("ü", '"ü"'), ('a "b"\n', r'"a \"b\"\n"'), ([1, ["x"]], '{1, {"x"}}')],
)
def test_values_are_told_in_the_words_of_lua(value, told):
    assert lua(value) == told


def test_nothing_stands_for_nothing():
    assert (
        lua({"path": "/", "body": None, "shots": [{"first": 3}]}) == '{["path"] = "/", ["shots"] = {{["first"] = 3}}}'
    )


def test_cases_are_chosen_by_whole_words():
    assert {case.name for case in chosen(DEEDS, ["assign"])} == {"assign"}
    assert not chosen(READS, ["assign"])
    assert all("my board" in case.name for case in chosen(READS, ["my board"]))
    assert chosen(READS, ["all"]) == READS
    assert all(case.goal for case in chosen(READS, ["goals"]))


def test_sizes_are_written_short():
    assert [count_of(size) for size in ("10k", "100k", "1m")] == [10_000, 100_000, 1_000_000]
