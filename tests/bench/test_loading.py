"""What wrk is told, and which cases are chosen."""

import json
import shutil
import subprocess

import pytest

from bench.cases import READS
from bench.deeds import DEEDS
from bench.loading import lua
from bench.running import chosen, count_of


@pytest.mark.parametrize("value", [1, 0.5, True, "plain", 'with "quotes", \\ and\nlines', "ü 日本"])
def test_lua_reads_what_we_write(value):
    lua_program = shutil.which("luajit") or shutil.which("lua5.1")
    assert lua(value) == ("true" if value is True else json.dumps(value, ensure_ascii=False))
    if lua_program and isinstance(value, str):
        said = subprocess.run([lua_program, "-e", f"io.write({lua(value)})"], capture_output=True, text=True)
        assert said.stdout == value


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
