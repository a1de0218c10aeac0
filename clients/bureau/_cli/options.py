"""The arguments of one subcommand: how the parser reads each, and which field it fills."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from clients.bureau._cli import arguments
from clients.bureau.action_records import promise
from shared.contracts.words import MAX_NOTE


@dataclass(frozen=True, slots=True)
class Option:
    """One argument of a subcommand."""

    field: str
    """The keyword of `draft` that it fills."""
    add: Callable[[argparse.ArgumentParser], object]
    read: Callable[[argparse.Namespace], Any]
    """Raises: ValidationError, BadWords, OSError."""


def option(flag: str, *, field: str | None = None, **settings: Any) -> Option:
    """An argument with the settings of `add_argument`; its field is called like the flag."""
    name = field or flag.removeprefix("--").replace("-", "_")
    return Option(
        name, lambda command: command.add_argument(flag, dest=name, **settings), attrgetter(name)
    )


def text(what: str, *, most: int = MAX_NOTE, is_needed: bool = True) -> Option:
    """Words in the clear, from the command line, a file or stdin."""
    return Option(
        "text",
        lambda command: arguments.add_text(command, what, most=most, is_needed=is_needed),
        arguments.text_of,
    )


def promises(flag: str) -> Option:
    """Commitments, each a date and a file with its words."""
    return Option(
        "commitments",
        lambda command: command.add_argument(
            flag, dest="commitments", nargs=2, action="append", metavar=("DATE", "FILE"),
            default=[],
            help="a promise, until that day: a file with its words; may be given up to ten times",
        ),
        lambda asked: tuple(
            promise(arguments.day(due_on), arguments.read_text(file))
            for due_on, file in asked.commitments
        ),
    )  # fmt: skip
