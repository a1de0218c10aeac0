"""Withdrawal: a draft is dropped or a publication taken down, and its problems are decided."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from services.publisher.domain.letter import (
    LivePublication,
    PublisherLetter,
    ReportedProblem,
    TakenDown,
)
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationWithdrawn
from shared.contracts.releases_v1 import ReleaseWithdrawn
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import Erasable, ProblemOutcome, WhyUnpublished


@dataclass(frozen=True)
class NoteConsent:
    """Record the writer's consent; without it, take down what was published."""

    to_publish: bool


@dataclass(frozen=True)
class EraseWords:
    """Take down what was published: the retention period is over."""


@dataclass(frozen=True)
class DraftDropped:
    """The draft is gone. A private event."""


WithdrawalEvent: TypeAlias = (
    DraftDropped | PublicationProblemDecided | PublicationWithdrawn | ReleaseWithdrawn
)


def note_consent(command: NoteConsent, letter: PublisherLetter) -> tuple[WithdrawalEvent, ...]:
    """Withdraw without consent; consent alone changes nothing."""
    return () if command.to_publish else withdraw(letter, "consent")


def erase_words(_: EraseWords, letter: PublisherLetter) -> tuple[WithdrawalEvent, ...]:
    """Withdraw because the words were erased."""
    return withdraw(letter, "erased")


def withdraw(letter: PublisherLetter, reason: WhyUnpublished) -> tuple[WithdrawalEvent, ...]:
    """Drop the draft, or take down what is public and decide its open problems."""
    if letter.published is not None:
        return tuple(_taken_down(letter.published, reason))
    return (DraftDropped(),) if letter.draft is not None else ()


def problem_decided(problem: ReportedProblem, outcome: ProblemOutcome) -> PublicationProblemDecided:
    """The decision about a problem, which stops its clock."""
    stopped = ClockChange(clock="publication_problem", round=problem.round, change="stopped")
    return PublicationProblemDecided(problem=problem.problem, outcome=outcome, clocks=(stopped,))


def forget(letter: PublisherLetter, what: Collection[Erasable]) -> PublisherLetter:
    """A letter of a restored copy without what has been erased since; its page was taken down."""
    return replace(letter, draft=None) if "words" in what else letter


def draft_dropped(letter: PublisherLetter, _: DraftDropped) -> PublisherLetter:
    """The letter without its draft."""
    return replace(letter, draft=None)


def withdrawn(letter: PublisherLetter, event: PublicationWithdrawn) -> PublisherLetter:
    """The letter without its publication; that there was one stays known to editors."""
    page = letter.page
    taken_down = page and TakenDown(page.publication, event.reason, page.published_at)
    return replace(letter, draft=None, taken_down=taken_down or letter.taken_down)


def _taken_down(published: LivePublication, reason: WhyUnpublished) -> Iterable[WithdrawalEvent]:
    page = published.page
    yield from (problem_decided(problem, "withdrawn") for problem in published.problems)
    yield PublicationWithdrawn(publication=page.publication, reason=reason)
    yield ReleaseWithdrawn(
        publication=page.publication,
        path=page.path,
        title=page.headline if _is_title_harmless(published, reason) else None,
        topic=page.topic,
        city=page.city,
        month=page.month,
    )


def _is_title_harmless(published: LivePublication, reason: WhyUnpublished) -> bool:
    """Whether the title may be released once more, so that others find what to take down."""
    reveals = any(problem.kind == "reveals" for problem in published.problems)
    return reason == "problem" and not reveals
