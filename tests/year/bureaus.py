"""Bureaus: diligent, slow, forgetful, returning, wordy and wrong ones, on their own topics."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from shared.contracts import actions_v1 as actions
from shared.contracts.progress_v1 import (
    CommitmentMade,
    InstructionGiven,
    LetterAccepted,
    LetterEscalated,
    LetterReopened,
    LetterRouted,
    QuestionLapsed,
    ReplySentBack,
    WriterAnswered,
)
from shared.contracts.slugs import BUREAUS
from shared.contracts.words import Note
from tests.year.acts import ACTS, act, err
from tests.year.counting import REPLY
from tests.year.days import DAY, moment_of
from tests.year.street import Card, Reactions, Street, in_office, later

Manner = Literal["diligent", "slow", "forgetful", "returning", "wordy", "wrong"]
MANNERS: tuple[Manner, ...] = ("diligent", "slow", "forgetful", "returning", "wordy", "wrong")
WAKES = {"reminder": 0.2, "yellow": 0.35, "red": 0.6, "chief": 0.8, "province": 1.0}
"""The probability that each level reminds somebody of a forgotten letter."""


@dataclass(frozen=True)
class Habits:
    """The character of a bureau."""

    accepts: tuple[float, float] = (0, 0.9)
    """Working days until it takes a letter up, from and to."""
    answers: tuple[float, float] = (0.1, 0.8)
    """Parts of the limit until its reply."""
    forgets: float = 0.02
    returns: float = 0.03
    notes: int = 1
    errs: float = 0.01


HABITS: dict[Manner, Habits] = {
    "diligent": Habits(),
    "slow": Habits(accepts=(0, 4), answers=(0.6, 1.6), forgets=0.05),
    "forgetful": Habits(accepts=(0, 2), answers=(0.3, 1.3), forgets=0.4),
    "returning": Habits(accepts=(0, 2), returns=0.45),
    "wordy": Habits(answers=(0.3, 1.0), notes=6),
    "wrong": Habits(accepts=(0, 1.5), errs=0.3),
}


def manner_of(bureau: str) -> Habits:
    """The character of that bureau; over all bureaus, characters are equally frequent."""
    return HABITS[MANNERS[BUREAUS.index(bureau) % len(MANNERS)]]


# --- taking it up --------------------------------------------------------------------------------


def _routed(street: Street, card: Card, _: LetterRouted) -> None:
    """It is taken up, returned, refused or forgotten."""
    lot, habits = card.lot, manner_of(card.holder)
    card.plan += 1
    if lot.random() < habits.forgets:
        card.forgotten = True
        return
    _decide(street, card, lot.uniform(*habits.accepts))


def _decide(street: Street, card: Card, days: float) -> None:
    chance, habits = card.lot.random(), manner_of(card.holder)
    todo = "accept"
    if chance < habits.returns:
        todo = "return"
    elif chance < habits.returns + 0.04:
        todo = "decline"
    _go_on(street, card, [todo], days)


def _go_on(street: Street, card: Card, todo: list[str], days: float) -> None:
    """Do the first of these after that many working days, and the others after it."""
    card.plan += 1
    card.forgotten, card.todo = False, todo
    if todo:
        at = in_office(street.now, card.lot, days)
        street.plan(at, later(_do, street, card, card.plan))


async def _do(street: Street, card: Card, plan: int) -> None:
    if plan != card.plan or card.holder == "triage":
        return
    what, *rest = card.todo
    if card.lot.random() < manner_of(card.holder).errs:
        err(street, card)
    ACTS[what](street, card)
    if rest and what != "ask":
        _go_on(street, card, rest, card.lot.uniform(0, 1.5) if rest != ["reply"] else _rest(card))
    else:
        card.todo = rest
        street.plan(street.now + timedelta(hours=1), later(_see, street, card, plan, card.sequence))


async def _see(street: Street, card: Card, plan: int, sequence: int) -> None:
    """Whether that was accepted; after a refusal people try the next best."""
    if plan != card.plan or card.sequence != sequence or card.state not in UNTIL:
        return
    _go_on(street, card, [UNTIL[card.state]], 1)


UNTIL = {"routed": "accept", "handling": "reply"}


def _accepted(street: Street, card: Card, _: LetterAccepted) -> None:
    """All that a letter needs until it is answered."""
    lot, habits = card.lot, manner_of(card.holder)
    if lot.random() < habits.forgets / 2:
        card.plan += 1
        card.forgotten = True
        return
    todo = ["pass_on", "unit_accept"] if lot.random() < 0.3 else []
    todo += ["note"] * lot.randrange(habits.notes + 1)
    if lot.random() < 0.25:
        todo.append("ask")
    if lot.random() < 0.12:
        todo.append("extend")
    _go_on(street, card, [*todo, "reply"], _rest(card) if not todo else lot.uniform(0, 1.5))


def _rest(card: Card) -> float:
    """Working days until the reply is written."""
    low, high = manner_of(card.holder).answers
    return REPLY[card.category] * card.lot.uniform(low, high)


def _goes_on(street: Street, card: Card, _: Any) -> None:
    """The writer has answered or not; or somebody wants another reply."""
    again = ["ask"] if card.lot.random() < 0.15 else []
    if card.holder == "triage":
        return
    if card.lot.random() < manner_of(card.holder).forgets / 2:
        card.plan += 1
        card.forgotten = True
        return
    _go_on(street, card, [*again, *(card.todo or ["reply"])], card.lot.uniform(0, 2))


# --- what is promised, instructed and forgotten --------------------------------------------------


def _promised(street: Street, card: Card, fact: CommitmentMade) -> None:
    """Most promises are kept in time, some late, some never."""
    chance, due = card.lot.random(), moment_of(fact.due_on, 0)
    if chance < 0.1:
        card.abandoned = True
        return
    days = card.lot.uniform(0, 5) if chance < 0.3 else -card.lot.uniform(0, 20)
    at = in_office(max(street.now + timedelta(hours=1), due + DAY * days), card.lot)
    street.plan(at, later(_fulfil, street, card, fact.commitment))


async def _fulfil(street: Street, card: Card, number: int) -> None:
    act(street, card, actions.Fulfil, commitment=number, words=Note(text="已换。"))


def _instructed(street: Street, card: Card, fact: InstructionGiven) -> None:
    days = card.lot.uniform(0, 4)
    at = in_office(street.now, card.lot, days)
    street.plan(at, later(_answer, street, card, fact.instruction))


async def _answer(street: Street, card: Card, number: int) -> None:
    """Answer; during triage nobody can, until a bureau holds the letter again."""
    if card.holder == "triage" or card.state == "withdrawn":
        if card.state in ("triage", "signing"):
            at = in_office(street.now, card.lot, 2)
            street.plan(at, later(_answer, street, card, number))
        return
    words = Note(text="已办。")
    act(street, card, actions.AnswerInstruction, instruction=number, words=words)


def _escalated(street: Street, card: Card, fact: LetterEscalated) -> None:
    """A forgotten letter is remembered."""
    if not card.forgotten or card.holder == "triage" or card.state not in UNTIL:
        return
    if card.lot.random() < WAKES[fact.level]:
        _go_on(street, card, [UNTIL[card.state]], card.lot.uniform(0, 1))


REACTIONS: Reactions = {
    LetterRouted: _routed,
    LetterAccepted: _accepted,
    WriterAnswered: _goes_on,
    QuestionLapsed: _goes_on,
    LetterReopened: _goes_on,
    ReplySentBack: _goes_on,
    CommitmentMade: _promised,
    InstructionGiven: _instructed,
    LetterEscalated: _escalated,
}
