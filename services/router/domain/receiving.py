"""How a letter comes in and finds its bureau, by what its writer names. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from services.router.domain.checks import kept_out
from services.router.domain.commands.serving import ReceiveLetter
from services.router.domain.department import is_about_us, sent_on
from services.router.domain.dues import Book, first_receipt
from services.router.domain.facts import RULE, Matter
from services.router.domain.folding import evolve
from services.router.domain.folding.apart import LetterKept
from services.router.domain.folding.holding import MASKED
from services.router.domain.letter import Letter, Nothing
from services.router.domain.routing import entered, routed
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import (
    LetterLinked,
    LetterReceived,
)
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.vocabulary import Category
from shared.contracts.words import LetterText
from shared.kernel.complaints import complained_of
from shared.kernel.working_days import civil_date
from shared.rules.classify.sorting import Sorted, sort_all
from shared.rules.text.written import Written

Received = tuple[Fact | LetterKept, ...]


def receive(command: ReceiveLetter, book: Book) -> Received:
    """Register the letter; route it where its writer says, or put it before the triage desk."""
    submitted = command.letter
    found = command.found or sorted_all([submitted])[0]
    if found.bureau and not book.offices.has_joined(found.bureau, civil_date(command.at)):
        found = replace(found, bureau=None, reasons=("bureau_not_joined",), suggestion=found.bureau)
    received = _received(command, book, found=found)
    words = submitted.words if isinstance(submitted.words, LetterText) else None
    kept = LetterKept(words, submitted.attachments)
    matter = Matter(_letter(received, kept), book, RULE, command.at)
    linked = _linked(matter, submitted)
    matter = matter.after(*linked)
    if is_about_us(matter):
        return received, kept, *linked, *sent_on(matter)
    if found.bureau:
        return received, kept, *linked, routed(matter, found.bureau, why="rule")
    suggestion = _suggestion(command, book, found=found)
    return received, kept, *linked, entered(matter, found.reasons, suggestion=suggestion)


def _received(command: ReceiveLetter, book: Book, *, found: Sorted) -> LetterReceived:
    """The reply's clock counts from the day of receipt, whenever the router comes to read it."""
    submitted, category = command.letter, found.category or command.letter.category
    letter = _unsaid(submitted, book, category=category)
    return LetterReceived(
        **Matter(letter, book, RULE, command.at).common(LetterReceived),
        received_at=submitted.received_at,
        category=category,
        police_type=found.police_type,
        addressed_to=submitted.addressed_to,
        place=submitted.place,
        about=submitted.about,
        excluded=kept_out(letter),
        masked=category in MASKED or found.read in MASKED,
        confidence=found.confidence,
        evidence=found.evidence,
        policy_version=book.policy_version,
        receipt=first_receipt("reply", letter, at=command.at, book=book),
    )


def _unsaid(submitted: LetterSubmitted, book: Book, *, category: Category) -> Letter:
    """The letter as its clocks want to know it, before anything was said of it."""
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
        policy_version=book.policy_version,
        about=submitted.about,
    )


def _letter(received: LetterReceived, kept: LetterKept) -> Letter:
    letter = evolve(evolve(Nothing(), received), kept)
    if not isinstance(letter, Letter):
        raise TypeError("a received letter is a letter")
    return letter


def sorted_all(letters: Sequence[LetterSubmitted]) -> list[Sorted]:
    """What the rules make of each; erased words say nothing."""
    return sort_all([(_written(one), one.triage.class_) for one in letters])


def _written(submitted: LetterSubmitted) -> Written:
    words = submitted.words if isinstance(submitted.words, LetterText) else None
    return Written(
        subject=words.subject if words else "",
        body=words.body if words else "",
        category=submitted.category,
        city=submitted.place.city,
        addressed_to=submitted.addressed_to,
        is_about_police=submitted.about is not None,
    )


def _suggestion(command: ReceiveLetter, book: Book, *, found: Sorted) -> Bureau | None:
    """Whose it may be: of a complaint one level above what it is about, else as the rules say."""
    submitted, today = command.letter, civil_date(command.at)
    if submitted.about is not None:
        path = book.offices.path_of_complaint(complained_of(submitted.about), today)
        return next((slug for slug in BUREAUS if path and slug == path.bureau), None)
    if found.suggestion is not None and not book.offices.has_joined(found.suggestion, today):
        return "province"
    return found.suggestion


def _linked(matter: Matter, submitted: LetterSubmitted) -> tuple[LetterLinked, ...]:
    """That it is one of a campaign, each of which gets its own answer."""
    if submitted.campaign is None:
        return ()
    return (LetterLinked(**matter.bare(), kind="campaign", with_=submitted.campaign),)
