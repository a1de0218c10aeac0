"""Registration of a letter that intake has taken in, and its first routing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.router.domain.actors import ServiceCommand
from services.router.domain.context import DecisionContext, Evolve
from services.router.domain.department import is_about_us, sent_on
from services.router.domain.due_dates import Rulebook, first_receipt
from services.router.domain.external_events import ContentStored
from services.router.domain.letter import MASKED_CATEGORIES, Letter, UnknownLetter, words_as
from services.router.domain.preconditions import kept_out
from services.router.domain.routing import entered, routed
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterLinked, LetterReceived
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.vocabulary import Category
from shared.contracts.words import LetterText
from shared.kernel.complaints import complained_of
from shared.kernel.working_days import civil_date
from shared.rules.classify.sorting import Sorted, sort_all
from shared.rules.text.written import Written


@dataclass(frozen=True)
class ReceiveLetter(ServiceCommand):
    """Register a letter, and route it or put it before the triage desk."""

    letter: LetterSubmitted
    found: Sorted | None = None
    """The classification, if it was computed for a batch beforehand."""


Received = tuple[Fact | ContentStored, ...]


def receive(command: ReceiveLetter, rulebook: Rulebook, *, evolve: Evolve) -> Received:
    """Register the letter; route it to the bureau that its writer named, or to the triage desk."""
    submitted = command.letter
    found = command.found or classify_letters([submitted])[0]
    if found.bureau and not rulebook.offices.has_joined(found.bureau, civil_date(command.at)):
        found = replace(found, bureau=None, reasons=("bureau_not_joined",), suggestion=found.bureau)
    letter = _unregistered(submitted, rulebook, category=found.category or submitted.category)
    context = DecisionContext(letter, rulebook, command.by, command.at, evolve)
    received = _received(context, submitted, found=found)
    words = words_as(LetterText, submitted.words)
    kept = ContentStored(words, submitted.attachments, submitted.writer)
    context = replace(context, letter=_registered(received, evolve)).after(kept)
    linked = _linked(context, submitted)
    context = context.after(*linked)
    if is_about_us(context):
        return received, kept, *linked, *sent_on(context)
    if found.bureau:
        return received, kept, *linked, routed(context, found.bureau, why="rule")
    suggestion = _suggestion(context, submitted, found=found)
    return received, kept, *linked, entered(context, found.reasons, suggestion=suggestion)


def _received(
    context: DecisionContext, submitted: LetterSubmitted, *, found: Sorted
) -> LetterReceived:
    """The reply's clock counts from the day of receipt, whenever the router reads the letter."""
    letter = context.letter
    return LetterReceived(
        **context.fact_header(LetterReceived),
        received_at=submitted.received_at,
        category=letter.category,
        police_type=found.police_type,
        addressed_to=submitted.addressed_to,
        place=submitted.place,
        about=submitted.about,
        excluded=kept_out(letter),
        masked=letter.category in MASKED_CATEGORIES or found.read in MASKED_CATEGORIES,
        confidence=found.confidence,
        evidence=found.evidence,
        policy_version=context.rulebook.policy_version,
        receipt=first_receipt("reply", letter, at=context.at, rulebook=context.rulebook),
    )


def _unregistered(submitted: LetterSubmitted, rulebook: Rulebook, *, category: Category) -> Letter:
    """The letter before its first fact, for counting its first clock."""
    return Letter(
        received_at=submitted.received_at,
        category=category,
        police_type=None,
        place=submitted.place,
        addressed_to=submitted.addressed_to,
        attachments=(),
        words=None,
        state="submitted",
        holder="triage",
        assignment=0,
        policy_version=rulebook.policy_version,
        about=submitted.about,
    )


def _registered(received: LetterReceived, evolve: Evolve) -> Letter:
    letter = evolve(UnknownLetter(), received)
    if not isinstance(letter, Letter):
        raise TypeError("a received letter is a letter")
    return letter


def classify_letters(letters: Sequence[LetterSubmitted]) -> list[Sorted]:
    """Classify each letter; erased words count as no text."""
    return sort_all([(_written(letter), letter.triage.class_) for letter in letters])


def _written(submitted: LetterSubmitted) -> Written:
    words = words_as(LetterText, submitted.words)
    return Written(
        subject=words.subject if words else "",
        body=words.body if words else "",
        category=submitted.category,
        city=submitted.place.city,
        addressed_to=submitted.addressed_to,
        is_about_police=submitted.about is not None,
    )


def _suggestion(
    context: DecisionContext, submitted: LetterSubmitted, *, found: Sorted
) -> Bureau | None:
    """For a complaint, one level above its target; otherwise as the rules suggest."""
    offices, today = context.rulebook.offices, context.today
    if submitted.about is not None:
        path = offices.path_of_complaint(complained_of(submitted.about), today)
        return next((slug for slug in BUREAUS if path and slug == path.bureau), None)
    if found.suggestion is not None and not offices.has_joined(found.suggestion, today):
        return "province"
    return found.suggestion


def _linked(context: DecisionContext, submitted: LetterSubmitted) -> tuple[LetterLinked, ...]:
    """The link of a letter to its campaign; each still gets its own answer."""
    if submitted.campaign is None:
        return ()
    return (LetterLinked(**context.plain_header(), kind="campaign", with_=submitted.campaign),)


def apply_received(event: LetterReceived) -> Letter:
    """Return the state of a new letter."""
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
        masked=event.masked or event.category in MASKED_CATEGORIES,
        facts=1,
    )
