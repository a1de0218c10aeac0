"""What both loops are made of: a pass over the letters that are due, and how each is told."""

from collections.abc import Awaitable, Callable

from services.notifier.domain import Command, Letter
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.repair.passes import each

__all__ = ["Tell", "each"]

Tell = Callable[[IdempotentCommand[Command]], Awaitable[Letter]]
