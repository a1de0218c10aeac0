"""What is said against a publication, and what do two editors do about it? Pure."""

from dataclasses import replace

from services.publisher.domain.book import Book
from services.publisher.domain.commands import ApproveChange, ProposeChange, ReportProblem
from services.publisher.domain.draft import check_numbers
from services.publisher.domain.happenings import ChangeMade, ChangeProposed, Happening
from services.publisher.domain.letter import Letter, Published
from services.publisher.domain.pages import Change, Problem
from services.publisher.domain.withdrawal import decided, withdraw
from shared.contracts.published_v1 import PublicationCorrected, PublicationProblemReported
from shared.contracts.releases_v1 import ReleaseCorrected
from shared.contracts.words import PublicText
from shared.kernel.errors import BadValue, LimitReached, NotAllowed, NotFound, OutOfOrder

MOST_PROBLEMS = 100
"""That can be reported of one letter, so that nobody makes its document grow."""


def report(command: ReportProblem, letter: Letter, *, book: Book) -> tuple[Happening, ...]:
    """A problem and its clock; nothing while one of that kind is open already.

    Raises: NotFound, LimitReached.
    """
    published = letter.published
    if published is None or published.page.publication != command.publication:
        raise NotFound("publication")
    if any(one.kind == command.kind for one in published.problems):
        return ()
    if letter.problems >= MOST_PROBLEMS:
        raise LimitReached
    number = letter.problems + 1
    return (
        PublicationProblemReported(
            publication=command.publication,
            problem=f"{command.publication}:{number}",
            kind=command.kind,
            clocks=(book.problem_clock(command.at, number, version=letter.policy_version),),
        ),
    )


def propose(command: ProposeChange, letter: Letter) -> tuple[Happening, ...]:
    """One editor's proposal; it takes the place of another that nobody has approved.

    Raises: NotFound; BadValue, for a correction without words or note or with somebody's number;
    OutOfOrder, for a problem that isn't open.
    """
    published = _published(letter)
    _check(command, published)
    change = Change(
        published.changes + 1,
        command.outcome,
        command.problem,
        command.note,
        command.words,
        command.editor,
        command.at,
    )
    before = published.change
    if before and replace(before, number=change.number, proposed_at=command.at) == change:
        return ()
    return (ChangeProposed(change),)


def approve(command: ApproveChange, letter: Letter) -> tuple[Happening, ...]:
    """Another editor's approval, by which it is done. Raises: NotFound, OutOfOrder, NotAllowed."""
    published = _published(letter)
    change = published.change
    if change is None or change.number != command.number:
        raise OutOfOrder("another proposal stands there now, or none")
    if change.editor == command.editor:
        raise NotAllowed("another editor must approve")
    if change.outcome == "withdrawn":
        return withdraw(letter, "problem" if change.problem else "rule")
    made = ChangeMade(change.words, change.note, command.at)
    problem = _open(published, change.problem)
    about = (decided(problem, change.outcome),) if problem else ()
    return (made, *_corrected(change, published), *about)


def _check(command: ProposeChange, published: Published) -> None:
    if command.problem is not None and _open(published, command.problem) is None:
        raise OutOfOrder("the problem is not open")
    is_correction = command.outcome == "corrected"
    if is_correction and command.words is None:
        raise BadValue("words")
    if is_correction and command.note is None:
        raise BadValue("note")
    if command.outcome == "unfounded" and command.problem is None:
        raise BadValue("problem")
    if command.words is not None:
        check_numbers(command.words)


def _corrected(change: Change, published: Published) -> tuple[Happening, ...]:
    if not isinstance(change.words, PublicText) or change.note is None:
        return ()
    page = replace(published.page, title=change.words.title)
    corrected = PublicationCorrected(publication=page.publication, note=change.note)
    released = ReleaseCorrected(
        publication=page.publication,
        path=page.path,
        title=page.headline,
        topic=page.topic,
        city=page.city,
        month=page.month,
    )
    return corrected, released


def _published(letter: Letter) -> Published:
    if letter.published is None:
        raise NotFound("publication")
    return letter.published


def _open(published: Published, problem: str | None) -> Problem | None:
    return next((one for one in published.problems if one.problem == problem), None)
