"""What is left of a letter after facts of who has it. Pure."""

from typing import assert_never

from services.router.domain.folding.groups import Holding, Receiving
from services.router.domain.folding.talking import waits_no_longer
from services.router.domain.letter import Letter
from services.router.domain.parts import HandedBack
from services.router.domain.standing import standing
from shared.contracts.progress_v1 import (
    LetterAccepted,
    LetterLinked,
    LetterPassedOn,
    LetterRecalled,
    LetterReceived,
    LetterReclassified,
    LetterReturned,
    LetterRouted,
    NoteAdded,
    TriageEntered,
    UnitAccepted,
)
from shared.kernel.access_policy import Held, is_inspections_alone
from shared.kernel.frozen import replace

MASKED = ("complaint", "report")
"""Categories whose writers stay unknown to the bureau. Source: ADR-0003."""


def received(event: LetterReceived) -> Letter:
    """The letter as it begins."""
    return Letter(
        received_at=event.received_at,
        category=event.category,
        police_type=event.police_type,
        place=event.place,
        addressed_to=event.addressed_to,
        attachments=(),
        words=None,
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        policy_version=event.policy_version,
        evidence=event.evidence,
        confidence=event.confidence,
        about=event.about,
        excluded=event.excluded,
        masked=event.masked or event.category in MASKED,
        facts=1,
    )


def placed(letter: Letter, event: Receiving) -> Letter:
    """The letter, once it is known what it is and whose."""
    match event:
        case LetterReceived():
            return letter
        case LetterReclassified():
            return replace(
                letter,
                category=event.category,
                police_type=event.police_type,
                about=event.about,
                excluded=event.excluded,
                masked=event.masked,
            )
        case TriageEntered():
            return replace(letter, triage_reasons=event.reasons, suggestion=event.suggestion)
        case LetterRouted():
            return _routed(letter, event)
        case _:
            assert_never(event)


def _routed(letter: Letter, event: LetterRouted) -> Letter:
    routed = replace(letter, masked=event.masked, triage_reasons=(), suggestion=None)
    if is_inspections_alone(standing(routed)):
        return replace(routed, quiet=event.assignment)
    return routed


def held(letter: Letter, event: Holding) -> Letter:
    """The letter after what its holder, or the province, did with it."""
    match event:
        case LetterAccepted():
            return replace(letter, accepted_at=letter.accepted_at or event.at)
        case LetterReturned():
            back = HandedBack(event.from_bureau, event.suggestion)
            return replace(letter, returns=(*letter.returns, back))
        case LetterRecalled():
            return _recalled(letter, event)
        case LetterPassedOn():
            return _passed_on(letter, event)
        case NoteAdded():
            return replace(letter, notes=event.note)
        case LetterLinked():
            return replace(letter, links=(*letter.links, (event.kind, event.with_)))
        case UnitAccepted():
            return letter
        case _:
            assert_never(event)


def _recalled(letter: Letter, event: LetterRecalled) -> Letter:
    """What the bureau had begun is over: its question, its draft, its wish for more time."""
    at = event.at or letter.received_at
    freed = replace(letter, draft=None, wanted=None, triage_reasons=("recalled",))
    return waits_no_longer(freed, at)


def _passed_on(letter: Letter, event: LetterPassedOn) -> Letter:
    """One unit's holding ends when another's begins."""
    over = (Held(letter.holder, letter.unit, letter.facts),) if letter.unit else ()
    return replace(letter, unit=event.police_type, unit_code=event.unit, held=(*letter.held, *over))
