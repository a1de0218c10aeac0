"""Goes through every order of steps, breadth first, or through some at random."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.protocol import adversary, beginning, healing, working
from tests.protocol.checks import check_end
from tests.protocol.scenario import Scenario
from tests.protocol.world import Step, Violation, World

LONGEST_WALK = 400


@dataclass(frozen=True)
class Outcome:
    """The result of a search."""

    states: int
    """Explored; in walks: steps made."""
    ends: int
    """In which nothing promised was left to do; in walks: runs that came to their end."""
    cut: int
    """Steps not followed because a topic had grown too long; in walks: runs not ended in time."""
    is_whole: bool
    """Whether there was nothing left to explore."""
    violation: str = ""
    trace: tuple[str, ...] = ()
    """The steps to it, the fewest when explored breadth first."""


def steps(scenario: Scenario, world: World) -> Iterator[Step]:
    """Everything that can happen next."""
    yield from working.advance(scenario, world)
    yield from beginning.begin(scenario, world)
    yield from healing.heal(scenario, world)
    yield from adversary.strike(scenario, world)


def explore(scenario: Scenario, *, most: int = 1_000_000) -> Outcome:
    """Every state that can be reached, up to `most`; the first violation ends it."""
    start = scenario.start()
    came_from: dict[World, tuple[World, str] | None] = {start: None}
    waiting = deque([start])
    ends = cut = 0
    while waiting and len(came_from) <= most:
        world = waiting.popleft()
        try:
            following = list(steps(scenario, world))
            if not any(step.is_promised for step in following):
                ends += 1
                check_end(scenario, world)
        except Violation as found:
            return Outcome(len(came_from), ends, cut, False, str(found), _way(came_from, world))
        for step in following:
            if _is_long(scenario, step.world):
                cut += 1
            elif step.world not in came_from:
                came_from[step.world] = (world, step.says)
                waiting.append(step.world)
    return Outcome(len(came_from), ends, cut, not waiting)


def walk(scenario: Scenario, *, seed: int, runs: int, evil: float = 0.15) -> Outcome:
    """Some ways, chosen at random; `evil` is how often an adversary goes first."""
    chance = Random(seed)  # noqa: S311 - a search, not a secret
    made = ends = cut = 0
    for _ in range(runs):
        trace: list[str] = []
        try:
            ended = _one_walk(scenario, chance, evil, trace)
        except Violation as found:
            return Outcome(made + len(trace), ends, cut, False, str(found), tuple(trace))
        made, ends, cut = made + len(trace), ends + ended, cut + (not ended)
    return Outcome(made, ends, cut, is_whole=False)


def _one_walk(scenario: Scenario, chance: Random, evil: float, trace: list[str]) -> bool:
    world = scenario.start()
    while len(trace) < LONGEST_WALK:
        following = list(steps(scenario, world))
        promised = [step for step in following if step.is_promised]
        strikes = [step for step in following if not step.is_promised]
        if not promised:
            check_end(scenario, world)
        if not following:
            return True
        picked = strikes if strikes and (not promised or chance.random() < evil) else promised
        step = chance.choice(picked)
        world = step.world
        trace.append(step.says)
    return False


def _is_long(scenario: Scenario, world: World) -> bool:
    return any(len(part.events) > scenario.most_appended for part in world.parts)


def _way(came_from: dict[World, tuple[World, str] | None], world: World) -> tuple[str, ...]:
    """The steps that led there."""
    way: list[str] = []
    while (before := came_from[world]) is not None:
        world, said = before
        way.append(said)
    return tuple(reversed(way))
