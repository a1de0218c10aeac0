"""The table of `decide` is complete, and each rule takes the command that it stands beside."""

from typing import get_args, get_type_hints

import pytest

from services.router.domain.context import DecisionContext
from services.router.domain.decide import RULES, LetterCommand


def test_every_command_has_its_rule() -> None:
    assert set(get_args(LetterCommand)) == RULES.keys()


@pytest.mark.parametrize("command", RULES, ids=lambda command: command.__name__)
def test_each_rule_takes_its_command(command: type) -> None:
    (first, second) = list(get_type_hints(RULES[command]).values())[:2]
    assert command in (get_args(first) or (first,))
    assert second is DecisionContext
