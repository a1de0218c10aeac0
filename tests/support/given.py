"""Given-when-then stories for rules.

    given = Given(Decider(initial, decide, evolve))
    given(letter, routed).when(Reply(...)).then(replied)

`when` raises the rule's refusal; test it with `pytest.raises`.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class Given(Generic[C, S, E]):
    """The start of every story about one decider."""

    decider: Decider[C, S, E]

    def __call__(self, *events: E) -> Story[C, S, E]:
        """All events so far."""
        return Story(self.decider, self.decider.replay(events))

    def state(self, state: S) -> Story[C, S, E]:
        """Some history that has led to `state`."""
        return Story(self.decider, state)


@dataclass(frozen=True, slots=True)
class Story(Generic[C, S, E]):
    """The present state, and the last command's events."""

    decider: Decider[C, S, E]
    state: S
    caused: tuple[E, ...] = ()

    def when(self, *commands: C) -> Story[C, S, E]:
        """Decide these commands, one after the other. Raises: Refused."""
        story = self
        for command in commands:
            story = story._told(command)
        return story

    def then(self, *events: E) -> Story[C, S, E]:
        """The last command caused exactly these events, in this order."""
        assert self.caused == events, f"caused {_names(self.caused)}, not {_names(events)}"
        return self

    def then_nothing(self) -> Story[C, S, E]:
        """The last command caused nothing."""
        return self.then()

    def leaves(self, holds: Callable[[S], bool]) -> Story[C, S, E]:
        """This holds for the state after the story."""
        assert holds(self.state), f"does not hold of {self.state!r}"
        return self

    def _told(self, command: C) -> Story[C, S, E]:
        caused = self.decider.decide(command, self.state)
        state = self.state
        for event in caused:
            state = self.decider.evolve(state, event)
        return Story(self.decider, state, caused)


def _names(events: tuple[E, ...]) -> str:
    return ", ".join(repr(event) for event in events) or "nothing"
