"""The bureau's guide covers every action, and its examples run."""

import ast
import inspect
import re
import shlex
from pathlib import Path
from typing import get_args

import pytest

from clients.bureau import Mailbox
from clients.bureau._cli.command import command_line
from clients.bureau.action_records import Made
from clients.bureau.actions import ACTION_ROWS
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.outcomes import EXPLAINED
from clients.bureau.simulate.settings import SimulateSettings
from shared.contracts import vocabulary
from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.catalogue import ACTIONS, TO_BUREAUS
from shared.contracts.event import Event, Fact
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.vocabulary import ActionRefusal
from tests.clients.making import GZ, LETTER, NOON

GUIDE = Path(__file__).parents[2] / "docs" / "bureau-guide.md"
TEXT = GUIDE.read_text("utf-8")
CODE = re.compile(r"`([^`]+)`")
RECEIVED: list[type[Event]] = sorted(TO_BUREAUS, key=lambda kind: kind.type)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def commands() -> list[list[str]]:
    """The words of each `bureau …` line, with a letter number in place of its placeholder."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    found = [shlex.split(line, comments=True) for line in lines if line.startswith("bureau ")]
    number = re.compile(r"\$L|GD-[XY]{4}(-[XY]{4}){3}-[XY]")
    bare = [words[: words.index(">")] if ">" in words else words for words in found]
    return [[number.sub(LETTER, word) for word in words[1:]] for words in bare]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_each_command_is_one_that_the_terminal_takes(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILBOX_BUREAU", GZ)
    monkeypatch.setenv("MAILBOX_BUREAU_KEY_FILE", "own.private.jwks.json")
    monkeypatch.chdir(tmp_path)
    for name in ("reply.txt", "refusal.txt", "promise.txt"):
        Path(name).write_text("您好。", "utf-8")
    asked = command_line().parse_args(words)
    if asked.command in ACTION_ROWS:
        action = ACTION_ROWS[asked.command].make(
            asked, 1, made=Made(made_at=NOON, staff=asked.staff)
        )
        assert type(action) in ACTIONS


def test_each_subcommand_has_an_example() -> None:
    assert {words[0] for words in commands()} == {*ACTION_ROWS, "listen", "fetch", "key", "check"}


def test_each_method_is_called_as_it_can_be() -> None:
    called = set()
    for block in blocks("python"):
        for node in ast.walk(ast.parse(block)):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("mailbox.")):
                continue
            method = getattr(Mailbox, node.func.attr)  # type: ignore[attr-defined]  # seen above
            words = {str(one.arg): None for one in node.keywords}
            inspect.signature(method).bind(None, *node.args, **words)
            called.add(method.__name__)
    ways = set(vars(Mailbox.__mro__[1])) - {"ask", "made"}
    assert called >= {name for name in ways if not name.startswith("_")}


def test_each_action_and_each_refusal_is_explained_in_both_languages() -> None:
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    first = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row.split("|")[1])}
    names = {kind.type.split(".")[-2] for kind in ACTIONS}
    assert names | set(get_args(ActionRefusal)) <= first
    assert set(EXPLAINED) == set(get_args(ActionRefusal))


def received() -> dict[str, set[str]]:
    """The fields in the guide's row for each event that a bureau receives."""
    _, _, table = TEXT.partition("| 类型 type | 何时 when | 成员 members |\n")
    told: dict[str, set[str]] = {}
    for row in table.partition("\n\n")[0].splitlines()[1:]:
        _, types, _, members, _ = row.split("|")
        named = {name for code in CODE.findall(members) for name in re.findall(r"[a-z_.]+", code)}
        told |= dict.fromkeys(CODE.findall(types), named)
    return told


def members(kind: type[Event]) -> set[str]:
    """Its own fields, besides those of all facts."""
    common = Fact.model_fields if issubclass(kind, Fact) else {}
    named = {name: one.serialization_alias or name for name, one in kind.model_fields.items()}
    return {named[name] for name in named.keys() - common.keys()}


def test_each_kind_of_record_that_a_bureau_receives_is_told_and_no_other() -> None:
    names = {kind.type.removeprefix("gd.mailbox.").rpartition(".")[0] for kind in RECEIVED}
    assert received().keys() == names


@pytest.mark.parametrize("kind", RECEIVED, ids=lambda kind: kind.type)
def test_each_row_names_all_members_and_besides_them_only_values(kind: type[Event]) -> None:
    told = received()[kind.type.removeprefix("gd.mailbox.").rpartition(".")[0]]
    values = {value for one in vars(vocabulary).values() for value in get_args(one)}
    assert members(kind) <= told
    assert told - members(kind) <= values


def test_what_all_of_them_have_is_told_once() -> None:
    told = TEXT.partition("- **公共成员**")[2].partition("\n- **")[0]
    assert set(Fact.model_fields) <= set(CODE.findall(told))
    others = {kind for kind in RECEIVED if not issubclass(kind, Fact)}
    assert others == {ActionRefused, IdentityWithheld}


def test_each_share_of_the_simulation_is_told_with_its_default() -> None:
    for name, field in SimulateSettings.model_fields.items():
        variable = f"MAILBOX_{name.upper()}"
        if isinstance(field.default, float) and not name.endswith("_s"):
            assert f"| `{variable}` | `{field.default:g}` |" in TEXT
    assert "| `MAILBOX_BUREAUS_MIX` | `everyday` |" in TEXT


def test_each_scenario_of_the_check_is_told() -> None:
    rows = TEXT.partition("| 情形 scenario |")[2].partition("\n\n")[0].splitlines()[2:]
    told = [name for row in rows for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])]
    assert sorted(told) == sorted(SCENARIOS)
