"""A bureau can't date its actions: without the broker's timestamp, the router's time counts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest

from services.router.domain.letter import Letter
from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.event import Action
from shared.contracts.values import Promise
from shared.platform.kafka.bus import Inbound
from tests.router.office import replying, sent_action
from tests.router.story import LETTER, NOTE, later
from tests.router.test_actions import ACCEPT
from tests.router.yard import VICTIM, VICTIM_TOPIC, Yard, arrived, open_yard


@pytest.fixture
async def yard() -> AsyncIterator[Yard]:
    async with open_yard() as opened:
        yield opened


def dated(action: Action, at: datetime, *, is_backdatable: bool) -> Inbound:
    """An action under that time, the broker's or the bureau's own."""
    raw = arrived(sent_action(action, VICTIM))
    return replace(raw, appended_at=at, is_backdatable=is_backdatable)


async def answered(yard: Yard, *actions: Inbound) -> Letter:
    """The letter, two days later, once the bureau has done this."""
    yard.clock.at = later(2)
    async with yard.consuming():
        yard.broker.put(*actions)
        await yard.until_done(VICTIM_TOPIC, len(actions))
    return await yard.letter(LETTER)


@pytest.mark.parametrize("days", [-40, 400])
async def test_a_reply_is_no_older_than_its_letter_nor_in_the_future(
    yard: Yard, days: float
) -> None:
    moment = later(days)
    letter = await answered(
        yard,
        dated(ACCEPT, moment, is_backdatable=True),
        dated(replying(), moment, is_backdatable=True),
    )
    assert letter.accepted_at == later(2)
    rating = next(one for one in letter.clocks if one.clock == "rating")
    assert rating.passes_at > later(30)
    assert rating.passes_at < later(40)


async def test_what_the_broker_stamped_counts_as_of_then(yard: Yard) -> None:
    letter = await answered(yard, dated(ACCEPT, later(1), is_backdatable=False))
    assert letter.accepted_at == later(1)


async def test_a_promise_for_a_day_that_is_over_is_refused(yard: Yard) -> None:
    """Backdated, it looked like one for that very day."""
    promise = Promise(due_on=later(-40).date(), words=NOTE)
    await answered(
        yard,
        dated(ACCEPT, later(-40), is_backdatable=True),
        dated(replying(commitments=(promise,)), later(-40), is_backdatable=True),
    )
    refused = [one for one in yard.answers(VICTIM) if isinstance(one, ActionRefused)]
    assert [one.code for one in refused] == ["bad_value"]
