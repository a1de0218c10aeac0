"""The check that the deadline policies match the contracts' vocabularies, completely.

The kernel doesn't know the contracts, nor the contracts the policies; they meet here, when the
policies are read.
"""

from collections.abc import Collection, Iterator
from typing import get_args

from shared.contracts.catalogue import EVENTS
from shared.contracts.vocabulary import SERVICES, Category, ClockName, Effect, LevelName, State
from shared.kernel.clock_rows import RECEIVED_AT, ClockRow
from shared.kernel.errors import BadData
from shared.kernel.policies import Policies

NAMES = frozenset(kind.removeprefix("gd.mailbox.").rpartition(".v")[0] for kind in EVENTS)
"""Event names as in the policies: `letter.routed`."""


def check_catalogued(policies: Policies, events: Collection[str] = NAMES) -> None:
    """Check that clocks, categories, levels, states and events are those of the contracts.

    Raises: BadData, for the first that isn't.
    """
    _check_same("clocks", set(policies.clocks), set(get_args(ClockName)))
    _check_same("reply_limits", set(policies.replies), set(get_args(Category)))
    for clock in policies.clocks.values():
        for what, name, known in _words(clock, events):
            if name not in known:
                raise BadData(f"clocks: {clock.id}: {what} {name} is not in the contracts")


def _check_same(where: str, here: set[str], there: set[str]) -> None:
    if more := sorted(here - there):
        raise BadData(f"{where}: {more[0]} is not in the contracts")
    if less := sorted(there - here):
        raise BadData(f"{where}: {less[0]} is missing")


def _words(clock: ClockRow, events: Collection[str]) -> Iterator[tuple[str, str, Collection[str]]]:
    """Yield every name in a clock that the contracts must know, with its vocabulary."""
    for start in clock.starts:
        yield from (("start", event, events) for event in start.events)
        if start.when and start.when.startswith("to_state="):
            yield "state", start.when.removeprefix("to_state="), get_args(State)
    yield from (("stop", event, events) for event in clock.stops)
    if clock.counted_from not in (None, RECEIVED_AT):
        yield "counted_from", str(clock.counted_from), events
    for effect in (clock.effect, *(level.effect for level in clock.levels)):
        if effect is not None:
            yield "effect", effect, set(events) & set(get_args(Effect))
    levels = [level.id for level in clock.levels] + ([clock.paging.id] if clock.paging else [])
    yield from (("level", level, get_args(LevelName)) for level in levels)
    yield "computed_by", clock.computed_by, SERVICES
    yield "confirmed_by", clock.confirmed_by, SERVICES
