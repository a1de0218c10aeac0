"""The operator's commands: arguments, output and errors, which never show a citizen's words."""

import asyncio
import gc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError

from shared.kernel.errors import BadData
from shared.platform.app.cli import GC_THRESHOLDS, main
from shared.platform.app.service import Service
from shared.platform.app.shell import PARKED
from shared.platform.consumer.dead_letter_store import DeadLetterStore
from shared.platform.crypto.key_files import BadKeys
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.dead_letters import Faulty
from shared.platform.runtime import logs
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.settings import ServiceSettings
from shared.sealing.envelopes import Sealer
from shared.sealing.key_directory import KeyDirectory
from tests.support.builders import (
    LETTER,
    PROGRESS_TOPIC,
    SECRETS,
    SUBMITTED_TOPIC,
    asked,
    seals_of,
    told,
    written,
)
from tests.support.household import House

Command = Callable[..., int]
EVENT = f"{SUBMITTED_TOPIC}/{LETTER}/1"


class Settings(ServiceSettings):
    """Settings that need no environment."""

    http_port: int = 8080


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "ENV": "dev",
        "KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "MONGO_URI": "mongodb://127.0.0.1:9/",
        "DATABASE": "mailbox_test",
        "STAFF_ISSUER": "i",
        "STAFF_AUDIENCE": "a",
        "STAFF_JWKS_URL": "http://127.0.0.1:9/",
        "KEYS_DIR": str(tmp_path),
    }.items():
        monkeypatch.setenv(f"MAILBOX_{name}", value)
    monkeypatch.setattr(logs, "setup", lambda *_: None)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path)
    monkeypatch.setattr(made.database, "close", lambda: made.closed.append("database"))
    return made


@pytest.fixture
def command(house: House) -> Command:
    def run(*words: str) -> int:
        return main("router", Settings, build=lambda _: house.build(), arguments=words)

    return run


def park(house: House, *raws: Inbound, code: str = "unreadable") -> None:
    parking = DeadLetterStore(house.database.collection(PARKED), seals_of().ring, now=house.clock)
    asyncio.run(parking.park([Faulty(raw, code, "bad_value") for raw in raws]))


def parked(house: House) -> list[str]:
    return sorted(house.database.collection(PARKED).kept)


def broken(raw: Inbound) -> Inbound:
    return replace(raw, value=b"{" + raw.value)


# --- looking -------------------------------------------------------------------------------------


def test_nothing_parked_is_said_so(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("parked", "list") == 0
    assert capsys.readouterr().out == "0 条封存记录 · parked records\n"


def test_the_list_shows_structure_and_no_words(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, broken(written(1)), broken(asked(2)))
    assert command("parked", "list") == 0
    head, first, second, count = capsys.readouterr().out.splitlines()
    assert head.split() == [
        "ID",
        "CODE",
        "REASON",
        "TYPE",
        "SEQUENCE",
        "BYTES",
        "PARKED,",
        "Asia/Shanghai",
    ]
    assert first.split()[:5] == [
        EVENT,
        "unreadable",
        "bad_value",
        "gd.mailbox.letter.submitted.v1",
        "1",
    ]
    assert second.split()[-2:] == ["2026-11-24", "09:00:00"]
    assert count == "2 条封存记录 · parked records"


def test_the_list_of_one_topic_has_no_other(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, broken(asked(1)))
    assert command("parked", "list", "--topic", "letters.deadlines") == 0
    assert capsys.readouterr().out.startswith("0 ")


def test_one_is_shown_by_its_structure_and_no_words(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, broken(written(1)))
    assert command("parked", "show", EVENT) == 0
    shown = capsys.readouterr().out
    lines = dict(line.split(maxsplit=1) for line in shown.splitlines())
    assert lines["letter"] == LETTER
    assert lines["place"] == f"{SUBMITTED_TOPIC}, partition 0, offset 1"
    assert "ce_type 30" in lines["headers"]
    assert not [secret for secret in SECRETS if secret in shown]


# --- doing ---------------------------------------------------------------------------------------


def test_a_replayed_record_is_applied_sent_and_gone(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, asked(1))
    assert command("parked", "replay", EVENT) == 0
    assert capsys.readouterr().out == f"已重放 · replayed: {EVENT}\n"
    assert parked(house) == []
    assert house.bus.ids(PROGRESS_TOPIC) == [f"{PROGRESS_TOPIC}/{LETTER}/1"]


def test_all_are_replayed_in_order_and_what_stays_is_told(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, asked(2), asked(1), broken(asked(3)), asked(1, letter="GD-TEST-0002"))
    assert command("parked", "replay", "--all") == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 3
    assert said.err == f"仍不可读，继续封存 · still can't be read, stays parked: {EVENT[:-1]}3\n"
    assert parked(house) == [f"{EVENT[:-1]}3"]
    assert house.bus.ids(PROGRESS_TOPIC, LETTER) == [
        f"{PROGRESS_TOPIC}/{LETTER}/{n}" for n in (1, 2)
    ]


def test_replaying_all_of_nothing_is_done(command: Command) -> None:
    assert command("parked", "replay", "--all") == 0


def test_dropping_wants_to_be_sure(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, broken(asked(1)))
    assert command("parked", "drop", EVENT) == 2
    assert "--yes" in capsys.readouterr().err
    assert parked(house) == [EVENT]
    assert command("parked", "drop", EVENT, "--yes") == 0
    assert parked(house) == []
    assert house.documents.kept[LETTER]["seen"] == {"submitted": 1}


def test_one_whose_turn_has_not_come_is_not_dropped(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, broken(asked(2)))
    assert command("parked", "drop", f"{EVENT[:-1]}2", "--yes") == 1
    assert "earlier event" in capsys.readouterr().err
    assert parked(house) == [f"{EVENT[:-1]}2"]


def test_many_are_dropped_in_one_call_in_the_order_of_their_turns(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "GD-TEST-0002"
    park(house, *(broken(asked(number)) for number in (3, 2, 1)), broken(asked(1, letter=other)))
    assert command("parked", "drop", f"{EVENT[:-1]}2", EVENT, "--yes") == 0
    assert command("parked", "drop", "--letter", other, "--yes") == 0
    assert parked(house) == [f"{EVENT[:-1]}3"]
    assert command("parked", "drop", "--topic", SUBMITTED_TOPIC, "--yes") == 0
    assert parked(house) == []
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_what_waits_for_an_event_that_never_comes_is_dropped_with_a_reason(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, *(broken(asked(number)) for number in (2, 3)))
    assert command("parked", "drop", "--all", "--yes") == 1
    assert "--force" in capsys.readouterr().err
    assert command("parked", "drop", "--all", "--yes", "--force") == 2
    assert "--reason" in capsys.readouterr().err
    assert len(parked(house)) == 2
    reason = "处长批准：源库已丢失 · agreed 24 Nov"
    assert command("parked", "drop", "--all", "--yes", "--force", "--reason", reason) == 0
    assert parked(house) == []
    assert reason not in str(house.database.collection("dropped").kept)
    capsys.readouterr()
    assert command("parked", "dropped") == 0
    said = capsys.readouterr().out
    assert said.count(reason) == 2
    assert said.endswith("2 条已放弃 · dropped records\n")


# --- what makes no sense -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [("show", "letters.submitted/x/1"), ("replay", "$where"), ("drop", "陈小圆", "--yes")],
    ids=["show", "replay", "drop"],
)
def test_what_is_not_parked_is_told_and_not_repeated(
    command: Command, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert command("parked", *words) == 2
    said = capsys.readouterr().err
    assert "nothing is parked under that id" in said
    assert words[1] not in said


@pytest.mark.parametrize(
    "words",
    [
        ("parked",),
        ("parked", "burn"),
        ("parked", "replay"),
        ("parked", "replay", EVENT, "--all"),
        ("parked", "list", "--topic", "bureau.foshan.actions"),
        ("parked", "drop"),
        ("parked", "drop", EVENT, "--all"),
        ("parked", "drop", EVENT, "--reason", " "),
        ("dance",),
    ],
    ids=[
        "nothing",
        "unknown",
        "which",
        "both",
        "not parked",
        "what",
        "which one",
        "why",
        "command",
    ],
)
def test_what_cannot_be_asked_for_is_a_usage_error(
    command: Command, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(*words)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


# --- what fails ----------------------------------------------------------------------------------


def test_looking_needs_no_broker(house: House, command: Command) -> None:
    park(house, broken(asked(1)))
    house.bus.faults.append(KafkaConnectionError())
    assert command("parked", "show", EVENT) == 0


def test_a_broker_that_is_away_is_told_and_everything_is_let_go(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, asked(1))
    house.bus.faults.append(KafkaConnectionError())
    assert command("parked", "replay", EVENT) == 1
    assert capsys.readouterr().err == "Kafka 没有应答 · the broker fails: KafkaConnectionError\n"
    assert parked(house) == [EVENT]
    assert house.closed == ["wiring", "database"]


def test_a_database_that_is_away_is_told(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    house.database.collection(PARKED).unread.append(True)
    assert command("parked", "list") == 1
    assert "数据库没有应答 · the database fails" in capsys.readouterr().err


def test_a_public_key_that_is_missing_is_told_and_the_record_stays(
    house: House, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    park(house, written(1))
    house.seals = replace(house.seals, sealer=Sealer(KeyDirectory(), now=utc_now))
    assert command("parked", "replay", EVENT) == 1
    assert capsys.readouterr().err == "缺少有效公钥 · no valid public key of intake\n"
    assert parked(house) == [EVENT]


def test_keys_that_cannot_be_used_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    def build(_: Settings) -> Service:
        raise BadKeys("router.ring.json: no list of keys")

    assert main("router", Settings, build=build, arguments=["parked", "list"]) == 1
    assert "router.ring.json: no list of keys" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["parked", "list"]])
def test_a_data_file_that_cannot_be_used_is_told_in_a_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def build(_: Settings) -> Service:
        raise BadData("ours.yaml: holders[3].office: there is no such office")

    assert main("router", Settings, build=build, arguments=arguments) == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.endswith("can't be used: ours.yaml: holders[3].office: there is no such office")


def test_without_a_command_it_serves(house: House) -> None:
    served: list[str] = []

    class Serving(Service):
        async def run(self) -> None:
            served.append(type(asyncio.get_running_loop()).__module__)
            assert (gc.get_freeze_count() > 0, gc.get_threshold()) == (True, GC_THRESHOLDS)

    def build(_: Settings) -> Service:
        made = house.build()
        return Serving(**{name: getattr(made, name) for name in Service.__dataclass_fields__})

    assert main("router", Settings, build=build, arguments=[]) == 0
    assert served == ["uvloop"]


def put_back(house: House) -> None:
    """An event is on the topic, and the database knows nothing of it."""

    async def say() -> None:
        letters = house.build().shell.letters
        await letters.send(await letters.decide_and_store([told("x")]))

    asyncio.run(say())
    house.documents.kept.clear()


@pytest.mark.parametrize(
    ("words", "code"), [(("resend", "--since", "2026-11-24T09:00:00+08:00"), 1), ((), 2)]
)
def test_nothing_is_sent_from_a_database_that_was_put_back(
    house: House,
    command: Command,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
) -> None:
    put_back(house)
    assert command(*words) == code
    assert "docs/runbooks/restored.md" in capsys.readouterr().err
    assert house.bus.ids(PROGRESS_TOPIC) == [f"{PROGRESS_TOPIC}/{LETTER}/1"]
