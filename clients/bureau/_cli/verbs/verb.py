"""What is an action of the command line? Its help, its arguments, and what it makes of them."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from clients.bureau.asking import Made
from shared.contracts.event import Action

Parser: TypeAlias = argparse.ArgumentParser
Asked: TypeAlias = argparse.Namespace


@dataclass(frozen=True, slots=True)
class Verb:
    """One action of the command line."""

    help: str
    make: Callable[[Asked, int, Made], Action]
    """The action, from what was asked, the assignment, and when and by whom.

    Raises: ValidationError, BadWords, OSError.
    """
    add: Callable[[Parser], None] = lambda _: None
    """Adds the arguments that only this action has."""
