"""Corrections of a letter's category, police type and target, and legal marks."""

from dataclasses import dataclass

from services.router.domain.actors import DeskCommand
from services.router.domain.bureau_view import snapshot
from services.router.domain.context import DecisionContext, Facts, due_changes
from services.router.domain.department import moved_on
from services.router.domain.due_dates import run_by_category
from services.router.domain.letter import MASKED_CATEGORIES, Letter, standing
from services.router.domain.preconditions import (
    OPEN,
    check_state,
    check_words,
    kept_out,
    may_be_told,
)
from services.router.domain.timers import MovedClock, moved_by
from shared.contracts.progress_v1 import DisclosureMarked, LetterReclassified, PetitionMarked
from shared.contracts.slugs import Bureau
from shared.contracts.values import About
from shared.contracts.vocabulary import Category, ClockName, MarkReason, PoliceType
from shared.contracts.words import Reason
from shared.kernel.access_policy import is_inspections_alone
from shared.kernel.complaints import is_about_its_inspection
from shared.kernel.errors import BadValue, NotAllowed
from shared.kernel.frozen import replace
from shared.kernel.places import PROVINCE


@dataclass(frozen=True)
class ReclassifyLetter(DeskCommand):
    """Correct a letter's category, police type, or whom it is about."""

    category: Category
    police_type: PoliceType | None
    about: About | None
    excluded: tuple[Bureau, ...] = ()
    """Besides whom it complains about; never the province, or nobody could see it."""
    keeps: frozenset[str] = frozenset()
    """Which of the three fields the request left out: they stay as they are."""


@dataclass(frozen=True)
class MarkPetition(DeskCommand):
    """Mark a letter as a petition by law."""

    reason: MarkReason
    words: Reason | None


@dataclass(frozen=True)
class MarkDisclosure(DeskCommand):
    """Mark a letter as a request for information by law."""

    reason: MarkReason
    words: Reason | None


BY_CATEGORY: tuple[ClockName, ...] = ("reply", "reopened_reply")


def reclassify(command: ReclassifyLetter, context: DecisionContext) -> Facts:
    """Correct what the letter is; a bureau that it turns out to be about loses it at once.

    A change to complaint or report masks the writer. Only a supervisor's change away from these
    unmasks the writer, and then the holder gets the words again. Raises: OutOfOrder, BadValue,
    NotAllowed.
    """
    letter = context.letter
    check_state(letter, *OPEN, "replied", what="reclassify")
    if PROVINCE in command.excluded:
        raise BadValue("excluded")
    seen = _seen(command, letter)
    if seen == letter:
        return ()
    if is_inspections_alone(standing(letter)) and _is_about_inspection(seen):
        raise NotAllowed("whoever holds it can't say that it is about themself: decline it")
    moved = _recounted(context, seen) if seen.category != letter.category else ()
    header = context.fact_header(LetterReclassified, clocks=tuple(clock.change for clock in moved))
    fact = LetterReclassified(
        **header,
        category=seen.category,
        police_type=seen.police_type,
        about=seen.about,
        excluded=kept_out(seen),
        masked=seen.masked,
    )
    now = context.after(fact)
    dues = due_changes(now, moved, reason="reclassified")
    return fact, *dues, *_uncovered(now, was_masked=letter.masked), *moved_on(now)


def mark_petition(command: MarkPetition, context: DecisionContext) -> tuple[PetitionMarked, ...]:
    """Start the clocks of the petition regulation, beside our own. Raises: OutOfOrder, BadValue."""
    check_state(context.letter, *OPEN, what="mark")
    check_words(command.words)
    if context.letter.is_petition:
        return ()
    header = context.fact_header(PetitionMarked)
    return (PetitionMarked(**header, reason=command.reason, words=command.words),)


def mark_disclosure(
    command: MarkDisclosure, context: DecisionContext
) -> tuple[DisclosureMarked, ...]:
    """Start the clock of the disclosure regulation. Raises: OutOfOrder, BadValue."""
    check_state(context.letter, *OPEN, what="mark")
    check_words(command.words)
    if context.letter.is_disclosure:
        return ()
    header = context.fact_header(DisclosureMarked)
    return (DisclosureMarked(**header, reason=command.reason, words=command.words),)


def _seen(command: ReclassifyLetter, letter: Letter) -> Letter:
    """The letter with the corrected fields."""
    kept = command.keeps
    seen = replace(
        letter,
        category=command.category,
        police_type=letter.police_type if "police_type" in kept else command.police_type,
        about=letter.about if "about" in kept else command.about,
        excluded=_besides(letter) if "excluded" in kept else command.excluded,
        masked=_is_masked(command, letter),
    )
    return replace(seen, excluded=kept_out(seen))


def _is_about_inspection(letter: Letter) -> bool:
    about = standing(letter).about
    return about is not None and is_about_its_inspection(about)


def _besides(letter: Letter) -> tuple[str, ...]:
    """Bureaus that are excluded by name, not only because the letter complains about them."""
    by_complaint = kept_out(replace(letter, excluded=()))
    return tuple(slug for slug in letter.excluded if slug not in by_complaint)


def _is_masked(command: ReclassifyLetter, letter: Letter) -> bool:
    if command.category in MASKED_CATEGORIES:
        return True
    return letter.masked and command.by.role != "supervisor"


def _recounted(context: DecisionContext, seen: Letter) -> tuple[MovedClock, ...]:
    """The reply's clock under the limit of the new category; a paused clock is counted when it
    resumes.
    """
    return tuple(
        moved_by(
            clock,
            run_by_category(clock, seen, rulebook=context.rulebook),
            at=context.at,
            rulebook=context.rulebook,
        )
        for clock in context.letter.clocks
        if clock.clock in BY_CATEGORY and not clock.is_paused
    )


def _uncovered(context: DecisionContext, *, was_masked: bool) -> Facts:
    """A snapshot with the full words for a holder who had them masked, once the writer may be
    known.
    """
    letter = context.letter
    is_uncovered = was_masked and not letter.masked
    if not is_uncovered or letter.bureau is None or not may_be_told(letter):
        return ()
    return (snapshot(letter, rulebook=context.rulebook),)


def apply_reclassified(letter: Letter, event: LetterReclassified) -> Letter:
    """Replace what the letter was thought to be."""
    return replace(
        letter,
        category=event.category,
        police_type=event.police_type,
        about=event.about,
        excluded=event.excluded,
        masked=event.masked,
    )


def apply_petition_marked(letter: Letter, _: PetitionMarked) -> Letter:
    """Mark the letter as a petition."""
    return replace(letter, is_petition=True)


def apply_disclosure_marked(letter: Letter, _: DisclosureMarked) -> Letter:
    """Mark the letter as a request for disclosure."""
    return replace(letter, is_disclosure=True)
