"""The table says what the rows say, and where a case went wrong."""

from bench.table import tables

ROW = {
    "date": "2026-11-27",
    "commit": "abcdef1234",
    "database": "mariadb",
    "server": "MariaDB",
    "load": 1.0,
    "cores": 2,
    "size": "10k",
    "case": "one task",
    "role": "user",
    "goal": "1.0 of Y2",
    "queries": 10,
    "trips": 13,
    "bytes": 2048,
    "per_second": 50.0,
    "p95": 20.0,
    "cpu": 30.0,
    "of_empty": 0.02,
    "of_y2": 0.5,
    "cpu_of_y2": 0.4,
    "statuses": {},
    "by_hand": False,
}


def test_a_goal_that_is_missed_is_missed():
    assert "| one task | user | 10k | 1.0 of Y2 | 0.50 | 0.40 | no |" in tables([ROW])
    assert "| 1.0 of Y2 | 1.20 | 0.40 | yes |" in tables([ROW | {"of_y2": 1.2}])


def test_a_wrong_answer_is_told_instead_of_figures():
    said = tables([{**ROW, "wrong": "404, and not a task"}])
    assert "| one task | user | 404, and not a task | – | – |" in said and "50.0" not in said


def test_growth_is_measured_against_the_yardstick():
    large = ROW | {"size": "1m", "of_y2": 0.1}
    assert "| one task | user | mariadb | – | **5.0** | 10/10 |" in tables([ROW, large])
    assert "| one task | user | mariadb | – | 1.2 | 10/10 |" in tables([ROW, large | {"of_y2": 0.4}])


def test_an_unchanged_case_tells_how_many_were_told_so():
    assert "50.0 (75 % 304)" in tables([ROW | {"statuses": {"304": 3, "200": 1}}])
    assert "%" not in tables([ROW | {"statuses": {"304": 3}}])


def test_times_of_a_busy_machine_are_not_told():
    said = tables([ROW | {"load": 9.1}])
    assert "| one task | user | – | – | 30.0 | 10 | 13 | 2.0 | – | – | 0.40 |" in said
    assert "| 1.0 of Y2 | machine too busy | 0.40 | – |" in said and "50.0" not in said
