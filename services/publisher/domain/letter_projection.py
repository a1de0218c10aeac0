"""Projection of the router's facts, as far as publishing and figures need them.

Every fact of the catalogue has a row in `CHANGES` or stands in `STATE_ALONE`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from services.publisher.domain.letter import CountedPromise, LetterLeaf, PublisherLetter
from services.publisher.domain.publication import gone_on
from services.publisher.domain.withdrawal import WithdrawalEvent, withdraw
from shared.contracts import progress_v1 as facts
from shared.contracts.event import Fact
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category
from shared.kernel.complaints import is_about_department

NEVER_PUBLISHED: tuple[Category, ...] = ("report",)


@dataclass(frozen=True)
class NoteCategory:
    """Record the category that the writer chose, and how the letter is counted."""

    category: Category
    leaf: LetterLeaf | None = None


@dataclass(frozen=True)
class ProjectFact:
    """Record a fact of the router."""

    fact: Fact


@dataclass(frozen=True)
class CategoryNoted:
    """The writer has chosen this category. Private, like the event below."""

    category: Category
    leaf: LetterLeaf | None = None


@dataclass(frozen=True)
class FactProjected:
    """The router has reported this fact."""

    fact: Fact


def note_category(
    command: NoteCategory, letter: PublisherLetter
) -> tuple[CategoryNoted | WithdrawalEvent, ...]:
    """The category; a publication of what may never be published is taken down."""
    noted = CategoryNoted(command.category, command.leaf)
    return (noted, *_withdrawn_if_barred(category_noted(letter, noted)))


def project_fact(
    command: ProjectFact, letter: PublisherLetter
) -> tuple[FactProjected | WithdrawalEvent, ...]:
    """The fact; a publication of what may never be published is taken down."""
    projected = FactProjected(command.fact)
    return (projected, *_withdrawn_if_barred(fact_projected(letter, projected)))


def category_noted(letter: PublisherLetter, event: CategoryNoted) -> PublisherLetter:
    """The letter, counted, and barred if it is a report."""
    counted = replace(letter, leaf=letter.leaf or event.leaf)
    return _barred(counted) if event.category in NEVER_PUBLISHED else counted


def fact_projected(letter: PublisherLetter, event: FactProjected) -> PublisherLetter:
    """The letter after the fact; once a report or withdrawn, it is barred for good."""
    fact = event.fact
    now = replace(letter, state=fact.state)
    change = CHANGES.get(type(fact))
    now = change(now, fact) if change else now
    now = replace(now, bureau=_bureau(now, fact))
    if now.published is not None:
        now = replace(now, draft=gone_on(now.published, fact))
    return _barred(now) if now.category in NEVER_PUBLISHED or now.state == "withdrawn" else now


def _withdrawn_if_barred(letter: PublisherLetter) -> tuple[WithdrawalEvent, ...]:
    return withdraw(letter, "rule") if letter.is_barred and letter.published else ()


def _barred(letter: PublisherLetter) -> PublisherLetter:
    """The letter, never to be published; a draft is dropped, a publication is left to withdraw."""
    return replace(letter, is_barred=True, draft=letter.published)


def _bureau(letter: PublisherLetter, fact: Fact) -> Bureau | None:
    """The bureau under which it is counted; none for complaints about the department."""
    standing = letter.standing
    if standing is not None and standing.about and is_about_department(standing.about):
        return None
    return letter.bureau if fact.holder == "triage" else fact.holder


def _received(letter: PublisherLetter, fact: facts.LetterReceived) -> PublisherLetter:
    return replace(
        letter,
        city=fact.place.city,
        about=fact.about,
        excluded=fact.excluded,
        category=fact.category,
        topic=fact.police_type,
        policy_version=fact.policy_version,
    )


def _reclassified(letter: PublisherLetter, fact: facts.LetterReclassified) -> PublisherLetter:
    return replace(
        letter,
        about=fact.about,
        excluded=fact.excluded,
        category=fact.category,
        topic=fact.police_type or letter.topic,
    )


def _conflicted(letter: PublisherLetter, fact: facts.ConflictDeclared) -> PublisherLetter:
    return replace(letter, conflicted=(*letter.conflicted, fact.staff))


def _routed(letter: PublisherLetter, fact: facts.LetterRouted) -> PublisherLetter:
    return replace(letter, category=fact.category)


def _read(letter: PublisherLetter, fact: facts.LetterRead) -> PublisherLetter:
    return replace(letter, is_read=letter.is_read or fact.in_person)


def _suggested(letter: PublisherLetter, fact: facts.PublicationProposed) -> PublisherLetter:
    return replace(letter, suggested_by=fact.by.role)


def _replied(letter: PublisherLetter, fact: facts.LetterReplied) -> PublisherLetter:
    return replace(letter, suggested_by="bureau") if fact.publication_proposed else letter


def _promised(letter: PublisherLetter, fact: facts.CommitmentMade) -> PublisherLetter:
    before = (each for each in letter.promises if each.commitment != fact.commitment)
    return replace(letter, promises=(*before, CountedPromise(fact.commitment)))


def _kept(letter: PublisherLetter, fact: facts.CommitmentFulfilled) -> PublisherLetter:
    return _promise(letter, fact.commitment, fact.kept)


def _broken(letter: PublisherLetter, fact: facts.LetterEscalated) -> PublisherLetter:
    if (fact.clock, fact.level) != ("commitment", "red"):
        return letter
    return _promise(letter, fact.round, "broken")


def _promise(
    letter: PublisherLetter, number: int, standing: Literal["broken", "in_time", "late"]
) -> PublisherLetter:
    return replace(
        letter,
        promises=tuple(
            replace(each, standing=standing) if each.commitment == number else each
            for each in letter.promises
        ),
    )


CHANGES: Mapping[type[Fact], Callable[[PublisherLetter, Any], PublisherLetter]] = MappingProxyType(
    {
        facts.LetterReceived: _received,
        facts.LetterReclassified: _reclassified,
        facts.LetterRouted: _routed,
        facts.ConflictDeclared: _conflicted,
        facts.LetterRead: _read,
        facts.PublicationProposed: _suggested,
        facts.LetterReplied: _replied,
        facts.CommitmentMade: _promised,
        facts.CommitmentFulfilled: _kept,
        facts.LetterEscalated: _broken,
    }
)
STATE_ALONE: frozenset[type[Fact]] = frozenset(
    (
        facts.AppealMade,
        facts.DisclosureMarked,
        facts.DueChanged,
        facts.ExtensionDecided,
        facts.ExtensionRequested,
        facts.InstructionAnswered,
        facts.InstructionGiven,
        facts.LetterAccepted,
        facts.LetterAddedTo,
        facts.LetterClosed,
        facts.LetterDeclined,
        facts.LetterLinked,
        facts.LetterPassedOn,
        facts.LetterRated,
        facts.LetterRecalled,
        facts.LetterReopened,
        facts.LetterReturned,
        facts.LetterSigned,
        facts.LetterSupervised,
        facts.LetterWithdrawn,
        facts.NoteAdded,
        facts.PetitionMarked,
        facts.QuestionLapsed,
        facts.ReplySentBack,
        facts.ReplySubmitted,
        facts.RequestRefused,
        facts.TriageEntered,
        facts.UnitAccepted,
        facts.WriterAnswered,
        facts.WriterAsked,
    )
)
"""Facts that change no more than state and holder; a page may show that its letter goes on."""
