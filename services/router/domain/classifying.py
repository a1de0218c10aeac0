"""What a letter is, by another look at it: its kind, whom it is about, which laws bind it. Pure."""

from services.router.domain.checks import (
    OPEN,
    check_state,
    check_words,
    kept_out,
    may_be_told,
)
from services.router.domain.commands.deciding import (
    MarkDisclosure,
    MarkPetition,
    ReclassifyLetter,
)
from services.router.domain.counting import Moved, moved_by
from services.router.domain.department import moved_on
from services.router.domain.dues import run_by_category
from services.router.domain.facts import Matter, due_changes
from services.router.domain.folding.holding import MASKED
from services.router.domain.letter import Letter
from services.router.domain.showing import snapshot
from services.router.domain.standing import standing
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import DisclosureMarked, LetterReclassified, PetitionMarked
from shared.contracts.vocabulary import ClockName
from shared.kernel.access_policy import is_inspections_alone
from shared.kernel.complaints import is_about_its_inspection
from shared.kernel.errors import BadValue, NotAllowed
from shared.kernel.frozen import replace
from shared.kernel.places import PROVINCE

BY_CATEGORY: tuple[ClockName, ...] = ("reply", "reopened_reply")


def reclassify(command: ReclassifyLetter, matter: Matter) -> tuple[Fact, ...]:
    """Say what the letter is; a bureau that it turns out to be about loses it at once.

    Towards a complaint or report the writer is unknown from now on; away from them only a
    supervisor makes them known, and its holder gets the words anew. Raises: OutOfOrder, BadValue,
    NotAllowed.
    """
    letter = matter.letter
    check_state(letter, *OPEN, "replied", what="reclassify")
    if PROVINCE in command.excluded:
        raise BadValue("excluded")
    seen = _seen(command, letter)
    if seen == letter:
        return ()
    if is_inspections_alone(standing(letter)) and _is_about_inspection(seen):
        raise NotAllowed("whoever holds it can't say that it is about themself: decline it")
    moved = _recounted(matter, seen) if seen.category != letter.category else ()
    said = matter.common(LetterReclassified, clocks=tuple(one.change for one in moved))
    fact = LetterReclassified(
        **said,
        category=seen.category,
        police_type=seen.police_type,
        about=seen.about,
        excluded=kept_out(seen),
        masked=seen.masked,
    )
    now = matter.after(fact)
    dues = due_changes(now, moved, reason="reclassified")
    return fact, *dues, *_uncovered(now, was_masked=letter.masked), *moved_on(now)


def mark_petition(command: MarkPetition, matter: Matter) -> tuple[PetitionMarked, ...]:
    """Start the clocks of the petition regulation, beside our own. Raises: OutOfOrder, BadValue."""
    check_state(matter.letter, *OPEN, what="mark")
    check_words(command.words)
    if matter.letter.is_petition:
        return ()
    said = matter.common(PetitionMarked)
    return (PetitionMarked(**said, reason=command.reason, words=command.words),)


def mark_disclosure(command: MarkDisclosure, matter: Matter) -> tuple[DisclosureMarked, ...]:
    """Start the clock of the disclosure regulation. Raises: OutOfOrder, BadValue."""
    check_state(matter.letter, *OPEN, what="mark")
    check_words(command.words)
    if matter.letter.is_disclosure:
        return ()
    said = matter.common(DisclosureMarked)
    return (DisclosureMarked(**said, reason=command.reason, words=command.words),)


def _seen(command: ReclassifyLetter, letter: Letter) -> Letter:
    """The letter as whoever looked at it sees it."""
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
    """Who is excluded by name, and not only because the letter complains of them."""
    by_complaint = kept_out(replace(letter, excluded=()))
    return tuple(one for one in letter.excluded if one not in by_complaint)


def _is_masked(command: ReclassifyLetter, letter: Letter) -> bool:
    if command.category in MASKED:
        return True
    return letter.masked and command.by.role != "supervisor"


def _recounted(matter: Matter, seen: Letter) -> tuple[Moved, ...]:
    """The reply's clock under the limit of the other category; a paused one when it goes on."""
    return tuple(
        moved_by(one, run_by_category(one, seen, book=matter.book), at=matter.at, book=matter.book)
        for one in matter.letter.clocks
        if one.clock in BY_CATEGORY and not one.is_paused
    )


def _uncovered(matter: Matter, *, was_masked: bool) -> tuple[Fact, ...]:
    """The words to whoever has them with marks only, once the writer may be known."""
    letter = matter.letter
    is_uncovered = was_masked and not letter.masked
    if not is_uncovered or letter.bureau is None or not may_be_told(letter):
        return ()
    return (snapshot(letter, book=matter.book),)
