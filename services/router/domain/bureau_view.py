"""What a bureau is sent about a letter: copies of facts, assignments and snapshots.

Copies have the same type as the fact; the shell seals their words for that bureau alone, and staff
are left out.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from services.router.domain.due_dates import Rulebook, receipt_of
from services.router.domain.letter import Letter, LetterState, RunningClock, Utterance, standing
from services.router.domain.masking import (
    masked,
    masked_comment,
    masked_note,
    masked_text,
    without_writer,
)
from services.router.domain.preconditions import is_hidden, may_be_told
from services.router.domain.timers import MANY
from shared.contracts import bureau_v1, progress_v1
from shared.contracts.catalogue import COPIED
from shared.contracts.event import Event, Fact
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.values import Attachment, By, Due, Receipt, WriterFacts
from shared.contracts.vocabulary import PoliceType, WhyEnded
from shared.contracts.words import (
    LARGEST_WORDS,
    MAX_REPLY,
    MOST_TURNS,
    Comment,
    Conversation,
    LetterText,
    Turn,
    WriterText,
)
from shared.kernel.complaints import INSPECTION, Path, path_of_complaint

ENDS: dict[type[Fact], WhyEnded] = {
    progress_v1.LetterReturned: "returned",
    progress_v1.LetterRecalled: "recalled",
    progress_v1.AppealMade: "rerouted",
    progress_v1.LetterWithdrawn: "withdrawn",
}
"""Facts that end an assignment; nothing more follows for it."""


def recipient(event: object, state: LetterState) -> Bureau | None:
    """Return the bureau that is told of the event: the holder, or the former holder."""
    if isinstance(event, progress_v1.LetterReturned | progress_v1.LetterRecalled):
        return event.from_bureau
    if isinstance(event, progress_v1.AppealMade):
        return None if event.declined_by == "triage" else event.declined_by
    return state.bureau if isinstance(state, Letter) else None


def for_bureau(event: object, state: LetterState, *, rulebook: Rulebook) -> tuple[Event, ...]:
    """Return what the bureau that holds the letter after `event`, or lost it by that, is sent.

    If the letter must not reach the bureau, it is told only that the assignment ended. After a
    withdrawal nothing is sent, nor ever for what the department's inspection holds.
    """
    if not isinstance(state, Letter) or recipient(event, state) is None or state.is_quiet:
        return ()
    if isinstance(event, Fact) and type(event) in ENDS:
        ended = _ended(event, ENDS[type(event)])
        is_copied = type(event) in COPIED and not is_hidden(state)
        return (_copy(event, state), ended) if is_copied else (ended,)
    return _while_held(event, state, rulebook) if may_be_told(state) else ()


def _while_held(event: object, letter: Letter, rulebook: Rulebook) -> tuple[Event, ...]:
    match event:
        case progress_v1.LetterRouted():
            return (assigned(event, letter, rulebook=rulebook), *still_open(letter))
        case bureau_v1.LetterSnapshot():
            return (event, *still_open(letter))
        case bureau_v1.LetterIdentity() | IdentityWithheld() | bureau_v1.PublicationNoted():
            return (event,)
        case Fact() if type(event) in COPIED:
            return (_copy(event, letter),)
        case _:
            return ()


def _copy(event: Fact, letter: Letter) -> Fact:
    """The fact without staff; for a masked letter, with the writer's values masked."""
    update: dict[str, Any] = {"by": anonymous(event.by)}
    words = getattr(event, "words", None)
    if letter.masked and isinstance(words, WriterText):
        update["words"] = masked_text(words)
    if letter.masked and isinstance(words, Comment):
        update["words"] = masked_comment(words)
    return event.model_copy(update=update)


def _ended(event: Fact, why: WhyEnded) -> bureau_v1.AssignmentEnded:
    return bureau_v1.AssignmentEnded(
        state=event.state,
        holder=event.holder,
        assignment=event.assignment,
        by=anonymous(event.by),
        at=event.at,
        why=why,
    )


MOST_ATTACHMENTS = 20
MOST_DUES = 18


def assigned(
    event: progress_v1.LetterRouted, letter: Letter, *, rulebook: Rulebook
) -> bureau_v1.LetterAssigned:
    """Return the letter for the bureau that holds it from now on."""
    return bureau_v1.LetterAssigned(
        **_shown(letter, rulebook), by=anonymous(event.by), at=event.at, clocks=event.clocks
    )


def snapshot(letter: Letter, *, rulebook: Rulebook) -> bureau_v1.LetterSnapshot:
    """Return the state of the letter, replacing all that its holder was sent before."""
    return bureau_v1.LetterSnapshot(**_shown(letter, rulebook), by=By(role="rule"))


def still_open(letter: Letter) -> Iterator[Fact]:
    """Return the open instructions and commitments, for which a new holder is responsible."""
    common: dict[str, Any] = {
        "state": letter.state,
        "holder": letter.holder,
        "assignment": letter.assignment,
    }
    for instruction in letter.instructions:
        if not instruction.is_answered:
            yield progress_v1.InstructionGiven(
                **common,
                by=By(role=instruction.role),
                instruction=instruction.number,
                office=instruction.office,
                answer_by=instruction.answer_by,
                words=masked_note(instruction.words, letter),
            )
    for made in letter.commitments:
        if made.kept is None:
            yield progress_v1.CommitmentMade(
                **common,
                by=By(role="rule"),
                commitment=made.number,
                due_on=made.due_on,
                words=masked_note(made.words, letter),
            )


def anonymous(by: By) -> By:
    """Return the actor without the staff member's id."""
    return by if by.staff is None else by.model_copy(update={"staff": None})


def _shown(letter: Letter, rulebook: Rulebook) -> dict[str, Any]:
    """What the holding bureau may see of the letter."""
    return {
        "state": letter.state,
        "holder": letter.holder,
        "assignment": letter.assignment,
        "received_at": letter.received_at,
        "category": letter.category,
        "police_type": _line_of_work(letter),
        "place": letter.place,
        "evidence": letter.evidence,
        "masked": letter.masked,
        "attachments": tuple(_harmless(letter))[:MOST_ATTACHMENTS],
        "dues": tuple(_dues(letter, rulebook.under(letter.policy_version)))[:MOST_DUES],
        "follow_up": letter.is_followed_up,
        "supervised": letter.is_supervised,
        "reopened": letter.reopened,
        "writer": writer_facts(letter),
        "words": _words(letter),
        "earlier": conversation(letter),
    }


def writer_facts(letter: Letter) -> WriterFacts | None:
    """What its holder must know of the writer; of a masked letter only that it is a minor's."""
    if letter.writer is None or not letter.masked:
        return letter.writer
    kept = letter.writer.model_copy(update={"on_behalf": None, "acting_as": None})
    return kept if kept.age_group else None


def _harmless(letter: Letter) -> Iterator[Attachment]:
    """The files without those that were refused; a waiting one may still be."""
    states = dict(letter.checked_files)
    return (file for file in letter.attachments if states.get(file.id, "clean") == "clean")


def _words(letter: Letter) -> LetterText | None:
    """The text as its holder may read it, without the salt for digests."""
    if letter.words is None or not letter.masked:
        return letter.words and letter.words.model_copy(update={"salt": None})
    return masked(letter.words)


def _line_of_work(letter: Letter) -> PoliceType | None:
    """The unit that should handle it: a complaint about another unit of the bureau goes to its
    inspection.
    """
    about = standing(letter).about
    if about is not None and path_of_complaint(about) == Path(letter.holder, INSPECTION):
        return INSPECTION
    return letter.police_type


def _dues(letter: Letter, rulebook: Rulebook) -> Iterator[Due]:
    """The running clocks. Commitments and instructions come last, since each is also sent by
    itself.
    """
    for clock in sorted(letter.clocks, key=lambda one: one.clock in MANY):
        if not clock.is_paused:
            yield _due(clock, receipt_of(clock, letter, rulebook=rulebook))


def _due(clock: RunningClock, receipt: Receipt | None) -> Due:
    return Due(
        clock=clock.clock,
        round=clock.round,
        due_on=clock.due_on,
        passes_at=clock.passes_at,
        provisional=clock.provisional,
        receipt=receipt,
    )


def conversation(letter: Letter) -> Conversation | None:
    """Return the newest turns that fit into one record with the letter; None without any."""
    turns = list(conversation_turns(letter))
    kept = _newest(turns)
    return Conversation(turns=kept, left_out=len(turns) - len(kept)) if turns else None


def conversation_turns(letter: Letter) -> Iterator[Turn]:
    """Return what the writer was asked, told and said, oldest first."""
    for utterance in letter.said:
        if (text := _text(utterance, letter)) is not None:
            yield Turn(at=utterance.at, who="writer" if utterance.writer else "bureau", text=text)


def _text(utterance: Utterance, letter: Letter) -> str | None:
    if utterance.writer is not None:
        words = masked_text(utterance.writer) if letter.masked else utterance.writer
        return words.text if words else None
    told = utterance.question or utterance.reply
    if told is None:
        return None
    return without_writer(told.text, letter, most=MAX_REPLY) if letter.masked else told.text


def _newest(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The newest turns that fit, oldest first."""
    left, kept = LARGEST_WORDS, list[Turn]()
    for turn in reversed(turns[-MOST_TURNS:]):
        left -= len(Conversation(turns=(turn,)).plaintext())
        if left < 0:
            break
        kept.insert(0, turn)
    return tuple(kept)
