"""What staff are to be told goes to everybody who holds the office, by day."""

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from services.notifier.domain.deliveries import Delivery, Desk, Message
from services.notifier.domain.letter import NotifierLetter
from services.notifier.settings import NotifierSettings
from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.progress_v1 import LetterReclassified
from shared.contracts.topics import DIVERTED, PROGRESS
from shared.contracts.values import About
from shared.kernel.offices import Offices
from shared.kernel.terms import Span, Term
from tests.notifier.stage import moment, staged
from tests.notifier.story import (
    LETTER,
    RULES,
    escalated,
    fact,
    said,
    started,
)
from tests.notifier.working import ADDRESSES, Phone, delivering, firing, sample, settled

OURS = Offices("test", False, {}, ())


def of(desk: str, *staff: str, unit: str | None = None) -> tuple[Term, ...]:
    """So many people who hold an office of the province."""
    always = Span(date(2021, 1, 1))
    return tuple(Term(desk, "province", unit, one, always) for one in staff)


async def told_staff(phone: Phone, offices: Offices, *, attempts: int = 1) -> NotifierLetter:
    """A diversion is called about, so often; at once, by whichever replica sees it first."""
    async with staged(RULES, at=moment(24)) as stage:
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


async def test_everybody_who_holds_the_office_is_told_under_a_key_of_their_own() -> None:
    phone = Phone()
    state = await told_staff(phone, replace(OURS, terms=of("duty", "s-1", "s-2")))
    keys = [request.headers["Idempotency-Key"] for request in phone.asked]
    name = "DV-0001/letters.diverted/DV-0001/1/page-1"
    assert keys == [f"{name}/s-1", f"{name}/s-2"]
    said = phone.asked[0].read().decode()
    assert '"to":"s-1","channel":"staff"' in said
    assert "https://duty.example/duty" in said
    assert [one.standing for one in state.deliveries] == ["delivered"]


async def test_one_who_can_not_be_reached_now_is_tried_again_and_nobody_is_told_otherwise() -> None:
    phone = Phone(202, 503, 202, 202)
    state = await told_staff(phone, replace(OURS, terms=of("duty", "s-1", "s-2")), attempts=2)
    keys = [request.headers["Idempotency-Key"].rpartition("/")[2] for request in phone.asked]
    assert keys == ["s-1", "s-2", "s-1", "s-2"]
    assert [one.standing for one in state.deliveries] == ["delivered"]


async def test_where_nobody_holds_the_office_the_provinces_office_is_told() -> None:
    phone = Phone()
    await told_staff(phone, replace(OURS, terms=of("office", "s-9")))
    assert [one.headers["Idempotency-Key"].rpartition("/")[2] for one in phone.asked] == ["s-9"]


async def test_a_level_of_a_diversion_is_told_by_the_loop_and_proposed_to_nobody() -> None:
    async with staged(RULES, at=moment(24)) as stage:
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
        assert [one.details.page for one in state.deliveries] == [1, 2, 3, 4]
        assert stage.bus.types() == []


async def test_what_waits_for_the_morning_is_not_late_before() -> None:
    async with staged(RULES, at=moment(25, 16)) as stage:
        await stage.hear(PROGRESS.name, LETTER, fact(started()), escalated())
        phone = Phone()
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
def test_each_message_names_the_page_of_whoever_is_told(
    message: Message, to: Desk | None, where: str
) -> None:
    one = Delivery("d", message, queued_at=moment(24), try_at=moment(24), to=to)
    assert ADDRESSES.of(one) == where


def test_an_older_configuration_with_one_address_for_all_staff_is_refused() -> None:
    """It named the desks alone; the duty desk and the editors have addresses of their own."""
    old = {
        "env": "prod",
        "gateway_url": "https://messages.example",
        "mailbox_url": "https://mailbox.example",
        "desk_url": "https://desk.example",
    }
    with pytest.raises(ValidationError) as refused:
        NotifierSettings.model_validate(old)
    said = {str(one["loc"][0]): one["msg"] for one in refused.value.errors()}
    assert "desk_url" not in said
    for name in ("duty_url", "editors_url"):
        assert "https only outside development" in said[name]


async def test_nobody_stands_in_for_the_departments_inspection() -> None:
    about = About(kind="bureau", level="province")
    told = {"category": "complaint", "about": about, "masked": True}
    async with staged(RULES, at=moment(25, 2)) as stage:
        complaint = said(LetterReclassified, **told)
        await stage.hear(PROGRESS.name, LETTER, complaint, fact(started()), escalated())
        phone = Phone()
        offices = replace(OURS, terms=(*of("office", "s-9"), *of("named", "s-3")))
        stage.now.pass_by(hours=24)
        await delivering(stage, phone, offices).deliver()
        assert {one.headers["Idempotency-Key"].rpartition("/")[2] for one in phone.asked} == {"s-3"}
        phone = Phone()
        offices = replace(OURS, terms=of("office", "s-9"))
        await delivering(stage, phone, offices).deliver()
        assert phone.asked == []
