"""How a letter goes to a bureau and comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.router.domain.actors import RULE, DeskCommand, HolderCommand
from services.router.domain.context import DecisionContext, Facts, due_changes
from services.router.domain.due_dates import Rulebook
from services.router.domain.letter import (
    MASKED_CATEGORIES,
    Letter,
    ReturnRecord,
    standing,
    without_question,
)
from services.router.domain.preconditions import HELD, check_holding, check_state, check_target
from services.router.domain.timers import resumed
from shared.contracts.progress_v1 import LetterRecalled, LetterReturned, LetterRouted, TriageEntered
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import RecallReason, ReturnReason, TriageReason, WhyRouted
from shared.contracts.words import Note
from shared.kernel.access_policy import is_inspections_alone
from shared.kernel.errors import NotAllowed, OutOfOrder, Refused, TooLate
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class RouteLetter(DeskCommand):
    """Route a letter that waits in triage to a bureau."""

    bureau: Bureau


@dataclass(frozen=True)
class ReturnLetter(HolderCommand):
    """Return a letter that another bureau is responsible for."""

    reason: ReturnReason
    suggestion: Bureau | None
    words: Note | None


@dataclass(frozen=True)
class ConsentReturn(DeskCommand):
    """Return a letter for a bureau, with the province's consent."""

    reason: ReturnReason
    suggestion: Bureau | None
    words: Note | None


@dataclass(frozen=True)
class RecallLetter(DeskCommand):
    """Take a letter back from a bureau."""

    reason: RecallReason


MOST_RETURNS = 3
"""After so many returns the province decides."""


def route_by_hand(command: RouteLetter, context: DecisionContext) -> Facts:
    """Route a letter that waits in triage to a bureau. Raises: OutOfOrder, NotAllowed."""
    check_state(context.letter, "triage", what="route")
    check_target(context.letter, command.bureau, on=context.today, rulebook=context.rulebook)
    return (routed(context, command.bureau, why="desk"),)


def return_letter(command: ReturnLetter, context: DecisionContext) -> Facts:
    """Take the letter back from the bureau, and route it on or put it in triage.

    Raises: NotHeld, StaleAssignment, OutOfOrder; TooLate after the time to object; NotAllowed once
    the province has decided, since then its consent is needed.
    """
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "routed", what="return")
    if is_decided(letter):
        raise NotAllowed("the province has decided whose it is")
    objection = letter.running("objection")
    if objection is not None and context.at >= objection.passes_at:
        raise TooLate("the time to object has passed")
    return _returned(command, context)


def consent_return(command: ConsentReturn, context: DecisionContext) -> Facts:
    """Take a letter back with the province's consent. Raises: OutOfOrder."""
    check_state(context.letter, "routed", what="return")
    return _returned(command, context)


def targets(letter: Letter, *, on: date, rulebook: Rulebook) -> list[Bureau]:
    """Return the bureaus to which the letter may be routed."""
    return [slug for slug in BUREAUS if _may_go(letter, slug, on=on, rulebook=rulebook)]


def recall(command: RecallLetter, context: DecisionContext) -> Facts:
    """Take a letter back from a bureau. Raises: OutOfOrder."""
    letter = context.letter
    check_state(letter, *HELD, what="recall")
    if letter.bureau is None:
        raise OutOfOrder("recall from triage")
    return recalled(context, letter.bureau, reason=command.reason)


def recalled(context: DecisionContext, bureau: Bureau, *, reason: RecallReason) -> Facts:
    """Move the letter to triage and resume the clocks that waited for the writer."""
    letter = without_question(context.letter, context.at)
    moved = resumed(letter, at=context.at, rulebook=context.rulebook)
    clocks = tuple(clock.change for clock in moved)
    header = context.fact_header(LetterRecalled, state="triage", clocks=clocks)
    fact = LetterRecalled(**header, from_bureau=bureau, reason=reason)
    return fact, *due_changes(context.after(fact), moved, reason="resumed")


def routed(context: DecisionContext, bureau: Bureau, *, why: WhyRouted) -> LetterRouted:
    """Assign the letter to that bureau under the next assignment number."""
    letter = context.letter
    header = context.fact_header(LetterRouted, state="routed")
    header["holder"], header["assignment"] = bureau, letter.assignment + 1
    return LetterRouted(
        **header,
        bureau=bureau,
        category=letter.category,
        masked=letter.masked
        or letter.category in MASKED_CATEGORIES
        or is_inspections_alone(standing(letter)),
        why=why,
        follow_up=letter.addressed_to == "province" and bureau != "province",
    )


def entered(
    context: DecisionContext, reasons: tuple[TriageReason, ...], *, suggestion: Bureau | None
) -> TriageEntered:
    """Put the letter before the triage desk, with the reasons and a suggestion."""
    header = context.as_actor(RULE).fact_header(TriageEntered, state="triage")
    return TriageEntered(**header, reasons=reasons, suggestion=suggestion)


def is_decided(letter: Letter) -> bool:
    """Whether the province decides whose it is."""
    return is_contested([(back.bureau, back.suggestion) for back in letter.returns])


def is_contested(returns: Sequence[tuple[str, str | None]]) -> bool:
    """Whether bureaus pass a letter to each other: three returns, or two that suggest each other.

    `returns`: bureaus that returned it, each with the bureau that it suggested.
    """
    moves = set(returns)
    each_other = any((there, here) in moves for here, there in moves if there is not None)
    return len(returns) >= MOST_RETURNS or each_other


def _returned(command: ReturnLetter | ConsentReturn, context: DecisionContext) -> Facts:
    bureau = context.letter.bureau
    if bureau is None:
        raise OutOfOrder("return from triage")
    fact = LetterReturned(
        **context.fact_header(LetterReturned, state="triage"),
        from_bureau=bureau,
        reason=command.reason,
        suggestion=command.suggestion,
        words=command.words,
    )
    back = context.after(fact).as_actor(RULE)
    certain = _certain(back, command.suggestion)
    if certain is not None:
        return fact, routed(back, certain, why="rule")
    return fact, entered(back, ("returned",), suggestion=command.suggestion)


def _certain(context: DecisionContext, suggestion: Bureau | None) -> Bureau | None:
    """The bureau to which the letter goes straight on: both the writer and the returning bureau
    named it.

    Not a bureau that returned it before, and none once the province decides.
    """
    letter = context.letter
    if suggestion not in (letter.place.city, letter.addressed_to) or suggestion is None:
        return None
    if is_decided(letter) or suggestion in {back.bureau for back in letter.returns}:
        return None
    if letter.about is not None:
        return None
    may_go = _may_go(letter, suggestion, on=context.today, rulebook=context.rulebook)
    return suggestion if may_go else None


def _may_go(letter: Letter, bureau: Bureau, *, on: date, rulebook: Rulebook) -> bool:
    try:
        check_target(letter, bureau, on=on, rulebook=rulebook)
    except Refused:
        return False
    return True


def apply_triage_entered(letter: Letter, event: TriageEntered) -> Letter:
    """Record why the letter waits for the triage desk."""
    return replace(letter, triage_reasons=event.reasons, suggestion=event.suggestion)


def apply_routed(letter: Letter, event: LetterRouted) -> Letter:
    """Clear what triage noted; a holding of the department's inspection is a quiet one."""
    routed = replace(letter, masked=event.masked, triage_reasons=(), suggestion=None)
    if is_inspections_alone(standing(routed)):
        return replace(routed, quiet=event.assignment)
    return routed


def apply_returned(letter: Letter, event: LetterReturned) -> Letter:
    """Record which bureau returned the letter."""
    back = ReturnRecord(event.from_bureau, event.suggestion)
    return replace(letter, returns=(*letter.returns, back))


def apply_recalled(letter: Letter, event: LetterRecalled) -> Letter:
    """Drop the bureau's unfinished work: its question, its draft, its request for more time."""
    at = event.at or letter.received_at
    freed = replace(letter, draft=None, wanted=None, triage_reasons=("recalled",))
    return without_question(freed, at)
