"""How a publication ends without editors, and its notes about a letter that goes on."""

from typing import Any

import pytest

from services.publisher.domain.draft import ReceiveCopy
from services.publisher.domain.letter_projection import FactProjected, NoteCategory, ProjectFact
from services.publisher.domain.withdrawal import DraftDropped, EraseWords, NoteConsent
from shared.contracts.progress_v1 import LetterReclassified, LetterReopened
from shared.contracts.published_v1 import (
    PublicationProblemDecided,
    PublicationWithdrawn,
)
from shared.contracts.releases_v1 import ReleaseWithdrawn
from tests.publisher.story import WORDS, given, replied, said
from tests.publisher.test_domain import ANSWERED, COPIED, PROPOSED, PUBLICATION
from tests.publisher.test_publication import (
    NEW_WORDS,
    PUBLIC,
    approve,
    page,
    propose,
    release,
    report,
)
from tests.support.moving import moment

# --- the end of a publication ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (NoteConsent(to_publish=False), "consent"),
        (EraseWords(), "erased"),
        (NoteCategory("report"), "rule"),
        (ProjectFact(said(LetterReclassified, category="report", masked=True)), "rule"),
    ],
)
def test_a_publication_ends_without_editors(command: Any, reason: Any) -> None:
    story = PUBLIC.when(report(), command)
    withdrawn = [one for one in story.caused if isinstance(one, PublicationWithdrawn)]
    assert withdrawn == [PublicationWithdrawn(publication=PUBLICATION, reason=reason)]
    assert story.caused[-1] == ReleaseWithdrawn(**release(title=None))
    assert [one for one in story.caused if isinstance(one, PublicationProblemDecided)]
    assert story.state.draft is None
    assert PublicationWithdrawn not in {type(one) for one in story.when(command).caused}


@pytest.mark.parametrize("command", [NoteConsent(to_publish=False), EraseWords()])
def test_a_draft_ends_too(command: Any) -> None:
    for history in ((COPIED,), (COPIED, PROPOSED)):
        story = given(*ANSWERED, *history).when(command)
        story.then(DraftDropped()).leaves(lambda letter: letter.draft is None)
    given(*ANSWERED).when(command).then_nothing()


def test_consent_given_again_takes_the_next_copy() -> None:
    story = PUBLIC.when(NoteConsent(to_publish=False), NoteConsent(to_publish=True))
    story.then_nothing()
    again = story.when(ReceiveCopy(WORDS, 2, moment(30))).state
    assert again.waiting is not None
    assert again.waiting.copy == 2


# --- a letter that goes on ---------------------------------------------------------------------

REOPENED = FactProjected(said(LetterReopened, state="handling", time=1))


def test_the_page_of_a_reopened_letter_stays_and_says_so() -> None:
    story = given.state(PUBLIC.state).when(ProjectFact(REOPENED.fact))
    assert page(story.state).since == "reopened"
    story = story.when(ProjectFact(replied().model_copy(update={"reply": 2})))
    assert page(story.state).since == "answered_again"
    story = story.when(ReceiveCopy(NEW_WORDS, 2, moment(29)))
    assert page(story.state).title == WORDS.title
    brought = story.when(propose(note="brought_up_to_date"), approve()).state
    assert (page(brought).since, page(brought).title) == (None, NEW_WORDS.title)
    assert brought.published is not None
    assert brought.published.newer is None


def test_a_correction_while_the_letter_is_open_keeps_the_mark() -> None:
    story = given.state(PUBLIC.state).when(ProjectFact(REOPENED.fact), propose(), approve())
    assert page(story.state).since == "reopened"


def test_a_first_reply_marks_nothing() -> None:
    assert page(PUBLIC.when(ProjectFact(replied())).state).since is None
