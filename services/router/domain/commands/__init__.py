"""What the router can be told to do with a letter, by who tells it. Pure."""

from typing import TypeAlias

from services.router.domain.commands.answering import AnsweringCommand
from services.router.domain.commands.deciding import RoutingCommand, WatchingCommand
from services.router.domain.commands.holding import HoldingCommand
from services.router.domain.commands.serving import (
    ClockCommand,
    ReceiveLetter,
    RepeatingCommand,
    ServingCommand,
)
from services.router.domain.commands.writing import WritingCommand

Command: TypeAlias = (
    ReceiveLetter
    | HoldingCommand
    | AnsweringCommand
    | RoutingCommand
    | WatchingCommand
    | WritingCommand
    | ServingCommand
    | RepeatingCommand
    | ClockCommand
)
