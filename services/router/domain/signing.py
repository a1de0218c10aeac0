"""Signatures of replies and refusals: who signs, in which order, and who must not."""

from dataclasses import dataclass
from typing import Literal

from services.router.domain.actors import DeskCommand
from services.router.domain.context import DecisionContext, Facts
from services.router.domain.letter import Letter, ReplyDraft
from services.router.domain.preconditions import check_state, check_words
from services.router.domain.replies import take_effect
from shared.contracts.progress_v1 import LetterSigned, ReplySentBack
from shared.contracts.values import By
from shared.contracts.vocabulary import SignerRole
from shared.contracts.words import Reason
from shared.kernel.complaints import complained_of
from shared.kernel.errors import NotAllowed, OutOfOrder, TooLate
from shared.kernel.frozen import replace


@dataclass(frozen=True)
class SignAnswer(DeskCommand):
    """Sign a reply or refusal."""

    draft: int | None = None
    """The number of the draft that was read; None: the one that waits."""


@dataclass(frozen=True)
class SendBack(DeskCommand):
    """Send a draft back unsigned, and say what is missing."""

    words: Reason | None


def sign(command: SignAnswer, context: DecisionContext) -> Facts:
    """Sign the draft; with the last signature it takes effect.

    Raises: OutOfOrder, NotAllowed; TooLate if the due date of a commitment has passed: send it
    back.
    """
    draft = _draft(context)
    if command.draft not in (None, context.letter.drafts):
        raise OutOfOrder("another draft lies there by now")
    signer = _signer(command, context, draft)
    if any(promise.due_on < context.today for promise in draft.commitments):
        raise TooLate("what it promises was due before it is signed")
    signs = context.as_actor(_by(signer, context))
    following = draft.signers[1] if len(draft.signers) > 1 else None
    fact = LetterSigned(
        **signs.fact_header(LetterSigned, conditions={"has_next"} if following else set()),
        signer=signer,
        step=len(draft.signed) + 1,
        next=following,
    )
    return (fact,) if following else (fact, *take_effect(signs.after(fact)))


def send_back(command: SendBack, context: DecisionContext) -> tuple[ReplySentBack, ...]:
    """Send the draft back, and say what is missing. Raises: OutOfOrder, NotAllowed, BadValue.

    A refusal that a bureau wrote before it accepted the letter goes to handling, too.
    """
    draft = _draft(context)
    signer = _signer(command, context, draft)
    check_words(command.words)
    to_state: Literal["triage", "handling"] = (
        "triage" if draft.from_state == "triage" else "handling"
    )
    header = context.as_actor(_by(signer, context)).fact_header(
        ReplySentBack, state=to_state, conditions={f"to_state={to_state}"}
    )
    return (ReplySentBack(**header, to_state=to_state, words=command.words),)


def apply_signed(letter: Letter, event: LetterSigned) -> Letter:
    """Record the signature and the signers that are left."""
    draft = letter.draft
    if draft is None:
        return letter
    signed = (*draft.signed, event.by.staff) if event.by.staff else draft.signed
    return replace(letter, draft=replace(draft, signers=draft.signers[1:], signed=signed))


def apply_sent_back(letter: Letter, event: ReplySentBack) -> Letter:
    """Drop the draft."""
    reasons = ("sent_back",) if event.to_state == "triage" else letter.triage_reasons
    return replace(letter, draft=None, triage_reasons=reasons)


def _draft(context: DecisionContext) -> ReplyDraft:
    check_state(context.letter, "signing", what="sign")
    draft = context.letter.draft
    if draft is None or not draft.signers:
        raise OutOfOrder("nothing waits for a signature")
    return draft


def _signer(
    command: SignAnswer | SendBack, context: DecisionContext, draft: ReplyDraft
) -> SignerRole:
    """The role in which this person may take the next step.

    All signers and the author are different persons. Raises: NotAllowed.
    """
    letter, staff, step = context.letter, command.by.staff, draft.signers[0]
    if staff is None or staff == draft.author or staff in draft.signed:
        raise NotAllowed("another person must sign")
    signs_as = context.rulebook.offices.signs_as(
        staff,
        "supervisor" if step == "supervisor" else "chief",
        bureau=letter.bureau or "province",
        on=context.today,
        about=complained_of(letter.about) if letter.about else None,
    )
    if signs_as is None:
        raise NotAllowed("only those named for it sign")
    return signs_as


def _by(signer: SignerRole, context: DecisionContext) -> By:
    """The role in which they sign; a deputy signs as the chief."""
    if signer == "supervisor":
        return By(role="supervisor", staff=context.by.staff)
    return By(role="chief", bureau=context.letter.bureau, staff=context.by.staff)
