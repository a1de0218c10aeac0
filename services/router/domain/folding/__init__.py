"""What each fact leaves behind: `evolve`, which never refuses. Pure."""

from collections.abc import Iterable

from services.router.domain.folding.answering import answered
from services.router.domain.folding.apart import Apart, kept_apart
from services.router.domain.folding.groups import (
    Answering,
    Asking,
    Holding,
    Promising,
    Receiving,
    Supervising,
    Wishing,
)
from services.router.domain.folding.holding import held, placed, received
from services.router.domain.folding.receipts import with_receipt
from services.router.domain.folding.supervising import promised, watched
from services.router.domain.folding.talking import asked, wished
from services.router.domain.letter import Letter, Nothing, RouterState
from services.router.domain.remarks import with_remark
from services.router.domain.standing import ended
from services.router.domain.timers import after
from shared.contracts.bureau_v1 import LetterIdentity, LetterSnapshot, PublicationNoted
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterReceived, RequestRefused
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import ClockName
from shared.kernel.frozen import replace


def evolve(state: RouterState, event: object) -> RouterState:
    """The state that `event` leaves behind.

    A fact is a fact: one that changes nothing is no error.
    """
    match state, event:
        case Nothing(), LetterReceived():
            return with_receipt(_clocked(received(event), event.clocks), event)
        case (
            Letter(),
            RequestRefused() | LetterIdentity() | LetterSnapshot() | PublicationNoted(),
        ):
            return state
        case Letter(), Fact():
            now = _clocked(_changed(_moved(state, event), event), event.clocks)
            return with_remark(with_receipt(now, event), event)
        case Letter(), _ if isinstance(event, Apart):
            return kept_apart(state, event)
        case _:
            return state


def _moved(letter: Letter, event: Fact) -> Letter:
    """What every fact says: the letter's state, its holder, and which holding that is."""
    over = ended(letter, event)
    return replace(
        letter,
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        facts=letter.facts + 1,
        held=(*letter.held, *over),
        unit=None if over else letter.unit,
        unit_code=None if over else letter.unit_code,
    )


def _changed(letter: Letter, event: Fact) -> Letter:
    """What only some facts say."""
    if isinstance(event, Receiving):
        return placed(letter, event)
    if isinstance(event, Holding):
        return held(letter, event)
    if isinstance(event, Asking):
        return asked(letter, event)
    if isinstance(event, Wishing):
        return wished(letter, event)
    if isinstance(event, Answering):
        return answered(letter, event)
    if isinstance(event, Promising):
        return promised(letter, event)
    return watched(letter, event) if isinstance(event, Supervising) else letter


def _clocked(letter: Letter, changes: Iterable[ClockChange]) -> Letter:
    changes = tuple(changes)
    rounds: dict[ClockName, int] = dict(letter.rounds)
    for one in changes:
        if one.change == "started":
            rounds[one.clock] = max(one.round, rounds.get(one.clock, 0))
    return replace(letter, clocks=after(changes, letter.clocks), rounds=tuple(rounds.items()))
