"""The table of `decide` is complete, and each rule takes its own command."""

from typing import get_args, get_type_hints

import pytest

from services.notifier.domain.decide import RULES, Command
from services.notifier.domain.notification_policy import NotificationContext


def test_every_command_has_its_rule() -> None:
    assert set(get_args(Command)) == RULES.keys()


@pytest.mark.parametrize("command", RULES, ids=lambda command: command.__name__)
def test_each_rule_takes_its_command(command: type) -> None:
    first, second = list(get_type_hints(RULES[command]).values())[:2]
    assert (first, second) == (command, NotificationContext)
