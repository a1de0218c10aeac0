"""How a rule is told as a story: given what happened, when something is asked, then this follows.

    given = Given(Decider(initial, decide, evolve))
    given(letter, routed).when(Reply(...)).then(replied)

`when` raises what the rule refuses, so a refusal is told with `pytest.raises`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.kernel.decider import Decider

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Given(Generic[C, S, E]):
    """The beginning of every story about one decider."""

    decider: Decider[C, S, E]

    def __call__(self, *events: E) -> Story[C, S, E]:
        """All that has happened so far."""
        return Story(self.decider, self.decider.replay(events))

    def state(self, state: S) -> Story[C, S, E]:
        """Some history that has led to `state`."""
        return Story(self.decider, state)


@dataclass(frozen=True, slots=True)
class Story(Generic[C, S, E]):
    """Where a story stands, and what was caused last."""

    decider: Decider[C, S, E]
    state: S
    caused: tuple[E, ...] = ()

    def when(self, *commands: C) -> Story[C, S, E]:
        """These are asked for, one after the other. Raises: Refused."""
        story = self
        for command in commands:
            story = story._told(command)
        return story

    def then(self, *events: E) -> Story[C, S, E]:
        """The last command caused exactly these, in this order."""
        assert self.caused == events, f"caused {_names(self.caused)}, not {_names(events)}"
        return self

    def then_nothing(self) -> Story[C, S, E]:
        """The last command caused nothing."""
        return self.then()

    def leaves(self, holds: Callable[[S], bool]) -> Story[C, S, E]:
        """This holds of the state that is left behind."""
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
