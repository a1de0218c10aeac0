"""Publications: problems that readers report, and the changes that two editors make."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from services.publisher.domain.editing import check_no_numbers
from services.publisher.domain.letter import (
    ANSWERED,
    LivePublication,
    ProposedChange,
    PublisherLetter,
    ReportedProblem,
)
from services.publisher.domain.withdrawal import WithdrawalEvent, problem_decided, withdraw
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterReopened, LetterReplied
from shared.contracts.published_v1 import (
    PublicationCorrected,
    PublicationProblemDecided,
    PublicationProblemReported,
)
from shared.contracts.releases_v1 import ReleaseCorrected
from shared.contracts.values import ClockChange, Level, Limit
from shared.contracts.vocabulary import CorrectionNote, ProblemKind, ProblemOutcome
from shared.contracts.words import PublicText
from shared.kernel.clocks import due
from shared.kernel.errors import BadValue, LimitReached, NotAllowed, NotFound, OutOfOrder
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.working_days import Calendar, civil_date

MOST_PROBLEMS = 100
"""Problems of one letter, so that readers can't grow its document."""
CLOCK = "publication_problem"


@dataclass(frozen=True)
class ReportProblem:
    """Report that a publication shows too much, is wrong, or is out of date."""

    publication: str
    kind: ProblemKind
    at: datetime


@dataclass(frozen=True)
class ProposeChange:
    """Propose what to do with the publication, usually because of a problem."""

    outcome: ProblemOutcome
    problem: str | None
    note: CorrectionNote | None
    words: PublicText | None
    editor: str
    at: datetime


@dataclass(frozen=True)
class ApproveChange:
    """Approve another editor's proposal of that number."""

    number: int
    editor: str
    at: datetime


@dataclass(frozen=True)
class ChangeProposed:
    """An editor has proposed a change. Private, like the event below."""

    change: ProposedChange


@dataclass(frozen=True)
class ChangeMade:
    """Another editor has approved a change; a corrected page has these words."""

    words: PublicText | None
    note: CorrectionNote | None
    at: datetime


ChangeEvent: TypeAlias = ChangeMade | PublicationCorrected | ReleaseCorrected | WithdrawalEvent


@dataclass(frozen=True)
class ProblemDeadlines:
    """The calendar and the policies from which due dates of problems are computed."""

    calendar: Calendar
    versions: PolicyVersions

    def clock(self, at: datetime, round_: int, *, version: str) -> ClockChange:
        """The clock that starts when a problem is reported at that instant.

        `version`: of the policies under which the letter was received.
        """
        start, policies = civil_date(at), self.versions.under(version)
        found = due(CLOCK, start=start, calendar=self.calendar, policies=policies)
        limit = policies.limit(CLOCK)
        return ClockChange(
            clock="publication_problem",
            round=round_,
            change="started",
            due_on=found.due_on,
            passes_at=found.passes_at,
            provisional=found.provisional,
            levels=tuple(
                Level.model_validate({"level": level.level, "at": level.at})
                for level in found.levels
            ),
            counted_from=start,
            limit=Limit(amount=limit.amount, unit=limit.unit),
        )


# --- rules -------------------------------------------------------------------------------------


def report_problem(
    command: ReportProblem, letter: PublisherLetter, *, deadlines: ProblemDeadlines
) -> tuple[PublicationProblemReported, ...]:
    """A problem and its clock; nothing while one of that kind is open.

    Raises: NotFound, LimitReached.
    """
    published = letter.published
    if published is None or published.page.publication != command.publication:
        raise NotFound("publication")
    if any(problem.kind == command.kind for problem in published.problems):
        return ()
    if letter.problems >= MOST_PROBLEMS:
        raise LimitReached
    number = letter.problems + 1
    return (
        PublicationProblemReported(
            publication=command.publication,
            problem=f"{command.publication}:{number}",
            kind=command.kind,
            clocks=(deadlines.clock(command.at, number, version=letter.policy_version),),
        ),
    )


def propose_change(command: ProposeChange, letter: PublisherLetter) -> tuple[ChangeProposed, ...]:
    """One editor's proposal; it replaces one that nobody has approved.

    Raises: NotFound; BadValue, for a correction without words or note or with somebody's number;
    OutOfOrder, for a problem that isn't open.
    """
    published = _published(letter)
    _check(command, published)
    change = ProposedChange(
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


def approve_change(command: ApproveChange, letter: PublisherLetter) -> tuple[ChangeEvent, ...]:
    """Another editor's approval, which makes the change.

    Raises: NotFound, OutOfOrder, NotAllowed.
    """
    published = _published(letter)
    change = published.change
    if change is None or change.number != command.number:
        raise OutOfOrder("another proposal stands there now, or none")
    if change.editor == command.editor:
        raise NotAllowed("another editor must approve")
    if change.outcome == "withdrawn":
        return withdraw(letter, "problem" if change.problem else "rule")
    made = ChangeMade(change.words, change.note, command.at)
    problem = _open_problem(published, change.problem)
    decided = (problem_decided(problem, change.outcome),) if problem else ()
    return (made, *_corrected(change, published), *decided)


def _check(command: ProposeChange, published: LivePublication) -> None:
    if command.problem is not None and _open_problem(published, command.problem) is None:
        raise OutOfOrder("the problem is not open")
    is_correction = command.outcome == "corrected"
    if is_correction and command.words is None:
        raise BadValue("words")
    if is_correction and command.note is None:
        raise BadValue("note")
    if command.outcome == "unfounded" and command.problem is None:
        raise BadValue("problem")
    if command.words is not None:
        check_no_numbers(command.words)


def _corrected(
    change: ProposedChange, published: LivePublication
) -> tuple[PublicationCorrected | ReleaseCorrected, ...]:
    if not isinstance(change.words, PublicText) or change.note is None:
        return ()
    page = replace(published.page, title=change.words.title)
    corrected = PublicationCorrected(
        publication=page.publication, note=change.note, title=page.headline
    )
    released = ReleaseCorrected(
        publication=page.publication,
        path=page.path,
        title=page.headline,
        topic=page.topic,
        city=page.city,
        month=page.month,
    )
    return corrected, released


def _published(letter: PublisherLetter) -> LivePublication:
    if letter.published is None:
        raise NotFound("publication")
    return letter.published


def _open_problem(published: LivePublication, name: str | None) -> ReportedProblem | None:
    return next((problem for problem in published.problems if problem.problem == name), None)


# --- folds; without a publication nothing changes ----------------------------------------------


def problem_reported(letter: PublisherLetter, event: PublicationProblemReported) -> PublisherLetter:
    """The letter with one more problem."""
    published, number = letter.published, letter.problems + 1
    if published is None:
        return letter
    due_on = next((change.due_on for change in event.clocks), None)
    problem = ReportedProblem(event.problem, event.kind, number, due_on)
    reported = replace(published, problems=(*published.problems, problem))
    return replace(letter, problems=number, draft=reported)


def problem_settled(letter: PublisherLetter, event: PublicationProblemDecided) -> PublisherLetter:
    """The letter without that open problem."""
    published = letter.published
    if published is None:
        return letter
    rest = tuple(each for each in published.problems if each.problem != event.problem)
    return replace(letter, draft=replace(published, problems=rest))


def change_proposed(letter: PublisherLetter, event: ChangeProposed) -> PublisherLetter:
    """The letter with that proposal."""
    published = letter.published
    if published is None:
        return letter
    changes = published.changes + 1
    return replace(letter, draft=replace(published, change=event.change, changes=changes))


def change_made(letter: PublisherLetter, event: ChangeMade) -> PublisherLetter:
    """The letter after the change; a corrected page is up to date again."""
    published = letter.published
    if published is None:
        return letter
    done = replace(published, change=None)
    if event.words is None:
        return replace(letter, draft=done)
    page = replace(
        published.page,
        title=event.words.title,
        text=event.words.text,
        reply=event.words.reply,
        corrected_at=event.at,
        note=event.note,
        since=None if letter.state in ANSWERED else published.page.since,
    )
    return replace(letter, draft=replace(done, page=page, newer=None))


def gone_on(published: LivePublication, fact: Fact) -> LivePublication:
    """A publication stays when its letter is reopened, and its page says that it goes on."""
    if isinstance(fact, LetterReopened):
        return replace(published, page=replace(published.page, since="reopened"))
    if isinstance(fact, LetterReplied) and published.page.since is not None:
        return replace(published, page=replace(published.page, since="answered_again"))
    return published
