"""Signatures of replies and refusals: who signs, in which order, and who must not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.router.domain.actors import DeskCommand
from services.router.domain.context import DecisionContext, Facts
from services.router.domain.due_dates import Rulebook
from services.router.domain.letter import Letter, ReplyDraft
from services.router.domain.preconditions import check_state, check_words
from services.router.domain.replies import take_effect
from shared.contracts.progress_v1 import LetterSigned, ReplySentBack
from shared.contracts.slugs import BUREAUS, Holder
from shared.contracts.values import By
from shared.contracts.vocabulary import SignerRole
from shared.contracts.words import Reason
from shared.kernel.complaints import complained_of
from shared.kernel.errors import NotAllowed, OutOfOrder, TooLate
from shared.kernel.frozen import replace
from shared.kernel.offices import Step
from shared.kernel.places import PROVINCE


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


@dataclass(frozen=True, slots=True)
class SigningSeat:
    """The drafts that an office may sign."""

    holders: frozenset[Holder]
    step: Step | None
    """None: every step, of complaints about the department."""


def signing_seats(staff: str, *, on: date, rulebook: Rulebook) -> Iterator[SigningSeat]:
    """Yield what this person signs; each draft must still pass `waits_for`."""
    offices = rulebook.offices
    for slug in BUREAUS:
        ranks = (offices.holders(rank, slug, on=on) for rank in ("chief", "deputy"))
        if any(staff in holders for holders in ranks):
            also: set[Holder] = {"triage"} if slug == PROVINCE else set()
            yield SigningSeat(frozenset({slug, *also}), "chief")
    if staff in offices.holders("supervisor", PROVINCE, on=on):
        yield SigningSeat(frozenset({*BUREAUS, "triage"}), "supervisor")
    if offices.is_named(staff, on):
        yield SigningSeat(frozenset({"province"}), None)


def waits_for(staff: str, letter: Letter, *, on: date, rulebook: Rulebook) -> bool:
    """Whether this person may sign the waiting draft, or send it back, as the next step."""
    draft = letter.draft
    if letter.state != "signing" or draft is None or not draft.signers:
        return False
    if staff == draft.author or staff in draft.signed:
        return False
    return _rank(staff, letter, draft, on=on, rulebook=rulebook) is not None


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
    staff = command.by.staff
    if staff is None or staff == draft.author or staff in draft.signed:
        raise NotAllowed("another person must sign")
    signs_as = _rank(staff, context.letter, draft, on=context.today, rulebook=context.rulebook)
    if signs_as is None:
        raise NotAllowed("only those named for it sign")
    return signs_as


def _rank(
    staff: str, letter: Letter, draft: ReplyDraft, *, on: date, rulebook: Rulebook
) -> SignerRole | None:
    """The rank in which this person may take the draft's next step."""
    return rulebook.offices.signs_as(
        staff,
        "supervisor" if draft.signers[0] == "supervisor" else "chief",
        bureau=letter.bureau or "province",
        on=on,
        about=complained_of(letter.about) if letter.about else None,
    )


def _by(signer: SignerRole, context: DecisionContext) -> By:
    """The role in which they sign; a deputy signs as the chief."""
    if signer == "supervisor":
        return By(role="supervisor", staff=context.by.staff)
    return By(role="chief", bureau=context.letter.bureau, staff=context.by.staff)
