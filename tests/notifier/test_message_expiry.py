"""Messages expire after three days, except calls to the duty desk."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from services.notifier.domain.deliveries import LIFETIME
from services.notifier.domain.letter import NotifierLetter
from services.notifier.jobs.message_delivery import outcome
from services.notifier.jobs.message_gateway import GatewayAnswer
from services.notifier.store import STATE
from shared.contracts.topics import DIVERTED, PROGRESS
from tests.notifier.story import DIVERTED as AN_EMERGENCY
from tests.notifier.story import LETTER, RULES, escalated, fact, started
from tests.notifier.test_duty_calls import AT, DIVERSION, DUTY
from tests.notifier.working import (
    BusyGateway,
    ScriptedGateway,
    a_reply,
    delivering,
    messages,
    sample,
)
from tests.support.memory_shell import memory_shell
from tests.support.moving import moment

THREE_DAYS = timedelta(hours=72)
MILLISECOND = timedelta(milliseconds=1)
"""The resolution of instants in the database."""
COUNTED = "mailbox_notifier_deliveries_total"


@pytest.mark.parametrize(("status", "code"), [(503, "503"), (401, "401"), (0, "unreachable")])
async def test_a_message_is_given_up_after_exactly_three_days_and_counted_once(
    status: int, code: str
) -> None:
    before = sample(COUNTED, outcome="given_up")
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        due = stage.now()
        phone = ScriptedGateway(*[status] * 1_000)
        work = delivering(stage, phone)
        while stage.now() < due + THREE_DAYS:
            await work.deliver()
            (message,) = await messages(stage)
            assert message.standing == "waiting"
            stage.now.at = min(message.try_at + MILLISECOND, due + THREE_DAYS)
        assert stage.now() == due + THREE_DAYS, "the last attempt lies at its end"
        for _ in range(3):
            await work.deliver()
            stage.now.pass_by(hours=2)
        (message,) = await messages(stage)
        assert (message.standing, message.code) == ("given_up", code)
        assert message.given_up_at == due + THREE_DAYS
        asked = len(phone.asked)
        await work.deliver()
        assert len(phone.asked) == asked
    assert sample(COUNTED, outcome="given_up") == before + 1
    assert sample("mailbox_notifier_oldest_undelivered_seconds") == 0


async def test_the_last_attempt_can_succeed() -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        await delivering(stage, BusyGateway(503)).deliver()
        stage.now.pass_by(hours=72)
        await delivering(stage, BusyGateway(202)).deliver()
        assert [message.standing for message in await messages(stage)] == ["delivered"]


async def test_a_message_is_tried_at_least_once_before_it_is_given_up() -> None:
    async with memory_shell(RULES, at=moment(20, 2)) as stage:
        await a_reply(stage)
        stage.now.pass_by(days=5)
        await delivering(stage, BusyGateway(202)).deliver()
        assert [message.standing for message in await messages(stage)] == ["delivered"]


async def test_quiet_hours_do_not_extend_a_lifetime() -> None:
    """Each night postpones a failed message, but its lifetime counts from when it was first due."""
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        due, work = stage.now(), delivering(stage, BusyGateway(503))
        while stage.now() < due + timedelta(days=4):
            await work.deliver()
            stage.now.pass_by(minutes=10)
        (message,) = await messages(stage)
        assert message.standing == "given_up"
        assert message.due_at == due
        assert message.given_up_at is not None
        assert due + THREE_DAYS <= message.given_up_at <= due + THREE_DAYS + timedelta(minutes=10)


async def test_a_lifetime_begins_after_quiet_hours_before_the_first_attempt() -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        stage.now.at = moment(24, 18)
        await delivering(stage, BusyGateway(202)).deliver()
        (message,) = await messages(stage)
        assert (message.due_at, message.queued_at) == (None, moment(25, 1))


async def test_a_message_that_one_recipient_got_is_not_given_up() -> None:
    """Two people hold the office; the gateway never accepts the message to one of them."""
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()), escalated())
        (first, *_) = await messages(stage)
    answers = (GatewayAnswer(202), GatewayAnswer(503))
    at = first.expires_at
    assert type(outcome(first, answers, now=at)).__name__ == "NoteDelivered"
    assert type(outcome(first, answers[1:], now=at)).__name__ == "GiveUpDelivery"


async def test_a_call_to_the_duty_desk_is_never_given_up() -> None:
    async with memory_shell(RULES, at=AT) as stage:
        await stage.hear(DIVERTED.name, DIVERSION, AN_EMERGENCY)
        phone = BusyGateway(503, {"Retry-After": "259200"})
        work = delivering(stage, phone, DUTY, is_urgent=True)
        for _ in range(4):
            asked = len(phone.asked)
            for _ in range(31):
                await work.deliver()
                stage.now.pass_by(seconds=1)
            assert len(phone.asked) > asked, "each half minute, whatever the gateway wants"
            stage.now.pass_by(days=1)
        assert {message.standing for message in await messages(stage, DIVERSION)} == {"waiting"}
        phone.status = 202
        await work.deliver()
        assert {message.standing for message in await messages(stage, DIVERSION)} == {"delivered"}


async def test_a_message_queued_by_an_older_version_expires_too() -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        (message,) = await messages(stage)
    kept = STATE.dump_python(NotifierLetter(deliveries=(message,)), mode="json")
    for name in ("due_at", "given_up_at"):
        del kept["deliveries"][0][name]
    (old,) = STATE.validate_python(kept).deliveries
    assert old == replace(message, due_at=None)
    assert old.expires_at == message.queued_at + LIFETIME


async def test_logs_show_no_more_than_a_code(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        stage.now.pass_by(hours=72)
        await delivering(stage, BusyGateway(503, {"Retry-After": "seed-4417"})).deliver()
        assert [message.standing for message in await messages(stage)] == ["given_up"]
    assert "4417" not in caplog.text
