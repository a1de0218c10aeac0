"""Messages to writers are delivered once, despite failures."""

import logging

import pytest

from services.notifier.domain.letter import NotifierLetter
from services.notifier.jobs.message_delivery import FIRST_PAUSE, LONGEST_PAUSE, pause_after
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.words import Contact
from shared.kernel.letter_number import new_letter_number
from shared.platform.mongo.database import DatabaseFault
from tests.notifier.story import LETTER, OTHER, PHONE, RULES, replied, submitted
from tests.notifier.working import CONTACT, ScriptedGateway, a_reply, delivering, sample
from tests.support.memory_shell import memory_shell
from tests.support.moving import moment


async def test_a_reply_is_told_to_the_writer_once() -> None:
    phone = ScriptedGateway()
    async with memory_shell(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        assert await delivering(stage, phone).deliver() == 1
        assert await delivering(stage, phone).deliver() == 0
    (request,) = phone.asked
    assert str(request.url) == "https://gateway.example/messages"
    assert request.headers["Idempotency-Key"] == f"{LETTER}/letters.progress/{LETTER}/1"
    said = request.read().decode()
    assert PHONE in said
    assert '"channel":"sms"' in said
    assert LETTER in said


async def test_replicas_share_messages() -> None:
    phone, number = ScriptedGateway(), new_letter_number(bytes(10))
    async with memory_shell(RULES, at=moment(26)) as stage:
        await a_reply(stage, at=number)
        elsewhere = delivering(stage, phone, holds=lambda _: False)
        assert await elsewhere.deliver() == 0
        stage.now.pass_by(minutes=2)
        assert await elsewhere.deliver() == 1, "nobody has seen to it"
    assert len(phone.asked) == 1


async def test_a_failing_gateway_is_asked_again_later_under_the_same_key() -> None:
    phone = ScriptedGateway(503, 0, 429, 401, 202)
    async with memory_shell(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        for _ in range(4):
            assert await delivering(stage, phone).deliver() == 1
            assert await delivering(stage, phone).deliver() == 0
            assert sample("mailbox_notifier_oldest_undelivered_seconds") > 0 or _ == 0
            stage.now.pass_by(minutes=1)
        assert await delivering(stage, phone).deliver() == 1
        assert await delivering(stage, phone).deliver() == 0
        assert sample("mailbox_notifier_oldest_undelivered_seconds") == 0
    assert len(phone.asked) == 5
    assert len({request.headers["Idempotency-Key"] for request in phone.asked}) == 1


async def test_a_message_that_the_gateway_refuses_is_kept_as_refused() -> None:
    before = sample("mailbox_notifier_deliveries_refused_total", code="422")
    async with memory_shell(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        await delivering(stage, ScriptedGateway(422)).deliver()
        state = await stage.letters.state(LETTER)
    assert state is not None
    assert [(message.standing, message.code) for message in state.deliveries] == [
        ("refused", "422")
    ]
    assert sample("mailbox_notifier_deliveries_refused_total", code="422") == before + 1


async def test_a_message_to_a_writer_without_channel_is_refused() -> None:
    phone = ScriptedGateway()
    async with memory_shell(RULES, at=moment(26)) as stage:
        await a_reply(stage, None)
        await delivering(stage, phone).deliver()
        state = await stage.letters.state(LETTER)
    assert phone.asked == []
    assert state is not None
    assert [message.code for message in state.deliveries] == ["no_channel"]


async def test_nothing_is_sent_in_quiet_hours() -> None:
    """Queued at night by an old version, or postponed by day into the night."""
    for attempts, queued_at in ((0, moment(26, 18)), (3, moment(26, 12))):
        phone = ScriptedGateway(*([503] * attempts))
        async with memory_shell(RULES, at=queued_at) as stage:
            await stage.hear(SUBMITTED.name, LETTER, submitted(CONTACT))
            stage.now.pass_by(hours=-6)
            await stage.hear(PROGRESS.name, LETTER, replied())
            stage.now.pass_by(hours=6)
            work = delivering(stage, phone)
            for _ in range(attempts):
                await work.deliver()
                stage.now.pass_by(minutes=20)
            asked = len(phone.asked)
            while stage.now() < moment(27, 1):
                await work.deliver()
                stage.now.pass_by(minutes=15)
            assert len(phone.asked) == asked, "between 21:00 and 09:00 in Guangdong"
            assert sample("mailbox_notifier_oldest_undelivered_seconds") == 0, "it is not late"
            await work.deliver()
            assert len(phone.asked) == asked + 1


async def test_one_letter_that_fails_holds_up_no_other() -> None:
    async with memory_shell(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        await a_reply(stage, at=OTHER)
        phone = ScriptedGateway(500, 202)
        await delivering(stage, phone).deliver()
        assert len(phone.asked) == 2
        assert (
            len(
                [document for document in stage.documents.kept.values() if "deliver_at" in document]
            )
            == 1
        )


async def test_a_crash_between_sending_and_noting_sends_again_under_the_same_key() -> None:
    phone = ScriptedGateway()
    async with memory_shell(RULES, at=moment(26)) as stage:
        await a_reply(stage)
        work = delivering(stage, phone)
        execute, work._execute = work._execute, _crash
        with pytest.raises(DatabaseFault):
            await work.deliver()
        work._execute = execute
        await work.deliver()
    keys = {request.headers["Idempotency-Key"] for request in phone.asked}
    assert len(phone.asked) == 2
    assert len(keys) == 1


async def _crash(_: object) -> NotifierLetter:
    raise DatabaseFault


async def test_nothing_of_the_contact_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with memory_shell(RULES, at=moment(26)) as stage:
        await a_reply(stage, Contact(phone=PHONE, email="seed-4417@example.org"))
        work = delivering(stage, ScriptedGateway(0, 503, 422))
        for _ in range(3):
            await work.deliver()
            stage.now.pass_by(hours=2)
    assert PHONE not in caplog.text
    assert "4417" not in caplog.text


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_pauses_grow_to_an_hour_and_no_further(share: float) -> None:
    pauses = [pause_after(attempts, share=lambda: share) for attempts in range(40)]
    assert pauses == sorted(pauses)
    assert pauses[0] >= FIRST_PAUSE / 2
    assert LONGEST_PAUSE / 2 <= pauses[-1] <= LONGEST_PAUSE


def test_pauses_are_random() -> None:
    assert len({pause_after(5) for _ in range(20)}) > 1
