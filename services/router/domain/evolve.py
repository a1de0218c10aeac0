"""What each event changes in the state of a letter: `evolve`, one table by type of event."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from services.router.domain import (
    commitments,
    conflicts,
    escalation,
    extensions,
    external_events,
    handling,
    questions,
    reclassification,
    registration,
    replies,
    routing,
    signing,
    supervision,
    writer_requests,
)
from services.router.domain.letter import (
    Letter,
    LetterState,
    UnknownLetter,
    ended_holdings,
    unchanged,
)
from services.router.domain.remarks import with_remark
from services.router.domain.timers import after
from shared.contracts import progress_v1 as facts
from shared.contracts.event import Fact
from shared.contracts.values import ClockChange, Receipt
from shared.contracts.vocabulary import ClockName
from shared.kernel.frozen import replace

Apply: TypeAlias = Callable[[Letter, Any], Letter]

FACTS: Final[Mapping[type[Fact], Apply]] = {
    facts.AppealMade: writer_requests.apply_appealed,
    facts.CommitmentFulfilled: commitments.apply_fulfilled,
    facts.CommitmentMade: commitments.apply_made,
    facts.ConflictDeclared: conflicts.apply_conflict_declared,
    facts.DisclosureMarked: reclassification.apply_disclosure_marked,
    facts.DueChanged: escalation.apply_due_changed,
    facts.ExtensionDecided: extensions.apply_decided,
    facts.ExtensionRequested: extensions.apply_requested,
    facts.InstructionAnswered: supervision.apply_instruction_answered,
    facts.InstructionGiven: supervision.apply_instruction_given,
    facts.LetterAccepted: handling.apply_accepted,
    facts.LetterAddedTo: questions.apply_added_to,
    facts.LetterClosed: writer_requests.apply_closed,
    facts.LetterDeclined: replies.apply_declined,
    facts.LetterEscalated: escalation.apply_escalated,
    facts.LetterLinked: handling.apply_linked,
    facts.LetterPassedOn: handling.apply_passed_on,
    facts.LetterRated: writer_requests.apply_rated,
    facts.LetterRead: supervision.apply_read,
    facts.LetterRecalled: routing.apply_recalled,
    facts.LetterReceived: unchanged,
    facts.LetterReclassified: reclassification.apply_reclassified,
    facts.LetterReopened: writer_requests.apply_reopened,
    facts.LetterReplied: replies.apply_replied,
    facts.LetterReturned: routing.apply_returned,
    facts.LetterRouted: routing.apply_routed,
    facts.LetterSigned: signing.apply_signed,
    facts.LetterSupervised: supervision.apply_supervised,
    facts.LetterWithdrawn: writer_requests.apply_withdrawn,
    facts.NoteAdded: handling.apply_note_added,
    facts.PetitionMarked: reclassification.apply_petition_marked,
    facts.PublicationProposed: replies.apply_publication_proposed,
    facts.QuestionLapsed: questions.apply_question_lapsed,
    facts.ReplySentBack: signing.apply_sent_back,
    facts.ReplySubmitted: replies.apply_submitted,
    facts.TriageEntered: routing.apply_triage_entered,
    facts.UnitAccepted: unchanged,
    facts.WriterAnswered: questions.apply_writer_answered,
    facts.WriterAsked: questions.apply_writer_asked,
}
"""What each fact changes besides what all facts change."""

INTERNAL: Final[Mapping[type, Apply]] = {
    external_events.ContentStored: external_events.apply_kept,
    external_events.FileChecked: external_events.apply_file_checked,
    external_events.WordsErased: external_events.apply_words_erased,
    external_events.FilesErased: external_events.apply_files_erased,
}
"""What events change that go on no topic."""


def evolve(state: LetterState, event: object) -> LetterState:
    """Return the state after `event`. Never refuses: an event without effect is no error."""
    kind: Any = type(event)
    if not isinstance(state, Letter):
        if not (isinstance(state, UnknownLetter) and isinstance(event, facts.LetterReceived)):
            return state
        return _with_receipt(_with_clocks(registration.apply_received(event), event), event)
    if isinstance(event, Fact) and kind in FACTS:
        now = _with_clocks(FACTS[kind](_with_header(state, event), event), event)
        return with_remark(_with_receipt(now, event), event)
    return INTERNAL.get(kind, unchanged)(state, event)


def _with_header(letter: Letter, event: Fact) -> Letter:
    """Set what every fact says: the letter's state, its holder, and the number of the holding."""
    ended = ended_holdings(letter, event)
    return replace(
        letter,
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        facts=letter.facts + 1,
        held=(*letter.held, *ended),
        unit=None if ended else letter.unit,
        unit_code=None if ended else letter.unit_code,
    )


def _with_clocks(letter: Letter, event: Fact) -> Letter:
    changes: tuple[ClockChange, ...] = tuple(event.clocks)
    rounds: dict[ClockName, int] = dict(letter.rounds)
    for change in changes:
        if change.change == "started":
            rounds[change.clock] = max(change.round, rounds.get(change.clock, 0))
    return replace(letter, clocks=after(changes, letter.clocks), rounds=tuple(rounds.items()))


def _with_receipt(letter: Letter, event: Fact) -> Letter:
    """Keep the receipt that the fact brings with the clock that it belongs to."""
    name, receipt = _receipt(event)
    if receipt is None:
        return letter
    round_ = event.round if isinstance(event, facts.DueChanged) else None
    clocks = tuple(
        replace(clock, receipt=receipt)
        if clock.clock == name and round_ in (None, clock.round)
        else clock
        for clock in letter.clocks
    )
    return replace(letter, clocks=clocks)


def _receipt(event: Fact) -> tuple[ClockName, Receipt | None]:
    match event:
        case facts.LetterReceived():
            return "reply", event.receipt
        case facts.LetterReopened() | facts.AppealMade():
            return "reopened_reply", event.receipt
        case facts.ExtensionDecided() | facts.DueChanged():
            return event.clock, event.receipt
        case _:
            return "reply", None
