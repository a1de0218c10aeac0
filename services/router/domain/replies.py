"""Replies, refusals and proposals to publish, from the draft until they take effect."""

from dataclasses import dataclass
from datetime import date, datetime

from services.router.domain.actors import HolderCommand
from services.router.domain.commitments import check_promises, promised
from services.router.domain.context import DecisionContext, Facts
from services.router.domain.letter import (
    Letter,
    Pledge,
    ReplyDraft,
    standing,
    with_utterance,
    words_as,
)
from services.router.domain.preconditions import check_holding, check_state, check_words
from shared.contracts.progress_v1 import (
    LetterDeclined,
    LetterReplied,
    PublicationProposed,
    ReplySubmitted,
)
from shared.contracts.values import ClockChange, Commitment, Promise
from shared.contracts.vocabulary import DeclineReason, Finding, Outcome, SignerRole, WhereToTurn
from shared.contracts.words import LARGEST_WORDS, Note, ReplyText
from shared.kernel import signing
from shared.kernel.complaints import TO_NOBODY, path_of_complaint
from shared.kernel.errors import BadValue, NotAllowed, OutOfOrder
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class ReplyToLetter(HolderCommand):
    """Answer the writer."""

    outcome: Outcome
    words: ReplyText | None
    finding: Finding | None = None
    referred_to: WhereToTurn | None = None
    commitments: tuple[Pledge, ...] = ()
    publication_proposed: bool = False
    signed_by: str | None = None
    """Opaque id of the person who signed it in the bureau's own system."""


@dataclass(frozen=True)
class DeclineLetter(HolderCommand):
    """Decline a letter for a reason in law; the triage desk can do so, too."""

    decline_reason: DeclineReason
    where_to_turn: WhereToTurn | None
    words: ReplyText | None
    signed_by: str | None = None


@dataclass(frozen=True)
class ProposePublication(HolderCommand):
    """Propose to publish the letter and its reply."""


NEEDS_FINDING = ("unfounded", "malicious")
ELSEWHERE: tuple[DeclineReason, ...] = (
    "court_or_arbitration",
    "petition_already",
    "outside_jurisdiction",
    "other_province",
    "crime_report",
)
"""Reasons that say that another authority is competent; the writer is told which."""


def reply(command: ReplyToLetter, context: DecisionContext) -> Facts:
    """Submit a reply; it takes effect at once unless somebody must sign it.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue.
    """
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="reply")
    _check_reply(command, today=context.today)
    draft = ReplyDraft(
        "reply",
        letter.state,
        command.by.staff,
        outcome=command.outcome,
        finding=command.finding,
        referred_to=command.referred_to,
        commitments=command.commitments,
        publication_proposed=command.publication_proposed,
        words=command.words,
    )
    return _submitted(context, draft, signed_by=command.signed_by)


def decline(command: DeclineLetter, context: DecisionContext) -> Facts:
    """Submit a refusal for a reason in law; a chief signs every refusal.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue.
    """
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "triage" if letter.bureau is None else "routed", what="decline")
    _check_text(command.words)
    if command.decline_reason in ELSEWHERE and command.where_to_turn is None:
        raise BadValue("where_to_turn")
    draft = ReplyDraft(
        "refusal",
        letter.state,
        command.by.staff,
        decline_reason=command.decline_reason,
        where_to_turn=command.where_to_turn,
        words=command.words,
    )
    return _submitted(context, draft, signed_by=command.signed_by)


def declined_by_rule(context: DecisionContext, text: str) -> Facts:
    """Refuse what nobody here may answer, and refer the writer to 12389.

    Nobody signs it, since nobody here may see it.
    """
    draft = ReplyDraft(
        "refusal",
        context.letter.state,
        None,
        decline_reason="outside_jurisdiction",
        where_to_turn="12389",
        words=ReplyText(text=text),
    )
    fact = _written(context, draft)
    return fact, *take_effect(context.after(fact))


def propose(
    command: ProposePublication, context: DecisionContext
) -> tuple[PublicationProposed, ...]:
    """Propose to publish the letter; reports are never published.

    Raises: NotHeld, StaleAssignment, OutOfOrder, NotAllowed.
    """
    letter = context.letter
    check_holding(command, letter)
    check_state(letter, "replied", "closed", what="propose for publication")
    if letter.category == "report":
        raise NotAllowed("reports are never published")
    return () if letter.is_proposed else (PublicationProposed(**context.plain_header()),)


def take_effect(context: DecisionContext) -> Facts:
    """Turn the waiting draft into the letter's answer and its commitments.

    Raises: OutOfOrder, without a draft.
    """
    draft = context.letter.draft
    if draft is None:
        raise OutOfOrder("nothing is written")
    if draft.kind == "refusal":
        return (_declined(context, draft),)
    replied = _replied(context, draft)
    facts: Facts = (replied,)
    for pledge in draft.commitments:
        facts = (*facts, promised(context.after(*facts), pledge))
    return facts


def apply_submitted(letter: Letter, event: ReplySubmitted) -> Letter:
    """Keep the draft that waits to be signed or to take effect."""
    return replace(letter, draft=_draft(event), drafts=letter.drafts + 1)


def apply_replied(letter: Letter, event: LetterReplied) -> Letter:
    """Add the reply to the conversation."""
    told = with_utterance(letter, event, reply=words_as(ReplyText, event.words))
    return replace(
        told,
        draft=None,
        wanted=None,
        replies=event.reply,
        outcome=event.outcome,
        solved=None,
        is_proposed=letter.is_proposed or event.publication_proposed,
        reopen_until=next(filter(None, map(_passing, event.clocks)), letter.reopen_until),
    )


def apply_declined(letter: Letter, event: LetterDeclined) -> Letter:
    """Add the refusal to the conversation."""
    told = with_utterance(letter, event, reply=words_as(ReplyText, event.words))
    return replace(told, draft=None, wanted=None)


def apply_publication_proposed(letter: Letter, _: PublicationProposed) -> Letter:
    """Mark the letter as proposed for publication."""
    return replace(letter, is_proposed=True)


def _submitted(context: DecisionContext, draft: ReplyDraft, *, signed_by: str | None) -> Facts:
    """The submitted draft; if nobody must sign it, the answer follows at once."""
    signed = _signed_elsewhere(context, draft, signed_by)
    signers = _signers(context, draft, is_signed=signed is not None)
    fact = _written(context, draft, signers=signers, signed=signed)
    return (fact,) if signers else (fact, *take_effect(context.after(fact)))


def _written(
    context: DecisionContext,
    draft: ReplyDraft,
    *,
    signers: tuple[SignerRole, ...] = (),
    signed: str | None = None,
) -> ReplySubmitted:
    """The submitted draft."""
    conditions = {"has_signers"} if signers else set()
    return ReplySubmitted(
        **context.fact_header(ReplySubmitted, state="signing", conditions=conditions),
        kind=draft.kind,
        outcome=draft.outcome,
        decline_reason=draft.decline_reason,
        from_state=draft.from_state,
        signers=signers,
        finding=draft.finding,
        referred_to=draft.referred_to,
        where_to_turn=draft.where_to_turn,
        commitments=tuple(_promise(promise) for promise in draft.commitments),
        publication_proposed=draft.publication_proposed,
        signed_by=signed,
        words=draft.words,
    )


def _promise(pledge: Pledge) -> Promise:
    return Promise(due_on=pledge.due_on, words=pledge.words)


def _signers(
    context: DecisionContext, draft: ReplyDraft, *, is_signed: bool
) -> tuple[SignerRole, ...]:
    letter = context.letter
    asked = signing.DraftToSign(draft.kind, letter.category, draft.outcome, letter.reopened)
    return tuple(context.rulebook.policies.signing.signers(asked, is_signed=is_signed))


def _signed_elsewhere(
    context: DecisionContext, draft: ReplyDraft, signed_by: str | None
) -> str | None:
    """Who signed it in the bureau's own system, if that counts: never the author."""
    bureau, about = context.letter.bureau, standing(context.letter).about
    if signed_by is None or bureau is None or signed_by == draft.author:
        return None
    counts = context.rulebook.offices.has_signed(signed_by, bureau, on=context.today, about=about)
    return signed_by if counts else None


def _check_reply(command: ReplyToLetter, *, today: date) -> None:
    """Check the parts of a reply. Raises: BadValue."""
    _check_text(command.words)
    if command.outcome in NEEDS_FINDING and command.finding is None:
        raise BadValue("finding")
    if command.outcome == "malicious" and command.referred_to is None:
        raise BadValue("referred_to")
    check_promises(command.commitments, today=today)


def _check_text(words: ReplyText | None) -> None:
    check_words(words)
    if words is not None and len(words.plaintext()) > LARGEST_WORDS:
        raise BadValue("words")


def _declined(context: DecisionContext, draft: ReplyDraft) -> LetterDeclined:
    """A refusal can be appealed once, unless nobody here may look at it."""
    if draft.decline_reason is None:
        raise OutOfOrder("a refusal has its reason")
    header = context.fact_header(LetterDeclined, state="declined")
    is_nobodys = _is_nobodys(context)
    by = next((clock.due_on for clock in header["clocks"] if clock.clock == "appeal"), None)
    if is_nobodys:
        header["clocks"] = tuple(clock for clock in header["clocks"] if clock.clock != "appeal")
    return LetterDeclined(
        **header,
        decline_reason=draft.decline_reason,
        where_to_turn=draft.where_to_turn,
        appeal_by=None if is_nobodys or context.letter.appeals else by,
        words=draft.words,
    )


def _is_nobodys(context: DecisionContext) -> bool:
    about = standing(context.letter).about
    return about is not None and path_of_complaint(about) == TO_NOBODY


def _replied(context: DecisionContext, draft: ReplyDraft) -> LetterReplied:
    letter = context.letter
    if draft.outcome is None:
        raise OutOfOrder("a reply has its outcome")
    first = len(letter.commitments) + 1
    return LetterReplied(
        **context.fact_header(LetterReplied, state="replied"),
        reply=letter.replies + 1,
        outcome=draft.outcome,
        finding=draft.finding,
        referred_to=draft.referred_to,
        commitments=tuple(
            Commitment(commitment=number, due_on=promise.due_on)
            for number, promise in enumerate(draft.commitments, first)
        ),
        publication_proposed=draft.publication_proposed,
        words=draft.words,
    )


def _draft(event: ReplySubmitted) -> ReplyDraft:
    return ReplyDraft(
        kind=event.kind,
        from_state=event.from_state,
        author=event.by.staff,
        signers=event.signers,
        signed=(event.signed_by,) if event.signed_by else (),
        outcome=event.outcome,
        decline_reason=event.decline_reason,
        finding=event.finding,
        referred_to=event.referred_to,
        where_to_turn=event.where_to_turn,
        commitments=tuple(
            Pledge(promise.due_on, words_as(Note, promise.words)) for promise in event.commitments
        ),
        publication_proposed=event.publication_proposed,
        words=words_as(ReplyText, event.words),
    )


def _passing(change: ClockChange) -> datetime | None:
    is_rating = change.clock == "rating" and change.change == "started"
    return change.passes_at if is_rating else None
