"""An operator's resend command sends what was requested, and explains invalid requests."""

from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from shared.contracts.slugs import Bureau
from shared.kernel.letter_number import new_diversion_number, new_letter_number
from shared.platform.app import resends_command
from shared.platform.app.service import Service
from shared.platform.kafka.bus import BusFault
from shared.platform.letters import log_archive
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import DatabaseFault
from tests.support.builders import BUREAU_TOPIC, PROGRESS_TOPIC, Note, asked, told
from tests.support.household import House

DIVERSION = new_diversion_number(bytes(range(60, 70)))
FIRST, SECOND, UNKNOWN = (new_letter_number(bytes(range(at, at + 10))) for at in (0, 20, 40))


@pytest.fixture
async def service(house: House) -> Service:
    """A process beside one that has sent events about two letters, an hour apart."""
    service = house.build()
    for letter in (FIRST, SECOND):
        folds = await service.shell.letters.decide_and_store(
            [told("both-1", letter=letter), told("both-2", letter=letter)]
        )
        await service.shell.letters.send(folds)
        house.clock.pass_by(hours=1)
    house.bus.topics[PROGRESS_TOPIC].clear()
    house.bus.topics[BUREAU_TOPIC].clear()
    return service


def parsed(*words: str) -> Namespace:
    parser = ArgumentParser()
    resends_command.add(parser.add_subparsers(dest="command"))
    return parser.parse_args(["resend", *words])


async def resend(service: Service, *words: str) -> int:
    return await resends_command.run(parsed(*words), service)


def sent(house: House) -> set[str]:
    return {*house.bus.ids(PROGRESS_TOPIC), *house.bus.ids(BUREAU_TOPIC)}


def events(topic: str, *letters: str) -> set[str]:
    return {f"{topic}/{letter}/{number}" for letter in letters for number in (1, 2)}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--letter", FIRST], events(PROGRESS_TOPIC, FIRST) | events(BUREAU_TOPIC, FIRST)),
        (["--topic", PROGRESS_TOPIC], events(PROGRESS_TOPIC, FIRST, SECOND)),
        (["--bureau", "guangzhou"], events(BUREAU_TOPIC, FIRST, SECOND)),
        (["--bureau", "guangzhou", "--letter", SECOND], events(BUREAU_TOPIC, SECOND)),
        (
            ["--since", "2026-11-24T09:30:00+08:00"],
            events(PROGRESS_TOPIC, SECOND) | events(BUREAU_TOPIC, SECOND),
        ),
        (["--since", "2026-11-24T09:00:00+08:00", "--topic", PROGRESS_TOPIC],
         events(PROGRESS_TOPIC, FIRST, SECOND)),
        (["--since", "2026-11-24T02:00:00Z", "--letter", FIRST], set()),
    ],
)  # fmt: skip
async def test_what_is_meant_is_sent_again_and_counted(
    house: House,
    service: Service,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    expected: set[str],
) -> None:
    assert await resend(service, *words) == 0
    assert sent(house) == expected
    said = capsys.readouterr().out
    assert f"{len(expected)} 条记录已补发 · records sent again" in said
    for topic in (PROGRESS_TOPIC, BUREAU_TOPIC):
        count = sum(one.startswith(f"{topic}/") for one in expected)
        assert (topic in said) == bool(count)


async def test_of_a_letter_only_what_was_said_since_then(house: House, service: Service) -> None:
    await service.shell.letters.decide_and_store([told("both-3", letter=FIRST)])
    assert await resend(service, "--since", "2026-11-24T10:30:00+08:00") == 0
    assert sent(house) == {f"{topic}/{FIRST}/3" for topic in (PROGRESS_TOPIC, BUREAU_TOPIC)}


async def test_what_moved_to_the_collection_is_meant_too(
    house: House, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_archive, "MOST_ENTRIES", 2)
    monkeypatch.setattr(log_archive, "LEFT_ENTRIES", 1)
    await service.shell.letters.decide_and_store([told("third", letter=FIRST)])
    assert len(house.database.collection("log").kept) == 4
    assert await resend(service, "--since", "2026-11-24T09:00:00+08:00", "--letter", FIRST) == 0
    assert sent(house) == {
        *events(PROGRESS_TOPIC, FIRST), *events(BUREAU_TOPIC, FIRST),
        f"{PROGRESS_TOPIC}/{FIRST}/3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "say what to send again"),
        (["--run", "x", "--letter", FIRST], "--run goes with --snapshot"),
        (["--topic", "letters.submitted"], "this service writes no such topic"),
        (["--bureau", "guangzhou", "--topic", PROGRESS_TOPIC], "writes no such topic"),
        (["--bureau", "foshan"], "writes no such topic"),
        (["--letter", UNKNOWN], "this service has no such letter"),
        (["--letter", DIVERSION], "this service has no such letter"),
        (["--bureau", "guangzhou", "--snapshot"], "this service sends bureaus nothing"),
    ],
)
async def test_what_makes_no_sense_is_said_and_nothing_sent(
    house: House,
    service: Service,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    why: str,
) -> None:
    assert await resend(service, *words) == 2
    assert why in capsys.readouterr().err
    assert sent(house) == set()


@pytest.mark.parametrize(
    "words",
    [
        ["--letter", "GD-0000-0000-0000-0000-1"],
        ["--letter", f"GD-{DIVERSION[2:]}"],
        ["--letter", FIRST.lower()],
        ["--letter", "; rm -r /"],
        ["--since", "yesterday"],
        ["--since", "2026-11-24T09:00:00"],
        ["--topic", "letters.nowhere"],
        ["--bureau", "atlantis"],
        ["--run", "a.b"],
        ["--run", "x" * 41],
    ],
)
def test_what_is_written_wrong_is_refused_at_once(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parsed(*words)
    assert end.value.code == 2
    assert words[0] in capsys.readouterr().err


async def test_a_broker_that_refuses_is_a_fault_and_it_can_be_done_again(
    house: House, service: Service
) -> None:
    house.bus.fates.append("refused")
    with pytest.raises(BusFault):
        await resend(service, "--letter", FIRST)
    house.documents.unread.append(True)
    with pytest.raises(DatabaseFault):
        await resend(service, "--letter", FIRST)
    assert await resend(service, "--letter", FIRST) == 0
    assert events(PROGRESS_TOPIC, FIRST) <= sent(house)


# --- snapshots -----------------------------------------------------------------------------------


def telling(service: Service) -> Service:
    """The same process, where a snapshot is a note of that name, in every letter."""

    async def snapshots(bureau: Bureau, run: str) -> AsyncIterator[IdempotentCommand[Note]]:
        for letter in (FIRST, SECOND):
            yield told(f"bureau-{bureau}", letter=letter, name=f"snapshot-{run}")

    return replace(service, snapshots=snapshots)


async def test_each_letter_is_told_once_under_one_name(
    house: House, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--bureau", "guangzhou", "--snapshot", "--run", "nov-24")
    assert await resend(telling(service), *words) == 0
    assert "2 封信件快照已发送 · snapshots sent (run nov-24)" in capsys.readouterr().out
    assert await resend(telling(service), *words) == 0
    said = capsys.readouterr().out
    assert "0 封信件快照已发送" in said
    assert "2 封此前已发 · sent before under that name" in said
    assert sorted(set(house.bus.ids(BUREAU_TOPIC))) == sorted(
        f"{BUREAU_TOPIC}/{letter}/3" for letter in (FIRST, SECOND)
    )


async def test_one_letter_can_be_told_alone_and_another_run_tells_anew(
    house: House, service: Service
) -> None:
    words = ("--bureau", "guangzhou", "--snapshot", "--letter", FIRST)
    for _ in range(2):
        assert await resend(telling(service), *words) == 0
    assert house.bus.ids(BUREAU_TOPIC) == [f"{BUREAU_TOPIC}/{FIRST}/{at}" for at in (3, 4)]


async def test_it_can_be_stopped_anywhere_and_gone_on_with(house: House, service: Service) -> None:
    words = ("--bureau", "guangzhou", "--snapshot", "--run", "r")
    house.bus.fates += ["sent", "refused"]
    with pytest.raises(BusFault):
        await resend(telling(service), *words)
    assert await resend(telling(service), *words) == 0
    assert set(house.bus.ids(BUREAU_TOPIC)) == {
        f"{BUREAU_TOPIC}/{letter}/3" for letter in (FIRST, SECOND)
    }


async def test_what_could_not_be_told_is_counted(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    async def snapshots(_: Bureau, run: str) -> AsyncIterator[IdempotentCommand[Note]]:
        yield told("refuse", letter=FIRST, name=run)
        yield told("bureau-x", letter=SECOND, name=run)

    partly = replace(service, snapshots=snapshots)
    assert await resend(partly, "--bureau", "guangzhou", "--snapshot") == 1
    said = capsys.readouterr()
    assert "1 封信件快照已发送" in said.out
    assert "1 封未能发送" in said.err


@pytest.mark.parametrize(
    "words", [[], ["--topic", PROGRESS_TOPIC], ["--since", "2026-11-24T09:00:00Z"]]
)
async def test_a_snapshot_is_of_a_bureaus_letters(service: Service, words: list[str]) -> None:
    bureau = ["--bureau", "guangzhou"] if words else []
    assert await resend(telling(service), *bureau, *words, "--snapshot") == 2


async def test_nothing_of_a_letter_is_shown(
    house: House, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    async with house.consuming():
        house.bus.put(asked(1))
    await resend(service, "--letter", FIRST)
    said = capsys.readouterr()
    assert "both" not in said.out + said.err
    assert FIRST not in said.out + said.err
