"""The command that counts open letters again after a calendar change, and its failures."""

from argparse import ArgumentParser
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from shared.kernel.letter_number import new_letter_number
from shared.platform.app import bulk_commands, calendar_command
from shared.platform.app.service import Service
from shared.platform.kafka.bus import BusFault
from shared.platform.letters.service_decider import IdempotentCommand
from tests.support.builders import PROGRESS_TOPIC, Note, told
from tests.support.household import House

LETTERS = [new_letter_number(bytes(range(at, at + 10))) for at in (0, 20, 40)]


@pytest.fixture
def service(house: House) -> Service:
    """A service with three letters whose dates are others."""

    async def commands(run: str) -> AsyncIterator[IdempotentCommand[Note]]:
        assert run
        for letter in LETTERS:
            yield told("moved", letter=letter)

    return replace(house.build(), recounts=commands)


async def count(service: Service) -> int:
    parser = ArgumentParser()
    calendar_command.add(parser.add_subparsers(dest="command"))
    return await calendar_command.run(parser.parse_args(["calendar-changed"]), service)


async def test_each_letter_is_told_and_how_many_is_said(
    house: House, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await count(service) == 0
    assert capsys.readouterr().out.startswith("3 封")
    assert len(house.bus.ids(PROGRESS_TOPIC)) == 3


async def test_what_could_not_be_kept_is_said_and_is_no_success(
    house: House, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    async def commands(_: str) -> AsyncIterator[IdempotentCommand[Note]]:
        yield told("broken", letter=LETTERS[0])
        yield told("moved", letter=LETTERS[1])

    assert await count(replace(service, recounts=commands)) == 1
    told_of = capsys.readouterr()
    assert told_of.out.startswith("1 封")
    assert "1 封未能重算" in told_of.err
    assert len(house.bus.ids(PROGRESS_TOPIC)) == 1


async def test_a_broker_that_fails_ends_it_and_what_was_kept_is_sent_when_it_goes_on(
    house: House, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_commands, "GROUP", 1)
    house.bus.fates.append("refused")
    with pytest.raises(BusFault):
        await count(service)
    assert await count(service) == 0
    assert len(house.bus.ids(PROGRESS_TOPIC)) == 3


async def test_a_service_that_counts_no_dates_says_so(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await count(house.build()) == 2
    assert "counts no dates" in capsys.readouterr().err
