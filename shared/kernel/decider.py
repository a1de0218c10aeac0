"""The decider pattern: rules as two functions and an initial state.

`decide(command, state)` returns the events that a command causes, and may refuse; `evolve(state,
event)` returns the next state, and never refuses.
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
    """The events caused by a command; none if it already happened. Raises: Refused."""
    evolve: Callable[[S, E], S]
    """The state after an event. Never refuses, because events are facts."""

    def replay(self, events: Iterable[E]) -> S:
        """The state after a history of events."""
        state = self.initial
        for event in events:
            state = self.evolve(state, event)
        return state
