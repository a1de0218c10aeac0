"""Words that the table of deadlines has and the contracts lack, or the reverse, are found."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

import pytest

from shared.contracts.catalogue import EVENTS
from shared.contracts.vocabulary import ClockName
from shared.kernel.errors import BadData
from shared.kernel.levels import LevelRule
from shared.kernel.policies import ClockRow, DayLimit, Policies
from shared.kernel.starts import Start
from shared.platform.runtime.data_files import FOLDER
from shared.platform.runtime.data_reading import parsed
from shared.platform.runtime.policy_check import NAMES, check_catalogued

FILE: Any = parsed(FOLDER / "deadline_policies.yaml")
TABLE = Policies.of(FILE)
SPOKEN_OF = frozenset(
    event
    for clock in TABLE.clocks.values()
    for event in (
        *(each for start in clock.starts for each in start.events),
        *clock.stops,
        *(effect for effect in (clock.effect, *(step.effect for step in clock.levels)) if effect),
    )
)


def with_clock(name: str, **over: Any) -> Policies:
    changed: ClockRow = replace(TABLE.clock(name), **over)
    return replace(TABLE, clocks=MappingProxyType({**TABLE.clocks, name: changed}))


def without(name: str) -> Policies:
    left = {clock: row for clock, row in TABLE.clocks.items() if clock != name}
    return replace(TABLE, clocks=MappingProxyType(left))


def test_the_table_speaks_of_what_the_contracts_know() -> None:
    check_catalogued(TABLE)
    assert set(TABLE.clocks) == set(get_args(ClockName))
    assert "letter.routed" in NAMES
    assert len(NAMES) == len(EVENTS)


@pytest.mark.parametrize("event", sorted(SPOKEN_OF))
def test_an_event_that_the_catalogue_lacks_is_named(event: str) -> None:
    with pytest.raises(BadData, match=rf"clocks: \w+: \w+ {event} is not in the contracts"):
        check_catalogued(TABLE, SPOKEN_OF - {event})


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (without("rating"), "clocks: rating is missing"),
        (
            replace(TABLE, clocks=MappingProxyType({**TABLE.clocks, "egg": TABLE.clock("reply")})),
            "clocks: egg is not in the contracts",
        ),
        (
            replace(TABLE, replies=MappingProxyType({"inquiry": DayLimit(2, "wd")})),
            "reply_limits: complaint is missing",
        ),
        (
            replace(
                TABLE, replies=MappingProxyType({**TABLE.replies, "gossip": DayLimit(2, "wd")})
            ),
            "reply_limits: gossip is not in the contracts",
        ),
        (with_clock("assign", stops=("letter.lost",)), "assign: stop letter.lost is not"),
        (with_clock("assign", starts=(Start(("letter.lost",)),)), "assign: start letter.lost"),
        (
            with_clock("assign", starts=(Start(("letter.routed",), "to_state=limbo"),)),
            "assign: state limbo is not",
        ),
        (with_clock("assign", counted_from="letter.lost"), "assign: counted_from letter.lost"),
        (with_clock("assign", levels=(LevelRule("loud"),)), "assign: level loud is not"),
        (with_clock("rating", effect="letter.routed"), "rating: effect letter.routed is not"),
        (
            with_clock("assign", levels=(LevelRule("red", effect="letter.lost"),)),
            "assign: effect letter.lost is not",
        ),
        (with_clock("assign", computed_by="clerk"), "assign: computed_by clerk is not"),
        (with_clock("assign", confirmed_by="clerk"), "assign: confirmed_by clerk is not"),
    ],
)
def test_a_word_that_the_contracts_lack_is_named(table: Policies, said: str) -> None:
    with pytest.raises(BadData, match=said):
        check_catalogued(table, SPOKEN_OF)
