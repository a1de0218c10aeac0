"""The check that in every state of a letter some clock watches it.

It plays every possible course of a letter through its states, with the starts and stops of the
policies. Only clocks that can watch a state are played: others would add nothing. A paused clock
counts as running, since its pause has a recorded reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from shared.kernel.errors import BadData
from shared.kernel.policies import Policies

WATCHED_BY: Final = MappingProxyType(
    {
        "submitted": frozenset({"assign"}),
        "triage": frozenset({"assign"}),
        "routed": frozenset({"sign_in"}),
        "handling": frozenset({"reply", "reopened_reply"}),
        "supplement": frozenset({"answer"}),
        "signing": frozenset({"signature"}),
        "replied": frozenset({"rating"}),
        "declined": frozenset({"appeal"}),
    }
)
"""The clocks that watch each state; `closed` and `withdrawn` need none, and `answered` ends with
the next event of the same decision."""


@dataclass(frozen=True, slots=True)
class Move:
    """One event that takes a letter from one state to another."""

    event: str
    before: frozenset[str]
    after: str
    conditions: frozenset[str] = frozenset()


def _move(event: str, before: str, after: str, *conditions: str) -> Move:
    return Move(event, frozenset(before.split()), after, frozenset(conditions))


_HELD: Final = "routed handling supplement signing"
MOVES: Final = (
    _move("letter.received", "nothing", "submitted"),
    _move("triage.entered", "submitted", "triage"),
    _move("letter.routed", "submitted triage", "routed"),
    _move("letter.accepted", "routed", "handling"),
    _move("letter.returned", "routed", "triage"),
    _move("letter.recalled", _HELD, "triage"),
    _move("writer.asked", "handling", "supplement"),
    _move("writer.answered", "supplement", "handling"),
    _move("question.lapsed", "supplement", "handling"),
    _move("reply.submitted", "triage routed handling", "signing", "has_signers"),
    _move("reply.submitted", "triage routed handling", "answered"),
    _move("letter.signed", "signing", "signing", "has_next"),
    _move("letter.signed", "signing", "answered"),
    _move("reply.sent_back", "signing", "triage", "to_state=triage"),
    _move("reply.sent_back", "signing", "handling", "to_state=handling"),
    _move("letter.replied", "answered", "replied"),
    _move("letter.declined", "answered", "declined"),
    _move("letter.reopened", "replied", "handling"),
    _move("letter.closed", "replied", "closed"),
    _move("appeal.made", "declined", "triage"),
    _move("letter.withdrawn", f"submitted triage {_HELD}", "withdrawn"),
)

_Place = tuple[str, frozenset[str]]
"""A state, with the watching clocks that run."""


def check_watch(policies: Policies) -> None:
    """Check that some clock runs in every state. Raises: BadData, naming event and state."""
    moves = [*MOVES, *_stops_in_passing(policies)]
    places: list[_Place] = [("nothing", frozenset())]
    reached = set(places)
    for place in places:  # grows while it is iterated
        for event, (state, running) in _next(place, moves, policies):
            if state in WATCHED_BY and not WATCHED_BY[state] & running:
                clocks = " or ".join(sorted(WATCHED_BY[state]))
                raise BadData(
                    f"clocks: after {event} a letter is {state}, and {clocks} doesn't run"
                )
            if (state, running) not in reached:
                reached.add((state, running))
                places.append((state, running))


def _stops_in_passing(policies: Policies) -> Iterator[Move]:
    """Stops of watching clocks by events that leave the state unchanged."""
    watching = frozenset[str]().union(*WATCHED_BY.values())
    moving = {move.event for move in MOVES}
    for name in sorted(watching & set(policies.clocks)):
        for event in policies.clock(name).stops:
            if event not in moving:
                yield from (Move(event, frozenset({state}), state) for state in WATCHED_BY)


def _next(place: _Place, moves: list[Move], policies: Policies) -> Iterator[tuple[str, _Place]]:
    state, running = place
    watching = frozenset[str]().union(*WATCHED_BY.values())
    for move in moves:
        if state in move.before:
            stopped = running - set(policies.stopped_by(move.event))
            starts = policies.started_by(move.event, conditions=move.conditions)
            yield move.event, (move.after, stopped | (watching & set(starts)))
