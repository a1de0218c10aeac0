"""A bureau and its router over the real local broker: library, command and simulation."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clients.bureau import Applied, Arrived, Keys, Mailbox, NoAnswer, Refused
from clients.bureau._cli.command import main
from clients.bureau._store.reorder_buffer import ArrivalBuffer
from clients.bureau.simulate.figures import SimulationMetrics
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.play import SimulatedBureaus
from shared.contracts.actions_v1 import Note, RequestResend
from shared.contracts.slugs import BUREAUS
from tests.clients.acting import TOPIC, Stage, staged
from tests.clients.making import GZ, LETTER, accepted, assigned, snapshot

pytestmark = pytest.mark.real

OTHER = "GD-0000-0000-0000-0000-0"


async def first(mailbox: Mailbox, count: int) -> list[Arrived]:
    found: list[Arrived] = []
    async with asyncio.timeout(10):
        letters = mailbox.letters()
        async for arrived in letters:
            found.append(arrived)
            if len(found) > count:
                break
        await letters.aclose()
    return found


async def test_a_letter_is_taken_up_and_answered_through_the_library(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.mailbox() as mailbox:
        await stage.router.producer.send_and_wait(TOPIC, b"{", key=b"x")
        record = await stage.router.say(assigned(body="你好"))
        await stage.router.send(record)

        said, outcomes = [], []
        async with asyncio.timeout(15):
            async for arrived in mailbox.letters():
                said.append(arrived.type.split(".")[-2])
                if arrived.type.endswith("assigned.v1"):
                    early = mailbox.reply(LETTER, 1, text="字" * 20_000, outcome="resolved")
                    outcomes.append(await early)
                    outcomes.append(await mailbox.accept(LETTER, arrived.assignment))
                if arrived.type.endswith("accepted.v1"):
                    late = mailbox.reply(LETTER, 1, text="字" * 20_000, outcome="resolved")
                    outcomes.append(await late)
                    outcomes.append(await mailbox.accept(LETTER, arrived.assignment))
                if arrived.type.endswith("replied.v1"):
                    break

        assert said == ["assigned", "refused", "accepted", "applied", "replied"]
        assert [type(each) for each in outcomes] == [Refused, Applied, Applied, Applied]
        assert stage.router.replies == ["字" * 20_000]
        assert len(stage.router.actions) == 3, "what was applied is not even sent again"
        assert [each.code for each in mailbox.unreadable] == ["bad_headers"]
        holding = await mailbox.holding(LETTER)
        assert holding is not None
        assert holding.state == "replied"
        assert isinstance(await mailbox.accept(OTHER, 1), Refused)


async def test_a_restarted_reader_goes_on_where_it_was(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        for number in range(4):
            await stage.router.say(assigned(), letter=f"L-{number}")
        async with stage.mailbox() as mailbox:
            before = await first(mailbox, 1)
            after = await first(mailbox, 2)
        async with stage.mailbox(name="another") as mailbox:
            others = await first(mailbox, 3)
        everything = {each.letter for each in others}
        assert len(everything) == 4
        assert {each.letter for each in after} == everything - {before[0].letter}
        assert before[1].letter in {each.letter for each in after}, "it was not finished with"


async def test_an_action_is_sent_again_until_it_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clients.bureau.mailbox.SEND_AGAIN_S", 0.3)
    async with staged(tmp_path) as stage:
        await stage.router.say(assigned())
        stage.router.silent_for = 2
        async with stage.mailbox() as mailbox:
            assert isinstance(await mailbox.accept(LETTER, 1), Applied)
        assert len({each.action_id for each in stage.router.actions}) == 1
        assert len(stage.router.actions) == 3
        stage.router.silent_for = 100
        async with stage.mailbox(patience_s=0.8) as mailbox:
            with pytest.raises(NoAnswer):
                await mailbox.reply(LETTER, 1, text="好", outcome="resolved")


@contextmanager
def environment(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    for name, value in stage.told.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MAILBOX_KEYS_DIR", str(stage.folder))
    monkeypatch.setenv("MAILBOX_BUREAU", GZ)
    yield lambda *words: asyncio.to_thread(main, words)


async def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staged(tmp_path) as stage:
        await stage.router.producer.send_and_wait(TOPIC, b"{", key=b"x")
        await stage.router.say(assigned(subject="路灯\x1b[31m不亮", body="你好"))
        with environment(stage, monkeypatch) as bureau:
            assert await bureau("listen", "--once") == 0
            told = capsys.readouterr()
            assert LETTER in told.out
            assert "你好" in told.out
            assert "\x1b" not in told.out
            assert "bad_headers" in told.err
            assert await bureau("reply", LETTER, "--text", "好", "--outcome", "resolved") == 1
            assert "out_of_order" in capsys.readouterr().out
            assert await bureau("accept", LETTER) == 0
            assert await bureau("accept", LETTER) == 0
            assert await bureau("reply", LETTER, "--text", "好", "--outcome", "resolved") == 0
            assert await bureau("accept", OTHER) == 1
            assert "not_held" in capsys.readouterr().out
            sent = len(stage.router.actions)
            assert await bureau("accept", LETTER) == 0
            assert len(stage.router.actions) == sent, "it is known to be done"
            assert await bureau("accept", LETTER, "--anew") == 1
            assert len(stage.router.actions) == sent + 1
            assert "out_of_order" in capsys.readouterr().out
            assert await bureau("note", LETTER, "--text", "已核对。") == 1
            assert isinstance(stage.router.actions[-1], Note)
            capsys.readouterr()
            assert await bureau("reply", LETTER, "--text", "", "--outcome", "resolved") == 2
            assert await bureau("listen", "--once", "--json") == 0
            lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
            assert lines[0]["words"]["words"]["body"] == "你好"
            assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))
        assert stage.router.replies == ["好"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bureau that requests missing events at once, and again soon."""
    monkeypatch.setattr("clients.bureau._store.gap_requests.PATIENCE_S", 0.0)
    monkeypatch.setattr("clients.bureau._store.gap_requests.LOOK_S", 0.1)


async def types_until(mailbox: Mailbox, last: str) -> list[tuple[str, int | None, int]]:
    """Events up to the first one of that type: name, number, how many are missing."""
    said: list[tuple[str, int | None, int]] = []
    async with asyncio.timeout(15):
        async for arrived in mailbox.letters():
            said.append((arrived.type.split(".")[-2], arrived.sequence, arrived.missing))
            if said[-1][0] == last:
                break
    return said


@pytest.mark.usefixtures("impatient")
async def test_what_stays_missing_is_asked_for_and_comes_in_its_order(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage, stage.mailbox() as mailbox:
        await stage.router.say(assigned(), is_lost=True)
        await stage.router.say(accepted())
        said = await types_until(mailbox, "applied")
        assert said == [("assigned", 1, 0), ("accepted", 2, 0), ("applied", 3, 0)]
        (asked,) = stage.router.actions
        assert isinstance(asked, RequestResend)
        assert (asked.assignment, asked.from_sequence, asked.snapshot) == (1, 1, False)


@pytest.mark.parametrize("limit", [{"most_held": 1}, {"patience_s": 0.0}], ids=["many", "late"])
async def test_what_was_given_up_is_made_good_by_a_snapshot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: dict[str, Any]
) -> None:
    monkeypatch.setattr(
        "clients.bureau._kafka.reader.ArrivalBuffer", partial(ArrivalBuffer, **limit)
    )
    async with staged(tmp_path) as stage, stage.mailbox() as mailbox:
        await stage.router.say(assigned(), is_lost=True)
        for event in (accepted(), accepted()):
            await stage.router.say(event)
        said = await types_until(mailbox, "snapshot")
        assert said == [("accepted", 2, 1), ("accepted", 3, 0), ("snapshot", 4, 0)]
        (asked,) = stage.router.actions
        assert isinstance(asked, RequestResend)
        assert asked.snapshot


async def test_a_restarted_reader_waits_for_nothing_that_retention_removed(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.router.say(assigned(), is_lost=True)
        await stage.router.say(snapshot())
        async with stage.mailbox() as mailbox:
            assert [one[1] for one in await types_until(mailbox, "snapshot")] == [2]
            await stage.router.say(accepted())
            assert [one[1] for one in await types_until(mailbox, "accepted")][-1] == 3
        async with stage.mailbox() as mailbox:
            await stage.router.say(accepted())
            found = await types_until(mailbox, "accepted")
        assert found[0][1:] in {(3, 0), (4, 0)}, "at once, and nothing is missing"
        assert stage.router.actions == []


async def test_a_resend_can_be_asked_for_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staged(tmp_path) as stage:
        await stage.router.say(assigned())
        async with stage.mailbox() as mailbox:
            first = await mailbox.request_resend(LETTER, 1, from_sequence=1)
            second = await mailbox.request_resend(LETTER, 1, from_sequence=1)
            assert [type(first), type(second)] == [Applied, Applied]
            with pytest.raises(ValueError, match="from_sequence"):
                await mailbox.request_resend(LETTER, 1, from_sequence=0)
            assert isinstance(await mailbox.request_resend(OTHER, 1), Refused)
        with environment(stage, monkeypatch) as bureau:
            assert await bureau("resend", LETTER, "--snapshot") == 0
            assert await bureau("resend", LETTER, "--from", "2") == 0
            assert await bureau("resend", OTHER) == 1
            assert "not_held" in capsys.readouterr().out
            for words in (["resend"], ["resend", LETTER, "--from", "0"], ["resend", "no number"]):
                with pytest.raises(SystemExit) as ended:
                    await bureau(*words)
                assert ended.value.code == 2
            assert await bureau("listen", "--once") == 0
            assert "letter stands now" in capsys.readouterr().out
        asked = [one for one in stage.router.actions if isinstance(one, RequestResend)]
        assert len({one.action_id for one in asked}) == len(asked) == 5
        assert [(one.from_sequence, one.snapshot) for one in asked[-2:]] == [
            (None, True),
            (2, False),
        ]


async def test_listening_to_an_empty_topic_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staged(tmp_path) as stage:
        with environment(stage, monkeypatch) as bureau:
            assert await bureau("listen", "--once") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("nothing has come for guangzhou yet: send a letter") == 1


async def test_listening_shows_at_its_end_what_still_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staged(tmp_path) as stage:
        await stage.router.say(assigned(), is_lost=True)
        await stage.router.say(accepted())
        with environment(stage, monkeypatch) as bureau:
            assert await bureau("listen", "--once") == 0
        told = capsys.readouterr().out
        assert "earlier events are missing" in told
        assert f"bureau resend {LETTER} --snapshot" in told


async def test_simulated_bureaus_answer_over_the_broker(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        await stage.router.say(assigned(body="The lamp is out.", category="inquiry"))
        await stage.router.say(assigned(subject="[手动] 请等"), letter=OTHER)
        keys = {slug: Keys.of_bureau(slug, stage.folder) for slug in BUREAUS}
        for _ in range(2):
            stopping = asyncio.Event()
            play = SimulatedBureaus(keys, Pace(0.05, 0.1), figures=SimulationMetrics())
            running = asyncio.create_task(play.run(stage.connection, stopping))
            async with asyncio.timeout(8):
                await stage.router.has_replied.wait()
            await asyncio.sleep(0.6)
            assert play.is_ready
            stopping.set()
            await running
        assert len(stage.router.replies) == 1
        assert stage.router.replies[0].isascii()
        assert len(stage.router.actions) == 2, "a restart asks for nothing again"
        assert stage.router.state[OTHER] == "routed"


def test_the_command_says_what_is_wrong_and_never_hangs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("KAFKA_BOOTSTRAP", "KEYS_DIR", "BUREAU"):
        monkeypatch.delenv(f"MAILBOX_{name}", raising=False)
    monkeypatch.setenv("MAILBOX_LOCAL_DIR", str(tmp_path))
    assert main(["listen", "--bureau", GZ, "--once"]) == 2
    assert "MAILBOX_KAFKA_BOOTSTRAP" in capsys.readouterr().err
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    monkeypatch.setenv("MAILBOX_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    monkeypatch.setenv("MAILBOX_KEYS_DIR", str(tmp_path))
    assert main(["accept", LETTER, "--bureau", GZ]) == 2
    assert "JWKS" in capsys.readouterr().err
    for words in (["accept", "not a letter"], ["listen", "--bureau", "atlantis"], []):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
