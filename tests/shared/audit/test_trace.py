"""A trace shows one letter's life, in order, with desks and clocks, and without its words."""

import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from shared.audit import trace as module
from shared.audit.life import life
from shared.audit.looking import Look
from shared.audit.reading import some_letters
from shared.audit.settings import AuditSettings
from shared.audit.trace import FOUND, NOT_DONE, UNKNOWN, parser, told, trace
from shared.contracts.vocabulary import SERVICES
from shared.terminal import width_of
from tests.intake.diversions import DIVERSION
from tests.shared.audit.town import ANSWERED, OVERDUE, SECRETS, Town, town


async def look(letter: str = ANSWERED, of: Town | None = None) -> Look:
    """A letter as a trace finds it."""
    async for looks in some_letters((of or town()).archives(), [letter]):
        return looks[0]
    raise AssertionError


async def test_a_life_is_told_from_submission_to_the_end() -> None:
    rows = life(await look())
    names = [row.what for row in rows if row.where.startswith("letters.progress")]
    assert names == [
        "letter.received", "letter.routed", "letter.accepted", "reply.submitted", "letter.replied",
        "letter.rated", "letter.closed",
    ]  # fmt: skip
    assert rows[0].what == "letter.submitted"
    assert [row.at for row in rows] == sorted(row.at for row in rows)
    assert {row.service for row in rows} == set(SERVICES)


async def test_it_says_who_holds_the_letter_and_what_led_to_it() -> None:
    accepted = next(row for row in life(await look()) if row.what == "letter.accepted")
    assert accepted.by == "bureau guangzhou"
    assert accepted.after == "handling guangzhou 1"
    assert accepted.cause.startswith("bureau.guangzhou.actions ")
    assert accepted.clocks == ("■ sign_in", "■ objection")


async def test_it_tells_the_message_to_the_writer() -> None:
    message = next(row for row in life(await look()) if row.what.startswith("message replied"))
    assert message.what == "message replied: waiting"
    assert message.cause == "letters.progress 5"


async def test_a_message_that_was_given_up_is_told_with_what_the_gateway_said() -> None:
    here = town()
    kept = here.document("notifier")["state"]["deliveries"]
    message = next(delivery for delivery in kept if delivery["message"] == "replied")
    message |= {"standing": "given_up", "code": "503", "given_up_at": message["queued_at"]}
    assert "message replied: given_up (503)" in {row.what for row in life(await look(of=here))}


async def test_nothing_of_what_people_wrote_is_told() -> None:
    for letter in (ANSWERED, OVERDUE):
        text = "\n".join(told(await look(letter)))
        assert letter in text
        assert not [word for word in SECRETS if word in text]


async def test_marks_show_what_each_service_waits_for() -> None:
    here = town()
    kept = here.document("publisher")
    kept["heard"], kept["gap_since"] = {"progress": 9}, here.as_of
    kept["unsent"] = {"published": 1}
    here.parked["publisher"] = [{"_id": "x", "letter": ANSWERED}]
    del here.letters["notifier"][ANSWERED]
    lines = list(told(await look(of=here)))
    (publisher,) = [line for line in lines if line.startswith("  publisher")]
    for shown in ("seen: progress 7", "heard: progress 9", "unsent: published 1", "parked: 1"):
        assert shown in publisher
    assert "gap_since: 2026-" in publisher
    assert next(line for line in lines if line.startswith("  notifier")).endswith("nothing")


async def test_an_entry_that_cannot_be_read_is_told_as_such() -> None:
    here = town()
    here.document("router")["log"][1]["value"] = b"{"
    rows = life(await look(of=here))
    assert [row.what for row in rows if "(" in row.what] == ["letter.routed (bad_json)"]


async def test_a_diversion_has_a_life_too() -> None:
    rows = [row.what for row in life(await look(DIVERSION))]
    assert rows == ["letter.diverted", "message page: dropped", "duty.seen"]


async def test_columns_stand_below_their_headings() -> None:
    lines = list(told(await look()))
    heading = next(line for line in lines if line.startswith("北京时间 Asia/Shanghai"))
    place = len(heading[: heading.index("事件")].encode("gbk"))
    rows = [line for line in lines[lines.index(heading) + 1 :] if line[0] != " "]
    assert all(line[place - 2 : place] == "  " for line in rows)
    assert all(line[place] != " " for line in rows)


async def test_a_life_fits_a_narrow_terminal_and_dates_are_called_due() -> None:
    lines = list(told(await look(OVERDUE), width=60))
    assert all(width_of(line) <= 60 for line in lines)
    assert any("reply due 2026-" in line for line in lines)


@pytest.mark.parametrize("words", [[], [""], [" "]])
def test_without_a_number_it_says_how_to_give_one(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parser("trace").parse_args(words)
    assert ended.value.code == 2
    assert "make trace LETTER=GD-" in capsys.readouterr().err


def _settings() -> AuditSettings:
    uri = SecretStr("mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100")
    return AuditSettings.model_validate(
        {"env": "dev", "kafka_bootstrap": "127.0.0.1:9"}
        | {f"{service}_uri": uri for service in SERVICES}
    )


def test_an_unknown_number_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def nothing(*_: Any) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(module, "_look", nothing)
    assert trace(_settings(), "gd-what") == UNKNOWN
    told_to = capsys.readouterr()
    assert "no service knows" in told_to.err
    assert "what" not in told_to.out + told_to.err


def test_without_a_database_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert trace(_settings(), ANSWERED) == NOT_DONE
    assert "no database" in capsys.readouterr().err
    assert len({FOUND, UNKNOWN, NOT_DONE}) == 3
