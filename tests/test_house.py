"""The house rules of STYLE hold everywhere, and each was seen to fail.

Each rule is a pure function from a root to its findings (tests/house/). It runs over the
repository, and over planted files that break it.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings

from shared.contracts.words import Clear
from tests.house import reprs, skeleton
from tests.house.planted import BROKEN, HARMLESS, Plant
from tests.house.rules import RULES, Rule
from tests.house.source import ROOT, parsed

PARTS = ("services", "shared", "clients")


@pytest.fixture(scope="module", autouse=True)
def parsed_once() -> Iterator[None]:
    """Syntax trees are shared by all rules, and released for the tests of other files."""
    yield
    parsed.cache_clear()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps(rule: Rule) -> None:
    findings = rule(ROOT)
    assert not findings, "\n" + "\n".join(findings)


@pytest.mark.parametrize("plant", BROKEN, ids=lambda plant: f"{plant.rule.__name__}-{plant.path}")
def test_a_rule_names_file_and_line_of_what_breaks_it(plant: Plant, tmp_path: Path) -> None:
    skeleton.write(tmp_path, plant.path, text=plant.text)
    findings = plant.rule(tmp_path)
    assert [each for each in findings if each.startswith(plant.seen)], findings


@pytest.mark.parametrize(("rule", "path", "text"), HARMLESS)
def test_a_rule_leaves_in_peace(rule: Rule, path: str, text: str, tmp_path: Path) -> None:
    skeleton.write(tmp_path, path, text=text)
    assert rule(tmp_path) == []


def test_every_rule_was_seen_to_fail() -> None:
    assert {plant.rule for plant in BROKEN} == set(RULES)


# --- imports -----------------------------------------------------------------------------------


# `make imports` runs the contracts over the repository.


def test_the_import_contracts_hold_for_the_suite_in_miniature(tmp_path: Path) -> None:
    holds, said = skeleton.imports_of(skeleton.build(tmp_path))
    assert holds, said


@pytest.fixture(scope="module")
def said_of_planted_imports(tmp_path_factory: pytest.TempPathFactory) -> str:
    root = skeleton.build(tmp_path_factory.mktemp("imports"))
    for path, text in skeleton.PLANTED.items():
        skeleton.write(root, path, text=text)
    holds, said = skeleton.imports_of(root)
    assert not holds
    return said


@pytest.mark.parametrize("case", skeleton.SEEN)
def test_a_contract_names_the_import_that_breaks_it(
    case: str, said_of_planted_imports: str
) -> None:
    assert skeleton.SEEN[case] in said_of_planted_imports


def test_an_extra_room_breaks_the_anatomy(tmp_path: Path) -> None:
    skeleton.write(skeleton.build(tmp_path), "services/router/tasks.py")
    holds, said = skeleton.imports_of(tmp_path)
    assert not holds
    assert "services.router.tasks" in said


def test_a_missing_room_breaks_the_anatomy(tmp_path: Path) -> None:
    (skeleton.build(tmp_path) / "services/router/store.py").unlink()
    holds, said = skeleton.imports_of(tmp_path)
    assert not holds
    assert "services.router.store" in said


# --- secrets in reprs --------------------------------------------------------------------------


def test_no_repr_shows_a_secret() -> None:
    shown = [each for kind in reprs.classes(*PARTS) for each in reprs.shown_secrets(kind)]
    assert not shown, "\n" + "\n".join(shown)


def test_the_search_finds_every_kind_of_words_and_every_settings_class() -> None:
    found = set(reprs.classes(*PARTS))
    assert {each for each in Clear.__subclasses__() if each.__module__ != __name__} <= found
    assert {each for each in found if issubclass(each, BaseSettings)}


class _Showing(BaseSettings):
    mongo_uri: str = ""


class _Hiding(BaseSettings):
    mongo_uri: SecretStr = SecretStr("")


class _Talkative(Clear):
    text: str = ""

    def __repr__(self) -> str:
        return self.text


class _Holder(BaseModel):
    letter: str
    said: _Talkative


@dataclass
class _Person:
    name: str
    phone: str = field(repr=False)


@dataclass
class _Ring:
    kid: str
    private_keys: dict[str, bytes]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        (_Showing, ["mongo_uri"]),
        (_Hiding, []),
        (_Talkative, ["text"]),
        (_Holder, ["said"]),
        (_Person, ["name"]),
        (_Ring, ["private_keys"]),
    ],
)
def test_a_repr_that_shows_a_secret_is_named(kind: type, shown: list[str]) -> None:
    found = reprs.shown_secrets(kind)
    assert [each.split(":")[0].rpartition(".")[2] for each in found] == shown


# --- the guard of conftest.py ------------------------------------------------------------------


@pytest.mark.parametrize("host", ["192.0.2.1", "example.invalid", "10.0.0.1"])
def test_no_test_reaches_beyond_loopback(host: str, refused_calls: list[str]) -> None:
    with pytest.raises(RuntimeError, match=f"to '{host}': tests talk to 127.0.0.1"):
        socket.create_connection((host, 9), timeout=1)
    assert refused_calls
    refused_calls.clear()


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()


def test_a_refusal_that_code_swallows_still_fails_its_test(tmp_path: Path) -> None:
    skeleton.write(tmp_path, "conftest.py", text=(ROOT / "tests/conftest.py").read_text())
    skeleton.write(tmp_path, "test_swallows.py", text=SWALLOWS)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "reached beyond loopback, and went on" in ran.stdout
    assert "--randomly-seed=" in ran.stdout


SWALLOWS = """
import contextlib, socket
def test_swallows():
    with contextlib.suppress(RuntimeError):
        socket.create_connection(("192.0.2.1", 9), timeout=1)
"""
