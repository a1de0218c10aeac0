"""Operators see what is due, erase by an order, and carry the ledger over a restore."""

import json
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.vocabulary import Erasable
from shared.kernel.errors import OutOfOrder
from shared.platform.app import erase_command, erasures_command
from shared.platform.app.retention import AskedBy, Retention, RetentionOverview, RuleDue
from shared.platform.app.service import Service
from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.crypto.signed_exports import ExportSigner
from shared.platform.repair.erasure_replay import PastErasure
from tests.intake.story import LETTER
from tests.support.doubles import START
from tests.support.household import House

OTHER_RING = KeyRing("other", {"other": A256GCM(bytes(range(32)))})


@dataclass
class Desk:
    """Stands for intake's eraser and ledger."""

    runs: bool = False
    erased: list[tuple[Any, ...]] = field(default_factory=list)

    async def present(self, letter: str, what: Sequence[Erasable]) -> tuple[Erasable, ...]:
        """All of it, unless the letter runs."""
        if self.runs:
            raise OutOfOrder("erase while handling")
        return tuple(what)

    async def erase(
        self,
        letter: str,
        what: Sequence[Erasable],
        *,
        rule: str,
        by: AskedBy,
        reference: str = "",
    ) -> tuple[Erasable, ...]:
        """Remember it."""
        await self.present(letter, what)
        self.erased.append((letter, tuple(what), rule, by, reference))
        return tuple(what)

    async def overview(self) -> RetentionOverview:
        """Two letters are due."""
        return RetentionOverview([RuleDue("letters.words", 2, START)], START)

    async def ledger(self) -> AsyncIterator[Any]:
        """One erasure."""
        yield _Entry(LETTER, ("words",), START)


@dataclass(frozen=True)
class _Entry(PastErasure):
    rule: str = "letters.words"
    by: str = "rule"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def service(tmp_path: Path, desk: Desk) -> Service:
    """A service that decides erasures."""
    house = House(tmp_path)
    signer = ExportSigner(house.seals.ring, "intake")
    retention = Retention(desk, desk.overview, desk.ledger, signer)
    return replace(house.build(), retention=retention)


async def run(command: Any, service: Service, *words: str) -> int:
    parser = ArgumentParser()
    command.add(parser.add_subparsers(dest="command"))
    return int(await command.run(parser.parse_args([*words]), service))


def test_bad_words_are_refused_by_the_parser() -> None:
    parser = ArgumentParser()
    erase_command.add(parser.add_subparsers(dest="command"))
    for words in (
        ["--letter", "GD-1"],
        ["--what", "everything"],
        ["--what", ""],
        ["--rule", "Court Order"],
        ["--reason", "a b"],
        ["--reason", "x" * 65],
        ["--reason", ""],
    ):
        with pytest.raises(SystemExit):
            parser.parse_args(["erase", *words])


async def test_without_a_letter_it_lists_what_is_due(
    service: Service, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(erase_command, service, "erase") == 0
    out = capsys.readouterr().out
    assert "letters.words" in out
    assert "next due" in out
    assert desk.erased == []


async def test_it_only_says_what_it_would_do_until_yes(
    service: Service, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["erase", "--letter", LETTER, "--what", "words,identity"]
    assert await run(erase_command, service, *words) == 0
    assert "would erase: identity, words" in capsys.readouterr().out
    assert await run(erase_command, service, *words, "--yes") == 2, "without rule and reason"
    assert desk.erased == []
    order = ("--rule", "court_order", "--reason", "公信〔2031〕5")
    assert await run(erase_command, service, *words, *order, "--yes") == 0
    assert desk.erased == [
        (LETTER, ("identity", "words"), "operator.court_order", "operator", "公信〔2031〕5")
    ]


async def test_a_letter_that_runs_is_refused(
    service: Service, desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.runs = True
    assert await run(erase_command, service, "erase", "--letter", LETTER) == 1
    assert "out_of_order" in capsys.readouterr().err


async def test_other_services_decide_nothing(tmp_path: Path) -> None:
    service = House(tmp_path).build()
    assert await run(erase_command, service, "erase") == 2
    assert await run(erasures_command, service, "erasures", "export", str(tmp_path / "o")) == 2


async def test_the_exported_ledger_is_applied_once_and_has_no_content(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "erasures.jsonl"
    assert await run(erasures_command, service, "erasures", "export", str(file)) == 0
    (line,) = file.read_text("utf-8").splitlines()
    assert set(json.loads(line)) == {"letter", "what", "rule", "by", "at"}
    capsys.readouterr()
    assert await run(erasures_command, service, "erasures", "apply", str(file)) == 0
    assert capsys.readouterr().out.startswith("0 条已重新删除，1 条")


async def test_a_ledger_that_is_not_as_signed_is_not_applied(
    service: Service, tmp_path: Path
) -> None:
    file = tmp_path / "erasures.jsonl"
    await run(erasures_command, service, "erasures", "export", str(file))
    others = tmp_path / "others.json"
    others.write_text(json.dumps(ExportSigner(OTHER_RING, "intake").public_keys()))
    assert (
        await run(erasures_command, service, "erasures", "apply", str(file), "--keys", str(others))
        == 1
    )
    file.write_text(file.read_text("utf-8").replace("words", "identity"), "utf-8")
    assert await run(erasures_command, service, "erasures", "apply", str(file)) == 1


@pytest.mark.parametrize("broken", ["", ".jws", ".keys.json"])
async def test_a_file_that_is_missing_or_unreadable_is_said(
    service: Service, tmp_path: Path, broken: str
) -> None:
    file = tmp_path / "erasures.jsonl"
    await run(erasures_command, service, "erasures", "export", str(file))
    part = tmp_path / f"erasures.jsonl{broken}"
    part.unlink()
    assert await run(erasures_command, service, "erasures", "apply", str(file)) == 2
    part.write_bytes(b"\xff[1]")
    assert await run(erasures_command, service, "erasures", "apply", str(file)) in (1, 2)
