"""Faults that a notifier could have, each planted into its rules or loops."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.level_firing import FireClocks
from services.notifier.domain.progress import ProgressRecorded
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.values import ClockChange
from shared.platform.letters.service_decider import Outgoing, ServiceDecider

OurRules = ServiceDecider[Any, NotifierLetter]
Change = Callable[[OurRules], OurRules]


@dataclass(frozen=True)
class Plant:
    """A fault, and the name that the verdict must give it."""

    found: str
    rules: Change = lambda rules: rules
    lag: timedelta = timedelta()
    """The delay."""


def _skip(level: str, rules: OurRules) -> OurRules:
    """That level counts as sent, and nobody gets it."""

    def outgoing(event: Any, letter: NotifierLetter) -> Iterable[Any]:
        if not (isinstance(event, ClockFired) and event.level == level):
            yield from rules.outgoing(event, letter)

    return replace(rules, outgoing=outgoing)


def _twice(rules: OurRules) -> OurRules:
    """Every proposal goes out twice."""

    def outgoing(event: Any, letter: NotifierLetter) -> Iterable[Any]:
        for said in rules.outgoing(event, letter):
            yield said
            if isinstance(said, Outgoing) and isinstance(event, ClockFired):
                yield said

    return replace(rules, outgoing=outgoing)


def _newest_first(rules: OurRules) -> OurRules:
    """Levels that came due meanwhile are proposed in the wrong order."""

    def decide(command: Any, letter: NotifierLetter) -> tuple[Any, ...]:
        found = rules.decide(command, letter)
        return found[::-1] if isinstance(command, FireClocks) else found

    return replace(rules, decide=decide)


def _never_pauses(rules: OurRules) -> OurRules:
    """A waiting clock counts as running."""

    def evolve(letter: NotifierLetter, event: Any) -> NotifierLetter:
        return rules.evolve(letter, _without(event, "paused"))

    return replace(rules, evolve=evolve)


def _never_stops(rules: OurRules) -> OurRules:
    """A clock goes on when it was stopped."""

    def evolve(letter: NotifierLetter, event: Any) -> NotifierLetter:
        return rules.evolve(letter, _without(event, "stopped"))

    return replace(rules, evolve=evolve)


def _without(event: Any, change: str) -> Any:
    """The event, without its effect on clocks."""
    if not isinstance(event, ProgressRecorded):
        return event

    def keeps(one: ClockChange) -> bool:
        return one.change != change

    kept = tuple(filter(keeps, event.fact.clocks))
    return replace(event, fact=event.fact.model_copy(update={"clocks": kept}))


NO_PLANT = Plant("")
PLANTS: Mapping[str, Plant] = {
    "a level is skipped": Plant("not recorded", partial(_skip, "yellow")),
    "the last level is skipped": Plant("not recorded", partial(_skip, "province")),
    "an effect is skipped": Plant("not recorded", partial(_skip, "effect")),
    "every level is fired twice": Plant("proposed twice", _twice),
    "the newest is fired first": Plant("newest first", _newest_first),
    "a paused clock is fired": Plant("proposed of a clock that did not run", _never_pauses),
    "a stopped clock is fired": Plant("proposed of a clock that did not run", _never_stops),
    "everything is fired late": Plant("recorded when it may not be", lag=timedelta(minutes=3)),
}
