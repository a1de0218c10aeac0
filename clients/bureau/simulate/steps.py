"""A bureau's next step with a letter, and the alternative if it is refused.

It depends only on the letter as held, the seed and the mix, so a restart decides the same.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.mix import Mix, drawn
from shared.contracts.vocabulary import Category, State

Step: TypeAlias = Literal[
    "accept",
    "return",
    "decline",
    "pass_on",
    "unit_accept",
    "note",
    "ask",
    "request_extension",
    "reply",
    "reply_plainly",
    "answer_instruction",
    "fulfil",
]
ESSENTIAL: frozenset[Step] = frozenset(
    ("accept", "reply", "reply_plainly", "answer_instruction", "fulfil")
)
"""Sent until they are answered; other actions are given up after some attempts."""

DECLINABLE: frozenset[Category] = frozenset(("inquiry", "request", "suggestion"))
PROMISING: frozenset[Category] = frozenset(("request", "complaint", "suggestion"))
WITHOUT_EXTENSION: frozenset[Category] = frozenset(("thanks",))
UNHELD: frozenset[State] = frozenset(("submitted", "triage", "withdrawn"))
"""States in which nobody waits for the answer to an instruction."""


def steps(held: BureauLetter, mix: Mix, *, seed: str) -> Iterator[Step]:
    """The possible next steps, the best first; the others replace what the router refuses."""
    if held.is_over or held.is_by_hand or held.is_closed:
        return
    if mix.settles and held.state not in UNHELD and held.open_ones("instruction", "answered"):
        yield "answer_instruction"
    match held.state:
        case "routed":
            yield from _taking_up(held, mix, seed=seed)
        case "handling":
            yield from _working(held, mix, seed=seed)
        case "replied" | "closed" if mix.settles and held.open_ones("commitment", "kept"):
            yield "fulfil"
        case _:
            pass


def promises(held: BureauLetter, mix: Mix, *, seed: str) -> bool:
    """Whether the reply promises something: a first reply to a request for action."""
    is_first = held.replies == 0 and held.category in PROMISING
    return is_first and drawn(seed, held.lot, what="promise") < mix.promised


def _taking_up(held: BureauLetter, mix: Mix, *, seed: str) -> Iterator[Step]:
    chance = drawn(seed, held.lot, what="beginning")
    is_first = held.assignment == 1 and held.bureau != "province"
    if is_first and chance < mix.returned:
        yield "return"
    elif held.category in DECLINABLE and 0 <= chance - mix.returned < mix.declined:
        yield "decline"
    if is_first and drawn(seed, held.lot, what="wrong") < mix.wrong:
        yield "reply"
    yield "accept"


def _working(held: BureauLetter, mix: Mix, *, seed: str) -> Iterator[Step]:
    if held.replies == 0:
        yield from _first_time(held, mix, seed=seed)
        if _waits_for_time(held):
            return
    yield "reply"
    if promises(held, mix, seed=seed):
        yield "reply_plainly"


def _first_time(held: BureauLetter, mix: Mix, *, seed: str) -> Iterator[Step]:
    """Steps before the first answer; each once, until it is known to be done."""
    marks, lot = held.marks, held.lot
    if "passed_on" not in marks and drawn(seed, lot, what="unit") < mix.passed_on:
        yield "pass_on"
    if "passed_on" in marks and "unit_accepted" not in marks:
        yield "unit_accept"
    if "noted" not in marks and drawn(seed, lot, what="note") < mix.noted:
        yield "note"
    if "asked" not in marks and drawn(seed, lot, what="question") < mix.asked:
        yield "ask"
    if _wants_time(held) and drawn(seed, lot, what="time") < mix.extended:
        yield "request_extension"


def _wants_time(held: BureauLetter) -> bool:
    return "more_wanted" not in held.marks and held.category not in WITHOUT_EXTENSION


def _waits_for_time(held: BureauLetter) -> bool:
    """Whether a request for more time is undecided, and no clock has warned yet."""
    return "more_wanted" in held.marks and not held.marks & {"more_decided", "pressed"}
