"""The table of `decide` is complete, and each rule takes its own command."""

from typing import get_args, get_type_hints

import pytest

from services.router.domain.actors import Command
from services.router.domain.context import DecisionContext
from services.router.domain.decide import RULES
from services.router.domain.registration import ReceiveLetter


def test_every_command_has_its_rule() -> None:
    known = {command for actor in get_args(Command) for command in actor.__subclasses__()}
    assert known == RULES.keys() | {ReceiveLetter}


@pytest.mark.parametrize("command", RULES, ids=lambda command: command.__name__)
def test_each_rule_takes_its_command(command: type) -> None:
    first, second = list(get_type_hints(RULES[command]).values())[:2]
    assert command in (get_args(first) or (first,))
    assert second is DecisionContext
