"""What both loops are made of: a pass over the letters that are due, and how each is told."""

from collections.abc import Awaitable, Callable

from services.notifier.domain import Command, Letter
from shared.platform.passes import each
from shared.platform.rules import Told

__all__ = ["Tell", "each"]

Tell = Callable[[Told[Command]], Awaitable[Letter]]
