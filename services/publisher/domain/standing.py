"""What becomes of a publication: problems, changes, and a letter that goes on. Pure."""

from dataclasses import replace

from services.publisher.domain.happenings import ChangeMade
from services.publisher.domain.letter import Published
from services.publisher.domain.pages import Problem
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterReopened, LetterReplied
from shared.contracts.published_v1 import PublicationProblemDecided, PublicationProblemReported
from shared.contracts.vocabulary import State

ANSWERED: tuple[State, ...] = ("replied", "closed")
"""States in which a letter may be published, and in which its page can be up to date."""


def reported(published: Published, event: PublicationProblemReported, *, number: int) -> Published:
    """The publication with one more problem, the letter's `number`-th."""
    due_on = next((one.due_on for one in event.clocks), None)
    problem = Problem(event.problem, event.kind, number, due_on)
    return replace(published, problems=(*published.problems, problem))


def settled(published: Published, event: PublicationProblemDecided) -> Published:
    """The publication without that problem."""
    rest = tuple(one for one in published.problems if one.problem != event.problem)
    return replace(published, problems=rest)


def changed(published: Published, event: ChangeMade, *, state: State | None) -> Published:
    """The publication once what was proposed is done; a corrected page is up to date again."""
    done = replace(published, change=None)
    if event.words is None:
        return done
    page = replace(
        published.page,
        title=event.words.title,
        text=event.words.text,
        reply=event.words.reply,
        corrected_at=event.at,
        note=event.note,
        since=None if state in ANSWERED else published.page.since,
    )
    return replace(done, page=page, newer=None)


def gone_on(published: Published, fact: Fact) -> Published:
    """What is public stays when the letter is reopened, and says that it goes on."""
    if isinstance(fact, LetterReopened):
        return replace(published, page=replace(published.page, since="reopened"))
    if isinstance(fact, LetterReplied) and published.page.since is not None:
        return replace(published, page=replace(published.page, since="answered_again"))
    return published
