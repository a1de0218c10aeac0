"""The operator's command that applies corrections, and what a failure leaves of the file."""

import json
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.platform.app import corrections_command
from shared.platform.app.service import Service
from shared.platform.mongo.database import DatabaseFault
from tests.support.household import House

CASES: list[Mapping[str, Any]] = [{"id": "1", "city": "foshan"}, {"id": "2", "city": None}]


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A service of which two letters were corrected."""

    async def cases() -> AsyncIterator[Mapping[str, Any]]:
        for case in CASES:
            yield case

    return replace(House(tmp_path).build(), corrections=cases)


async def export(service: Service, out: Path) -> int:
    parser = ArgumentParser()
    corrections_command.add(parser.add_subparsers(dest="command"))
    return await corrections_command.run(parser.parse_args(["corrections", str(out)]), service)


async def test_each_case_is_a_line_and_how_many_is_said(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cases.jsonl"
    assert await export(service, out) == 0
    assert [json.loads(line) for line in out.read_text("utf-8").splitlines()] == CASES
    assert capsys.readouterr().out.startswith("2 封")


async def test_a_database_that_fails_leaves_the_old_file(service: Service, tmp_path: Path) -> None:
    out = tmp_path / "cases.jsonl"
    out.write_text("old", "utf-8")

    async def cases() -> AsyncIterator[Mapping[str, Any]]:
        yield CASES[0]
        raise DatabaseFault

    with pytest.raises(DatabaseFault):
        await export(replace(service, corrections=cases), out)
    assert out.read_text("utf-8") == "old"


async def test_a_file_that_cannot_be_written_is_said(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await export(service, tmp_path) == 2
    assert "can't be written" in capsys.readouterr().err


async def test_a_service_that_sorts_no_letters_says_so(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await export(replace(service, corrections=None), tmp_path / "cases.jsonl") == 2
    assert "sorts no letters" in capsys.readouterr().err
    assert not (tmp_path / "cases.jsonl").exists()
