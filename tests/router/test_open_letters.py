"""Open letters are counted by holder and state, with the age of the oldest; ended ones are not."""

import asyncio
from types import SimpleNamespace
from typing import get_args

import pytest

from services.router.jobs import open_letters
from services.router.jobs.open_letters import HOLDERS, OPEN, OpenLetters
from services.router.jobs.pacing import pause_for
from shared.contracts.slugs import BUREAUS
from shared.contracts.vocabulary import State
from tests.router.office import Office, accepting
from tests.router.story import LETTER, OTHER, receive
from tests.support.samples import sample
from tests.support.waiting import until

COUNT, OLDEST = "mailbox_router_open_letters", "mailbox_router_oldest_letter_seconds"
BEAT = "mailbox_router_open_letters_counted_timestamp_seconds"


def shown(bureau: str, state: str) -> tuple[float, float]:
    labels = {"bureau": bureau, "state": state}
    return sample(COUNT, **labels), sample(OLDEST, **labels)


def counting(desk: Office) -> OpenLetters:
    return OpenLetters(desk.shelf.documents, now=desk.shelf.now, pause_s=0.001)


@pytest.fixture(autouse=True)
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine a question takes long, and the rests after all of them a minute."""
    monkeypatch.setattr(open_letters, "pause_for", lambda _, share: 0.0)


def test_every_holder_and_every_state_that_is_no_end_is_counted() -> None:
    assert set(HOLDERS) == {"triage", *BUREAUS}
    assert set(get_args(State)) - set(OPEN) == {"declined", "closed", "withdrawn"}


async def test_letters_are_counted_where_they_are_and_as_old_as_their_receipt(
    desk: Office,
) -> None:
    await desk.receive(LETTER, receive("guangzhou"))
    await desk.receive(OTHER, receive("guangzhou"))
    received_at = (await desk.letter()).received_at
    await desk.act(accepting())
    desk.shelf.now.pass_by(days=3)
    await counting(desk).count()
    age = (desk.shelf.now() - received_at).total_seconds()
    assert shown("guangzhou", "handling") == (1, age)
    assert shown("guangzhou", "routed") == (1, age)
    assert shown("foshan", "routed") == (0, 0)


async def test_a_letter_that_moved_on_is_counted_no_more_where_it_was(desk: Office) -> None:
    await desk.receive(LETTER, receive("guangzhou"))
    await counting(desk).count()
    assert shown("guangzhou", "routed")[0] == 1
    await desk.act(accepting())
    await counting(desk).count()
    assert shown("guangzhou", "routed") == (0, 0)


async def test_letters_go_first_while_they_are_counted(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rested: list[float] = []

    async def rest(seconds: float) -> None:
        rested.append(seconds)

    clock = SimpleNamespace(sleep=rest, get_running_loop=asyncio.get_running_loop)
    monkeypatch.setattr(open_letters, "asyncio", clock)
    monkeypatch.setattr(open_letters, "pause_for", lambda _, share: 7.0 if share < 0.1 else 0)
    await counting(desk).count()
    assert rested == [7.0] * len(HOLDERS) * len(OPEN)
    assert pause_for(0.5, share=0.05) == pytest.approx(9.5)


async def test_a_database_that_is_away_is_asked_again(
    desk: Office, caplog: pytest.LogCaptureFixture
) -> None:
    before = sample(BEAT)
    desk.shelf.documents.unread.append(True)
    running = asyncio.create_task(counting(desk).run())
    await until(lambda: sample(BEAT) > before)
    assert "counting open letters" in {getattr(one, "loop", None) for one in caplog.records}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
