"""Messages to staff go to all holders of an office; `Retry-After` is honoured."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import ValidationError

from services.notifier.domain.deliveries import LIFETIME, Delivery, Desk, Message
from services.notifier.domain.letter import NotifierLetter
from services.notifier.jobs.message_gateway import retry_after
from services.notifier.settings import NotifierSettings
from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.progress_v1 import ConflictDeclared, LetterReclassified
from shared.contracts.topics import DIVERTED, PROGRESS
from shared.contracts.values import About
from shared.kernel.offices import Offices
from shared.kernel.terms import DateRange, Term
from tests.notifier.story import LETTER, OTHER, RULES, escalated, fact, said, started
from tests.notifier.working import (
    ADDRESSES,
    BusyGateway,
    OurStage,
    ScriptedGateway,
    a_reply,
    delivering,
    firing,
    messages,
    sample,
    settled,
)
from tests.support.memory_shell import memory_shell
from tests.support.moving import moment

OURS = Offices("test", False, {}, ())


def of(desk: str, *staff: str, unit: str | None = None) -> tuple[Term, ...]:
    """These people hold an office of the province."""
    always = DateRange(date(2021, 1, 1))
    return tuple(Term(desk, "province", unit, person, always) for person in staff)


async def told_staff(
    phone: ScriptedGateway, offices: Offices, *, attempts: int = 1
) -> NotifierLetter:
    """Call about a diversion in that many attempts, by a replica that owns no partition."""
    async with memory_shell(RULES, at=moment(24)) as stage:
        event = LetterDiverted(
            diverted_at=moment(24), threshold="stop", reasons=("words.x",), see_by=moment(25)
        )
        await stage.hear(DIVERTED.name, "DV-0001", event)
        work = delivering(stage, phone, offices, holds=lambda _: False, is_urgent=True)
        for _ in range(attempts):
            await work.deliver()
            stage.now.pass_by(minutes=1)
        state = await stage.letters.state("DV-0001")
        assert state is not None
        return state


async def test_each_holder_of_the_office_is_notified_with_an_own_key() -> None:
    phone = ScriptedGateway()
    state = await told_staff(phone, replace(OURS, terms=of("duty", "s-1", "s-2")))
    keys = [request.headers["Idempotency-Key"] for request in phone.asked]
    name = "DV-0001/letters.diverted/DV-0001/1/page-1"
    assert keys == [f"{name}/s-1", f"{name}/s-2"]
    said = phone.asked[0].read().decode()
    assert '"to":"s-1","channel":"staff"' in said
    assert "https://duty.example/duty" in said
    assert [message.standing for message in state.deliveries] == ["delivered"]


async def test_an_unreached_officer_is_tried_again_with_the_same_keys() -> None:
    phone = ScriptedGateway(202, 503, 202, 202)
    state = await told_staff(phone, replace(OURS, terms=of("duty", "s-1", "s-2")), attempts=2)
    keys = [request.headers["Idempotency-Key"].rpartition("/")[2] for request in phone.asked]
    assert keys == ["s-1", "s-2", "s-1", "s-2"]
    assert [message.standing for message in state.deliveries] == ["delivered"]


async def test_without_holders_of_an_office_the_provinces_office_is_notified() -> None:
    phone = ScriptedGateway()
    await told_staff(phone, replace(OURS, terms=of("office", "s-9")))
    assert [request.headers["Idempotency-Key"].rpartition("/")[2] for request in phone.asked] == [
        "s-9"
    ]


async def test_a_level_of_a_diversion_is_announced_and_not_proposed() -> None:
    async with memory_shell(RULES, at=moment(24)) as stage:
        event = LetterDiverted(
            diverted_at=moment(24), threshold="ask", reasons=("words.x",), see_by=moment(24)
        )
        await stage.hear(DIVERTED.name, "DV-0001", event)
        for _ in range(3):
            await firing(stage, lambda _: False, is_urgent=True).fire()
            await firing(stage, is_urgent=True).fire()
            stage.now.pass_by(minutes=5)
        await settled(stage)
        state = await stage.letters.state("DV-0001")
        assert state is not None
        assert [message.details.page for message in state.deliveries] == [1, 2, 3, 4]
        assert stage.bus.types() == []


async def test_what_waits_for_the_morning_is_not_late_before() -> None:
    async with memory_shell(RULES, at=moment(25, 16)) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()), escalated())
        phone = ScriptedGateway()
        assert await delivering(stage, phone).deliver() == 0
        assert sample("mailbox_notifier_oldest_undelivered_seconds") == 0
        stage.now.pass_by(hours=9)
        assert await delivering(stage, phone).deliver() == 1
    assert len(phone.asked) == 2


@pytest.mark.parametrize(
    ("message", "to", "where"),
    [
        ("page", Desk("duty"), ADDRESSES.duty),
        ("level", Desk("unit", "guangzhou", "traffic"), ADDRESSES.desks),
        ("level", Desk("province_supervision"), ADDRESSES.desks),
        ("level", Desk("editors"), ADDRESSES.editors),
        ("problem", Desk("editors"), ADDRESSES.editors),
        ("replied", None, ADDRESSES.writers),
    ],
)
def test_each_message_names_the_address_for_its_recipient(
    message: Message, to: Desk | None, where: str
) -> None:
    delivery = Delivery("d", message, queued_at=moment(24), try_at=moment(24), to=to)
    assert ADDRESSES.of(delivery) == where


def test_an_older_configuration_with_one_address_for_all_staff_is_refused() -> None:
    """It has no addresses for the duty desk and the editors."""
    old = {
        "env": "prod",
        "gateway_url": "https://messages.example",
        "mailbox_url": "https://mailbox.example",
        "desk_url": "https://desk.example",
    }
    with pytest.raises(ValidationError) as refused:
        NotifierSettings.model_validate(old)
    said = {str(error["loc"][0]): error["msg"] for error in refused.value.errors()}
    assert "desk_url" not in said
    for name in ("duty_url", "editors_url"):
        assert "must be an https:// address" in said[name]


async def test_nobody_replaces_the_departments_inspection() -> None:
    about = About(kind="bureau", level="province")
    told = {"category": "complaint", "about": about, "masked": True}
    async with memory_shell(RULES, at=moment(25, 2)) as stage:
        complaint = said(LetterReclassified, **told)
        await stage.hear(PROGRESS.name, LETTER, complaint, fact(started()), escalated())
        phone = ScriptedGateway()
        offices = replace(OURS, terms=(*of("office", "s-9"), *of("named", "s-3")))
        stage.now.pass_by(hours=24)
        await delivering(stage, phone, offices).deliver()
        assert {
            request.headers["Idempotency-Key"].rpartition("/")[2] for request in phone.asked
        } == {"s-3"}
        phone = ScriptedGateway()
        offices = replace(OURS, terms=of("office", "s-9"))
        await delivering(stage, phone, offices).deliver()
        assert phone.asked == []


@pytest.mark.parametrize(
    ("conflicted", "told"), [("s-1", {"s-2"}), ("s-2", {"s-1"}), ("s-9", {"s-1", "s-2"})]
)
async def test_who_declared_a_conflict_gets_no_message(conflicted: str, told: set[str]) -> None:
    async with memory_shell(RULES, at=moment(25, 2)) as stage:
        declared = said(ConflictDeclared, staff=conflicted)
        await stage.hear(PROGRESS.name, LETTER, declared, fact(started()), escalated())
        phone, terms = ScriptedGateway(), of("office", "s-1", "s-2")
        here = [replace(term, bureau="guangzhou") for term in terms]
        stage.now.pass_by(hours=24)
        await delivering(stage, phone, replace(OURS, terms=tuple(here))).deliver()
        keys = [request.headers["Idempotency-Key"].rpartition("/")[2] for request in phone.asked]
        assert set(keys) == told


# --- Retry-After -------------------------------------------------------------------------------


async def next_attempt(stage: OurStage) -> timedelta:
    """Return how long the message waits from now."""
    (message,) = await messages(stage)
    return message.try_at - stage.now()


NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("Tue, 24 Nov 2026 02:02:00 GMT", 120),
        ("Tue, 24 Nov 2026 10:02:00 +0800", 120),
        ("Tuesday, 24-Nov-26 02:02:00 GMT", 120),
        ("Tue Nov 24 02:02:00 2026", 120),
    ],
)
def test_seconds_and_dates_are_understood(said: str, seconds: int) -> None:
    assert retry_after(said, NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "said",
    [
        "", "0", "-5", "1.5", "soon", "9" * 30, "٣", "Tue, 24 Nov 2026 01:59:00 GMT",
        "Tue, 99 Nov 2026 02:02:00 GMT", "Tue, 24 Nov 99999 02:02:00 GMT",
        "Tue, 24 Nov 2026 02:02:00 +9999999999",
    ],
)  # fmt: skip
def test_invalid_and_past_values_are_ignored(said: str) -> None:
    assert retry_after(said, NOW) is None


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_a_message_waits_for_as_long_as_the_gateway_says(status: int, form: str) -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        at = stage.now() + timedelta(minutes=40)
        said = "2400" if form == "seconds" else format_datetime(at, usegmt=True)
        await delivering(stage, BusyGateway(status, {"Retry-After": said})).deliver()
        assert await next_attempt(stage) == timedelta(minutes=40)


@pytest.mark.parametrize(
    ("status", "said"), [(503, "soon"), (503, "-1"), (500, "2400"), (408, "2400")]
)
async def test_otherwise_a_message_waits_for_our_own_pause(status: int, said: str) -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        await delivering(stage, BusyGateway(status, {"Retry-After": said})).deliver()
        assert await next_attempt(stage) <= timedelta(seconds=2)


async def test_no_message_waits_beyond_its_expiry() -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        await delivering(stage, BusyGateway(429, {"Retry-After": "999999999"})).deliver()
        assert await next_attempt(stage) == LIFETIME


async def test_while_the_gateway_rests_no_other_message_is_sent() -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        phone = BusyGateway(503, {"Retry-After": "600"})
        work = delivering(stage, phone)
        await work.deliver()
        await a_reply(stage, at=OTHER)
        stage.now.pass_by(seconds=599)
        assert await work.deliver() == 0
        assert len(phone.asked) == 1
        assert sample("mailbox_notifier_oldest_undelivered_seconds") == 599, "it counts as waiting"
        stage.now.pass_by(seconds=1)
        phone.status = 202
        assert await work.deliver() == 2
        assert len(phone.asked) == 3


async def test_one_429_keeps_no_other_message_back() -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        phone = BusyGateway(429, {"Retry-After": "600"})
        work = delivering(stage, phone)
        await work.deliver()
        await a_reply(stage, at=OTHER)
        assert await work.deliver() == 1
        assert len(phone.asked) == 2


async def test_the_gateway_rests_for_an_hour_at_most() -> None:
    async with memory_shell(RULES, at=moment(24, 2)) as stage:
        await a_reply(stage)
        phone = BusyGateway(503, {"Retry-After": "259200"})
        work = delivering(stage, phone)
        await work.deliver()
        phone.status = 202
        await a_reply(stage, at=OTHER)
        stage.now.pass_by(minutes=59)
        assert await work.deliver() == 0
        stage.now.pass_by(minutes=1)
        assert await work.deliver() == 1
