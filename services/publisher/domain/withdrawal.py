"""What is said when a publication is taken down, or a problem with it is decided? Pure."""

from collections.abc import Iterable

from services.publisher.domain.happenings import DraftDropped, Happening
from services.publisher.domain.letter import Letter, Published
from services.publisher.domain.pages import Problem
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationWithdrawn
from shared.contracts.releases_v1 import ReleaseWithdrawn
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import ProblemOutcome, WhyUnpublished


def withdraw(letter: Letter, reason: WhyUnpublished) -> tuple[Happening, ...]:
    """The draft is gone, and what is public is taken down, its open problems decided with it."""
    if letter.published is not None:
        return tuple(_taken_down(letter.published, reason))
    return (DraftDropped(),) if letter.draft is not None else ()


def decided(problem: Problem, outcome: ProblemOutcome) -> PublicationProblemDecided:
    """What becomes of a problem; its clock stops."""
    stopped = ClockChange(clock="publication_problem", round=problem.round, change="stopped")
    return PublicationProblemDecided(problem=problem.problem, outcome=outcome, clocks=(stopped,))


def _taken_down(published: Published, reason: WhyUnpublished) -> Iterable[Happening]:
    page = published.page
    yield from (decided(problem, "withdrawn") for problem in published.problems)
    yield PublicationWithdrawn(publication=page.publication, reason=reason)
    yield ReleaseWithdrawn(
        publication=page.publication,
        path=page.path,
        title=page.headline if _may_still_be_named(published, reason) else None,
        topic=page.topic,
        city=page.city,
        month=page.month,
    )


def _may_still_be_named(published: Published, reason: WhyUnpublished) -> bool:
    """Whether the title may be said once more, so that others find what they are to take down."""
    reveals = any(problem.kind == "reveals" for problem in published.problems)
    return reason == "problem" and not reveals
