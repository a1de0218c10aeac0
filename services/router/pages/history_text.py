"""A letter's history in plain words: a sentence for each fact."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from services.router.store.history import PastFact
from shared.contracts import progress_v1 as facts
from shared.contracts.bilingual import Bilingual
from shared.contracts.event import Fact
from shared.contracts.values import By
from shared.web.language import N_, Message
from shared.web.vocabulary import label

Sentence: TypeAlias = Callable[[Any], Message]


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One line of the history."""

    number: int
    at: datetime
    title: Message
    text: Bilingual | Message
    """Who did it."""


def history_items(past: Iterable[PastFact]) -> list[HistoryItem]:
    """Return the history in words, newest first."""
    items = [
        HistoryItem(one.number, one.at, SENTENCES[type(one.fact)](one.fact), who(one.fact.by))
        for one in past
    ]
    return items[::-1]


def who(by: By) -> Bilingual | Message:
    """Return who did something, by role and bureau."""
    role = label("role", by.role)
    if by.bureau is None or by.role == "bureau":
        return label("bureau", by.bureau) if by.bureau else role
    return Message(N_("%(role)s, %(bureau)s"), role=role, bureau=label("bureau", by.bureau))


def _said(text: str, **names: str) -> Sentence:
    """A sentence with the fact's fields; `names`: fields whose codes have names of that kind."""

    def sentence(fact: Any) -> Message:
        values = {
            name: label(kind, getattr(fact, name)) if getattr(fact, name) else ""
            for name, kind in names.items()
        }
        return Message(text, **(_plain(fact) | values))

    return sentence


def _plain(fact: Fact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in type(fact).model_fields}


def _either(decides: str, yes: Sentence, no: Sentence) -> Sentence:
    return lambda fact: yes(fact) if getattr(fact, decides) else no(fact)


SENTENCES: Final[Mapping[type[Fact], Sentence]] = {
    facts.LetterReceived: _said(N_("The mailbox received the letter")),
    facts.TriageEntered: _said(N_("The letter waits for the triage desk")),
    facts.LetterRouted: _said(N_("Routed to %(bureau)s"), bureau="bureau"),
    facts.LetterAccepted: _said(N_("The bureau accepted the letter")),
    facts.LetterReturned: _either(
        "suggestion",
        _said(
            N_("%(from_bureau)s returned the letter: %(reason)s. It suggests %(suggestion)s"),
            from_bureau="bureau",
            reason="return_reason",
            suggestion="bureau",
        ),
        _said(
            N_("%(from_bureau)s returned the letter: %(reason)s"),
            from_bureau="bureau",
            reason="return_reason",
        ),
    ),
    facts.LetterRecalled: _said(
        N_("Taken back from %(from_bureau)s: %(reason)s"),
        from_bureau="bureau",
        reason="recall_reason",
    ),
    facts.LetterPassedOn: _said(
        N_("Passed on to a unit: %(police_type)s (%(unit)s)"), police_type="police_type"
    ),
    facts.UnitAccepted: _said(N_("The unit %(unit)s accepted the letter")),
    facts.NoteAdded: _said(N_("Note %(note)s was added")),
    facts.LetterLinked: _said(N_("Linked: %(kind)s, %(with_)s"), kind="link_kind"),
    facts.ConflictDeclared: _said(N_("A staff member declared a conflict of interest")),
    facts.WriterAsked: _said(
        N_("Question %(question)s to the writer, who may answer until %(answer_by)s")
    ),
    facts.WriterAnswered: _said(N_("The writer answered question %(question)s")),
    facts.QuestionLapsed: _said(N_("The time to answer question %(question)s passed")),
    facts.LetterAddedTo: _said(N_("The writer sent an addition")),
    facts.ExtensionRequested: _said(
        N_("%(days)s more days requested (%(clock)s): %(reason)s"),
        clock="clock",
        reason="extension_reason",
    ),
    facts.ExtensionDecided: _either(
        "granted",
        _said(N_("%(days)s more days granted (%(clock)s)"), clock="clock"),
        _said(N_("More time refused (%(clock)s)"), clock="clock"),
    ),
    facts.ReplySubmitted: _either(
        "outcome",
        _said(N_("A reply was written: %(outcome)s"), outcome="outcome"),
        _said(N_("A refusal was written: %(decline_reason)s"), decline_reason="decline_reason"),
    ),
    facts.LetterSigned: _said(N_("Signed: %(signer)s"), signer="signer_role"),
    facts.ReplySentBack: _said(N_("The draft was sent back unsigned")),
    facts.LetterReplied: _said(
        N_("Reply %(reply)s went to the writer: %(outcome)s"), outcome="outcome"
    ),
    facts.LetterDeclined: _said(
        N_("The letter was declined: %(decline_reason)s"), decline_reason="decline_reason"
    ),
    facts.LetterClosed: _said(N_("Closed: %(why)s"), why="why_closed"),
    facts.PublicationProposed: _said(N_("Proposed for publication")),
    facts.CommitmentMade: _said(N_("Promise %(commitment)s, due on %(due_on)s")),
    facts.CommitmentFulfilled: _said(N_("Promise %(commitment)s was kept: %(kept)s"), kept="kept"),
    facts.InstructionGiven: _said(
        N_("Instruction %(instruction)s, to be answered by %(answer_by)s")
    ),
    facts.InstructionAnswered: _said(N_("Instruction %(instruction)s was answered")),
    facts.LetterEscalated: _said(
        N_("%(clock)s, due on %(due_on)s: %(level)s"), clock="clock", level="level"
    ),
    facts.LetterSupervised: _said(
        N_("Under the province’s supervision: %(reason)s"), reason="why_supervised"
    ),
    facts.LetterRead: _either(
        "in_person",
        _said(N_("The chief read the letter in person")),
        _said(N_("The letter was read for the chief")),
    ),
    facts.LetterReclassified: _said(N_("Reclassified: %(category)s"), category="category"),
    facts.PetitionMarked: _said(N_("Marked as a petition: %(reason)s"), reason="mark_reason"),
    facts.DisclosureMarked: _said(
        N_("Marked as a request for information: %(reason)s"), reason="mark_reason"
    ),
    facts.DueChanged: _said(
        N_("%(clock)s: now due on %(new_due)s instead of %(old_due)s (%(reason)s)"),
        clock="clock",
        reason="why_due_changed",
    ),
    facts.LetterRated: _either(
        "solved",
        _said(N_("The writer says that it is solved, %(score)s of 5")),
        _said(N_("The writer says that it isn’t solved, %(score)s of 5")),
    ),
    facts.LetterReopened: _said(N_("The writer asked for another answer")),
    facts.AppealMade: _said(N_("The writer appealed against the refusal")),
    facts.LetterWithdrawn: _said(
        N_("The writer withdrew the letter: %(reason)s"), reason="withdrawal_reason"
    ),
    facts.RequestRefused: _said(
        N_("A request of the writer was refused: %(request_type)s, %(code)s"),
        request_type="request_type",
        code="request_refusal",
    ),
}
"""A sentence for each kind of fact; a test shows that none is missing."""
