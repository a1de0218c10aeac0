"""How a letter goes to a bureau and comes back. Pure."""

from services.router.domain.checks import HELD, check_holding, check_state, check_target
from services.router.domain.commands.deciding import ConsentReturn, RecallLetter, RouteLetter
from services.router.domain.commands.holding import ReturnLetter
from services.router.domain.counting import resumed
from services.router.domain.facts import RULE, Matter, due_changes
from services.router.domain.folding.holding import MASKED
from services.router.domain.folding.talking import waits_no_longer
from services.router.domain.letter import Letter
from services.router.domain.standing import standing
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    LetterRecalled,
    LetterReturned,
    LetterRouted,
    TriageEntered,
)
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import RecallReason, TriageReason, WhyRouted
from shared.kernel.access_policy import is_inspections_alone
from shared.kernel.errors import NotAllowed, OutOfOrder, Refused, TooLate

MOST_RETURNS = 3
"""After so many returns the province decides."""


def route_by_hand(command: RouteLetter, matter: Matter) -> tuple[Fact, ...]:
    """Send a letter that waits in triage to a bureau. Raises: OutOfOrder, NotAllowed."""
    check_state(matter.letter, "triage", what="route")
    check_target(matter.letter, command.bureau, on=matter.today, book=matter.book)
    return (routed(matter, command.bureau, why="desk"),)


def return_letter(command: ReturnLetter, matter: Matter) -> tuple[Fact, ...]:
    """Take back what the bureau says is not theirs, and send it on.

    Raises: NotHeld, StaleAssignment, OutOfOrder; TooLate after the objection date, and NotAllowed
    once the province has decided: then it needs the province's consent.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "routed", what="return")
    if is_decided(letter):
        raise NotAllowed("the province has decided whose it is")
    objection = letter.running("objection")
    if objection is not None and matter.at >= objection.passes_at:
        raise TooLate("the time to object has passed")
    return _returned(command, matter)


def consent_return(command: ConsentReturn, matter: Matter) -> tuple[Fact, ...]:
    """Take a letter back with the province's consent. Raises: OutOfOrder."""
    check_state(matter.letter, "routed", what="return")
    return _returned(command, matter)


def recall(command: RecallLetter, matter: Matter) -> tuple[Fact, ...]:
    """Take a letter back from a bureau. Raises: OutOfOrder."""
    letter = matter.letter
    check_state(letter, *HELD, what="recall")
    if letter.bureau is None:
        raise OutOfOrder("recall from triage")
    return recalled(matter, letter.bureau, reason=command.reason)


def recalled(matter: Matter, bureau: Bureau, *, reason: RecallReason) -> tuple[Fact, ...]:
    """The letter goes to triage, and what waited for the writer goes on."""
    letter = waits_no_longer(matter.letter, matter.at)
    moved = resumed(letter, at=matter.at, book=matter.book)
    clocks = tuple(one.change for one in moved)
    said = matter.common(LetterRecalled, state="triage", clocks=clocks)
    fact = LetterRecalled(**said, from_bureau=bureau, reason=reason)
    return fact, *due_changes(matter.after(fact), moved, reason="resumed")


def routed(matter: Matter, bureau: Bureau, *, why: WhyRouted) -> LetterRouted:
    """The letter is that bureau's, under the next assignment."""
    letter = matter.letter
    said = matter.common(LetterRouted, state="routed")
    said["holder"], said["assignment"] = bureau, letter.assignment + 1
    return LetterRouted(
        **said,
        bureau=bureau,
        category=letter.category,
        masked=letter.masked or letter.category in MASKED or is_inspections_alone(standing(letter)),
        why=why,
        follow_up=letter.addressed_to == "province" and bureau != "province",
    )


def entered(
    matter: Matter, reasons: tuple[TriageReason, ...], *, suggestion: Bureau | None
) -> TriageEntered:
    """The letter waits for a person, who is told why, and whose it may be."""
    said = matter.of(RULE).common(TriageEntered, state="triage")
    return TriageEntered(**said, reasons=reasons, suggestion=suggestion)


def is_decided(letter: Letter) -> bool:
    """Whether the province decides: after three returns, or two bureaus' to each other."""
    moves = {(one.bureau, one.suggestion) for one in letter.returns}
    each_other = any((there, here) in moves for here, there in moves if there is not None)
    return len(letter.returns) >= MOST_RETURNS or each_other


def _returned(command: ReturnLetter | ConsentReturn, matter: Matter) -> tuple[Fact, ...]:
    bureau = matter.letter.bureau
    if bureau is None:
        raise OutOfOrder("return from triage")
    fact = LetterReturned(
        **matter.common(LetterReturned, state="triage"),
        from_bureau=bureau,
        reason=command.reason,
        suggestion=command.suggestion,
        words=command.words,
    )
    back = matter.after(fact).of(RULE)
    certain = _certain(back, command.suggestion)
    if certain is not None:
        return fact, routed(back, certain, why="rule")
    return fact, entered(back, ("returned",), suggestion=command.suggestion)


def _certain(matter: Matter, suggestion: Bureau | None) -> Bureau | None:
    """The bureau to which it goes straight on: the writer has named it, and so does the bureau.

    Not to one that has returned it, nor once the province decides.
    """
    letter = matter.letter
    if suggestion not in (letter.place.city, letter.addressed_to) or suggestion is None:
        return None
    if is_decided(letter) or suggestion in {one.bureau for one in letter.returns}:
        return None
    if letter.about is not None:
        return None
    try:
        check_target(letter, suggestion, on=matter.today, book=matter.book)
    except Refused:
        return None
    return suggestion
