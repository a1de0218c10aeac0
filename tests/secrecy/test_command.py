"""The command that searches another system never shows the seeds."""

import asyncio
import io
from pathlib import Path

import pytest

from shared.platform.kafka.bus import Outbound
from shared.platform.mongo.database import Insert
from tests.secrecy.__main__ import NOT_DONE, NOTHING, SOMETHING, main
from tests.support.stack import Servers, servers

__all__ = ["servers"]

PHONE, PHRASE = "15473062918", "琥珀鹦鹉衔走七盏铜灯"


@pytest.fixture
def seeds(tmp_path: Path) -> str:
    path = tmp_path / "seeds"
    path.write_text(f"{PHONE}\n\n{PHRASE}\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "clean.log").write_text("record parked\n" * 100)
    return folder


def test_a_clean_folder_is_clean(
    seeds: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([seeds, str(folder)]) == NOTHING
    assert capsys.readouterr().out.startswith("0 found in 1,4")


def test_what_is_found_is_told_by_line_form_and_place(
    seeds: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = folder / "intake.log"
    log.write_text(f"to {PHONE}: \\u9e66\\u9e49\\u8854\\u8d70\\u4e03\\u76cf")
    for path in (folder, log):
        assert main([seeds, str(path)]) == SOMETHING
    told = capsys.readouterr().out
    assert told.count(f"line 1 (utf-8) in file {log} at 3\n") == 2
    assert told.count(f"line 3 (\\u) in file {log} at 22\n") == 2
    assert PHONE not in told
    assert not set(PHRASE) & set(told)


def test_seeds_come_from_the_standard_input_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "intake.log").write_text(PHRASE)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PHRASE}\n"))
    assert main(["-", str(folder)]) == SOMETHING


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "there are no seeds"),
        (b" \n\n", "there are no seeds"),
        ("陈小禾\n王\n".encode(), "line 2 is so short that chance would find it"),
        ("琥珀".encode("gb18030"), "no text in UTF-8"),
    ],
)
def test_seeds_that_cannot_be_looked_for_are_refused(
    content: bytes, said: str, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad"
    path.write_bytes(content)
    assert main([str(path), str(folder)]) == NOT_DONE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nowhere"], [], ["--databases"], ["--topics"]])
def test_what_cannot_be_searched_is_not_called_clean(
    words: list[str],
    seeds: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("KAFKA_BOOTSTRAP", "MONGO_URI"):
        monkeypatch.delenv(f"MAILBOX_{name}", raising=False)
    assert main([seeds, *words]) == NOT_DONE
    assert capsys.readouterr().err.startswith("secrecy: ")


def test_a_broker_and_a_database_that_are_away_are_told(
    seeds: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILBOX_ENV", "dev")
    monkeypatch.setenv("MAILBOX_KAFKA_BOOTSTRAP", "127.0.0.1:9")
    monkeypatch.setenv("MAILBOX_MONGO_URI", "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100")
    assert main([seeds, "--topics"]) == NOT_DONE
    assert main([seeds, "--databases"]) == NOT_DONE
    told = capsys.readouterr().err
    assert "the broker can't be read: KafkaConnectionError" in told
    assert "the databases can't be read: ServerSelectionTimeoutError" in told


@pytest.mark.real
@pytest.mark.slow
async def test_topics_and_databases_are_searched_by_their_settings(
    servers: Servers,
    seeds: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bus, database = servers.bus(), servers.database()
    await bus.start()
    try:
        leak = Outbound("letters.diverted", PHONE.encode(), b"{}", (("x", PHRASE.encode()),))
        assert await bus.send([leak]) == [None]
        await database.collection("notes").write([Insert({"_id": PHRASE})])
    finally:
        await bus.stop()
        database.close()
    for name, value in servers.environment.items():
        monkeypatch.setenv(name, value)
    asked = [seeds, "--topics", "--databases"]
    assert await asyncio.to_thread(main, asked) == SOMETHING
    told = capsys.readouterr().out
    assert "line 1 (utf-8) in record letters.diverted" in told
    assert "line 3 (utf-8) in record letters.diverted" in told
    assert "notes.bson" in told
