"""The operator's command that rotates the key of stored documents; no key is ever shown."""

import asyncio
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shared.platform.app.cli import main
from shared.platform.app.ring_command import LENGTHS
from shared.platform.crypto.key_files import to_base64url
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.repair.key_rotation import kids_in
from shared.platform.runtime import logs
from tests.shared.platform.app.test_cli import Settings, environment
from tests.support.builders import LETTER, seals_of, written
from tests.support.household import House
from tests.support.replicas import World

Command = Callable[..., int]
SECRET = to_base64url(b"k" * 32)

__all__ = ["environment"]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A service with one letter, and its ring in a file."""
    monkeypatch.setattr(logs, "setup", lambda *_: None)
    made = House(tmp_path)
    monkeypatch.setattr(made.database, "close", lambda: made.closed.append("database"))
    world = World(documents=made.documents)
    asyncio.run(hear(world))
    put_ring(tmp_path, "router-1", {"kid": "router-1", "alg": "A256GCM", "k": SECRET})
    return made


async def hear(world: World) -> None:
    """A letter comes."""
    await world.replica().hear(written())


def put_ring(folder: Path, current: str, *keys: dict[str, str]) -> None:
    """The ring as the service finds it."""
    ring = {"current": current, "keys": list(keys)}
    (folder / "router.ring.json").write_text(json.dumps(ring))


@pytest.fixture
def command(house: House) -> Command:
    """Runs one command in a process with the ring of the file."""

    def run(*words: str) -> int:
        ring = KeyRing.load(house.keys / "router.ring.json")
        house.seals = replace(seals_of(), ring=ring)
        return main("router", Settings, build=lambda _: house.build(), arguments=words)

    return run


def kids(house: House) -> set[str]:
    """Under which keys the letters are."""
    return set(kids_in(list(house.documents.kept.values())))


def take(house: House, file: Path) -> str:
    """The operator puts the new ring in its place; its newest key."""
    ring = json.loads(file.read_text())
    file.rename(house.keys / "router.ring.json")
    kid: str = ring["keys"][-1]["kid"]
    return kid


def test_a_ring_changes_over_step_by_step(
    house: House, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new.ring.json"
    assert command("ring", "add", str(file)) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kid = take(house, file)
    assert command("rotate") == 0
    assert kids(house) == {"router-1"}
    assert command("ring", "use", kid, str(file)) == 0
    take(house, file)
    assert command("rotate", "--check") == 1
    assert command("ring", "drop", "router-1", str(file)) == 2
    assert command("rotate") == 0
    assert kids(house) == {kid}
    assert command("rotate", "--check") == 0
    assert command("ring", "drop", "router-1", str(file)) == 0
    assert take(house, file) == kid
    assert command("rotate") == 0
    said = capsys.readouterr()
    assert "1 个值仍在旧密钥 router-1 之下 · values are still under router-1" in said.err
    assert f"全部在 {kid} 之下 · all of it is under that key" in said.out
    assert SECRET not in said.out + said.err
    assert json.loads((tmp_path / "router.ring.json").read_text())["keys"][0]["k"] not in said.out


def test_another_cipher_may_be_chosen(house: House, command: Command, tmp_path: Path) -> None:
    file = tmp_path / "new.ring.json"
    assert command("ring", "add", "--alg", "SM4GCM", str(file)) == 0
    ring = json.loads(file.read_text())
    assert [one["alg"] for one in ring["keys"]] == ["A256GCM", "SM4GCM"]
    assert ring["current"] == "router-1"
    assert KeyRing.load(file).current == "router-1"
    assert LENGTHS.keys() == {"A256GCM", "SM4GCM"}


def test_the_ring_is_listed_without_its_keys(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("ring", "list") == 0
    said = capsys.readouterr().out
    assert said.split() == ["router-1", "A256GCM", "当前", "current"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("use", "router-9"), "no such key"),
        (("drop", "router-9"), "no such key"),
        (("drop", "router-1"), "the current key can't leave"),
    ],
)
def test_what_makes_no_sense_is_told_and_writes_nothing(
    command: Command,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, str],
    why: str,
) -> None:
    file = tmp_path / "new.ring.json"
    assert command("ring", *words, str(file)) == 2
    assert why in capsys.readouterr().err
    assert not file.exists()


def test_no_file_is_written_over(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tmp_path / "router.ring.json").read_bytes()
    for place in (tmp_path / "router.ring.json", tmp_path / "nowhere" / "x"):
        assert command("ring", "add", str(place)) == 1
    assert "can't be written" in capsys.readouterr().err
    assert (tmp_path / "router.ring.json").read_bytes() == before


def test_a_letter_that_cannot_be_opened_is_told(
    house: House, command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {"kid": "router-2", "alg": "A256GCM", "k": to_base64url(b"x" * 32)}
    put_ring(tmp_path, "router-2", other)
    assert command("rotate") == 1
    assert "1 份无法打开" in capsys.readouterr().err
    assert LETTER in house.documents.kept


@pytest.mark.parametrize(
    "words", [("ring",), ("ring", "add"), ("ring", "use", "x"), ("rotate", "now"), ("ring", "x")]
)
def test_what_cannot_be_asked_for_is_a_usage(command: Command, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        command(*words)
    assert ended.value.code == 2
