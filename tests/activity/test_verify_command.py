"""`flask audit verify`: says that all is well, or ends with 1 and names the row."""

import pytest


@pytest.fixture
def verify(app):
    def run(*options):
        return app.test_cli_runner().invoke(args=["audit", "verify", *options])

    return run


def test_it_says_that_all_is_well(history, verify):
    done = verify()
    assert done.exit_code == 0, done.output
    assert "northwind: whole; 9 sealed, 0 waiting" in done.output
    assert "zebra: whole; 0 sealed" in done.output


def test_it_ends_with_one_and_names_the_row(history, verify, sql):
    sql("UPDATE activity_logs SET via = 'web' WHERE id = :id", id=history[3])
    done = verify("--account", "northwind")
    assert done.exit_code == 1
    assert f"northwind: Event {history[3]} (seal 4) was changed after it was written." in done.output
    assert "zebra" not in done.output
    assert verify("--account", "zebra").exit_code == 0


def test_it_compares_with_a_head_that_was_kept(history, verify, walked):
    assert verify("--account", "northwind", "--head", walked().head).exit_code == 0
    assert verify("--account", "northwind", "--head", "9:abc").exit_code == 1


def test_it_refuses_clearly(history, verify):
    assert "There is no account nowhere" in verify("--account", "nowhere").output
    done = verify("--head", "9:abc")
    assert done.exit_code == 1 and "Name the account" in done.output


def test_it_writes_nothing(history, verify, sql):
    before = sql("SELECT * FROM activity_chains"), sql("SELECT COUNT(*) FROM activity_logs")
    verify()
    assert (sql("SELECT * FROM activity_chains"), sql("SELECT COUNT(*) FROM activity_logs")) == before
