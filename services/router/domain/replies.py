"""How a letter is answered: a reply or a refusal, signed where the policy says so. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

from services.router.domain.commands.answering import (
    DeclineLetter,
    ProposePublication,
    ReplyToLetter,
)
from services.router.domain.context import Matter
from services.router.domain.parts import Draft, Pledge
from services.router.domain.preconditions import check_holding, check_state, check_words
from services.router.domain.settling import settled
from services.router.domain.standing import standing
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import PublicationProposed, ReplySubmitted
from shared.contracts.values import Promise
from shared.contracts.vocabulary import DeclineReason, SignerRole
from shared.contracts.words import LARGEST_WORDS, ReplyText
from shared.kernel import signing
from shared.kernel.errors import BadValue, NotAllowed

NEEDS_FINDING = ("unfounded", "malicious")
ELSEWHERE: tuple[DeclineReason, ...] = (
    "court_or_arbitration",
    "petition_already",
    "outside_jurisdiction",
    "other_province",
    "crime_report",
)
"""Reasons that say that somebody else is competent; the writer is told who."""
LONGEST_PROMISE_YEARS = 5

Facts: TypeAlias = tuple[Fact, ...]


def reply(command: ReplyToLetter, matter: Matter) -> Facts:
    """Answer the letter; the answer takes effect at once unless somebody must sign it.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "handling", what="reply")
    _check_reply(command, today=matter.today)
    draft = Draft(
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
    return _submitted(matter, draft, signed_by=command.signed_by)


def decline(command: DeclineLetter, matter: Matter) -> Facts:
    """Refuse the letter, for a reason in law; a chief signs every refusal.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "triage" if letter.bureau is None else "routed", what="decline")
    _check_text(command.words)
    if command.decline_reason in ELSEWHERE and command.where_to_turn is None:
        raise BadValue("where_to_turn")
    draft = Draft(
        "refusal",
        letter.state,
        command.by.staff,
        decline_reason=command.decline_reason,
        where_to_turn=command.where_to_turn,
        words=command.words,
    )
    return _submitted(matter, draft, signed_by=command.signed_by)


def declined_by_rule(matter: Matter, text: str) -> Facts:
    """Refuse what nobody here may answer, for whoever takes complaints about the police.

    Nobody signs it, since nobody here may see it.
    """
    draft = Draft(
        "refusal",
        matter.letter.state,
        None,
        decline_reason="outside_jurisdiction",
        where_to_turn="12389",
        words=ReplyText(text=text),
    )
    fact = _written(matter, draft)
    return fact, *settled(matter.after(fact))


def propose(command: ProposePublication, matter: Matter) -> tuple[PublicationProposed, ...]:
    """Propose that everyone can read it, but never a report.

    Raises: NotHeld, StaleAssignment, OutOfOrder, NotAllowed.
    """
    letter = matter.letter
    check_holding(command, letter)
    check_state(letter, "replied", "closed", what="propose for publication")
    if letter.category == "report":
        raise NotAllowed("reports are never published")
    return () if letter.is_proposed else (PublicationProposed(**matter.bare()),)


def _submitted(matter: Matter, draft: Draft, *, signed_by: str | None) -> Facts:
    """That it is written; what nobody must sign takes effect with the next fact."""
    signed = _signed_elsewhere(matter, draft, signed_by)
    signers = _signers(matter, draft, is_signed=signed is not None)
    fact = _written(matter, draft, signers=signers, signed=signed)
    return (fact,) if signers else (fact, *settled(matter.after(fact)))


def _written(
    matter: Matter,
    draft: Draft,
    *,
    signers: tuple[SignerRole, ...] = (),
    signed: str | None = None,
) -> ReplySubmitted:
    """That it is written."""
    conditions = {"has_signers"} if signers else set()
    return ReplySubmitted(
        **matter.common(ReplySubmitted, state="signing", conditions=conditions),
        kind=draft.kind,
        outcome=draft.outcome,
        decline_reason=draft.decline_reason,
        from_state=draft.from_state,
        signers=signers,
        finding=draft.finding,
        referred_to=draft.referred_to,
        where_to_turn=draft.where_to_turn,
        commitments=tuple(_promise(one) for one in draft.commitments),
        publication_proposed=draft.publication_proposed,
        signed_by=signed,
        words=draft.words,
    )


def _promise(pledge: Pledge) -> Promise:
    return Promise(due_on=pledge.due_on, words=pledge.words)


def _signers(matter: Matter, draft: Draft, *, is_signed: bool) -> tuple[SignerRole, ...]:
    letter = matter.letter
    asked = signing.Draft(draft.kind, letter.category, draft.outcome, letter.reopened)
    return tuple(matter.book.policies.signing.signers(asked, is_signed=is_signed))


def _signed_elsewhere(matter: Matter, draft: Draft, signed_by: str | None) -> str | None:
    """Who has signed it in the bureau's own system, if that counts: never its own writer."""
    bureau, about = matter.letter.bureau, standing(matter.letter).about
    if signed_by is None or bureau is None or signed_by == draft.author:
        return None
    counts = matter.book.offices.has_signed(signed_by, bureau, on=matter.today, about=about)
    return signed_by if counts else None


def _check_reply(command: ReplyToLetter, *, today: date) -> None:
    """What a reply must hold. Raises: BadValue."""
    _check_text(command.words)
    if command.outcome in NEEDS_FINDING and command.finding is None:
        raise BadValue("finding")
    if command.outcome == "malicious" and command.referred_to is None:
        raise BadValue("referred_to")
    _check_promises(command.commitments, today=today)


def _check_promises(promises: Iterable[Pledge], *, today: date) -> None:
    promises = tuple(promises)
    for one in promises:
        if not today <= one.due_on or one.due_on.year > today.year + LONGEST_PROMISE_YEARS:
            raise BadValue("commitments")
        check_words(one.words)
    if sum(len(one.words.plaintext()) for one in promises if one.words) > LARGEST_WORDS:
        raise BadValue("commitments")


def _check_text(words: ReplyText | None) -> None:
    check_words(words)
    if words is not None and len(words.plaintext()) > LARGEST_WORDS:
        raise BadValue("words")
