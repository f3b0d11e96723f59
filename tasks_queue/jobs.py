"""The jobs by name. A job runs in an app context; unless it minds its own, in one transaction, inside its account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from todoapp.activity import deliver
from todoapp.activity.forgetting import forget_old_events
from todoapp.activity.sealing import seal_all
from todoapp.idempotency.once import forget_old_answers
from todoapp.kit.transaction import atomic
from todoapp.search import behind
from todoapp.tasks.answering import note_all_unanswered
from todoapp.tenancy import inside
from todoapp.users.retention import forget_old


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of background work."""

    do: Callable[..., Any]
    minds_transactions: bool


JOBS: dict[str, Job] = {}


def job(*, minds_transactions: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register background work under its function's name. What it is given must be fit for JSON."""

    def decorate(do: Callable[..., Any]) -> Callable[..., Any]:
        if do.__name__ in JOBS:
            raise ValueError(f"{do.__name__} is registered twice")
        JOBS[do.__name__] = Job(do, minds_transactions)
        return do

    return decorate


def run(app: Flask, name: str, account_id: int | None = None, **given: Any) -> None:
    """Do one job. Work for an account names it; without it, every statement on a tenant's table fails."""
    found = JOBS[name]
    with app.app_context():
        if found.minds_transactions:
            found.do(**given)
        else:
            atomic(lambda: _inside(account_id, lambda: found.do(**given)))


def _inside(account_id: int | None, work: Callable[[], Any]) -> None:
    if account_id is None:
        work()
        return
    with inside(account_id):
        work()


def is_stopping() -> bool:
    """Whether the consumer that runs this job was asked to stop."""
    consumer = current_app.extensions.get("consumer")
    return consumer is not None and consumer.stop_flag.is_set()


@job(minds_transactions=True)
def deliver_due() -> None:
    """Run the reactions and deliveries that are due."""
    current_app.extensions["alarm"].heard()
    deliver.drain(is_stopping)


@job(minds_transactions=True)
def forget() -> None:
    """Delete what was kept for a time only."""
    forget_old()
    deliver.forget_delivered()
    forget_old_events()
    atomic(forget_old_answers)


@job(minds_transactions=True)
def note_unanswered() -> None:
    """Note which assignments were not answered in time; where the account has it so, they go back."""
    note_all_unanswered(is_stopping)


@job(minds_transactions=True)
def seal_events() -> None:
    """Give what was committed since the last time its place in its account's audit chain."""
    seal_all(is_stopping)


@job(minds_transactions=True)
def index_behind() -> None:
    """Write down for search what is marked, and tasks that came without events."""
    behind.index_behind(is_stopping)


@job(minds_transactions=True)
def index_missed() -> None:
    """Write down for search whatever is not as it was written down."""
    behind.index_missed(is_stopping)
