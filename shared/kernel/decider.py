"""What is a decider? Rules as two functions and a beginning. Pure.

`decide(command, state)` says what a command causes, and may refuse; `evolve(state, event)` says
what a fact leaves behind, and may not.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Decider(Generic[C, S, E]):
    """The rules of one kind of document."""

    initial: S
    """The state before the first event."""
    decide: Callable[[C, S], tuple[E, ...]]
    """What a command causes in a state; nothing when it has already happened. Raises: Refused."""
    evolve: Callable[[S, E], S]
    """The state that an event leaves behind. Never refuses: a fact is a fact."""

    def replay(self, events: Iterable[E]) -> S:
        """The state that a history leaves behind."""
        state = self.initial
        for event in events:
            state = self.evolve(state, event)
        return state
