"""The publisher's law: two editors, one copy, and never a report."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from services.publisher.domain import Command, PublisherEvent
from services.publisher.domain.draft import (
    ApproveDraft,
    CopyReceived,
    DraftProposed,
    ProposeDraft,
    ReceiveCopy,
)
from services.publisher.domain.letter import (
    CopiedDraft,
    LivePublication,
    PublicPage,
    PublisherLetter,
)
from services.publisher.domain.letter_projection import (
    CategoryNoted,
    FactProjected,
    NoteCategory,
    ProjectFact,
)
from services.publisher.store import STATE
from shared.contracts.progress_v1 import LetterRouted
from shared.contracts.published_v1 import LetterPublished, PublicationWithdrawn
from shared.contracts.releases_v1 import ReleasePublished
from shared.contracts.values import About
from shared.kernel.errors import BadValue, NotAllowed, NotFound, OutOfOrder, Refused
from tests.publisher.story import (
    MEI,
    WORDS,
    ZHOU,
    answered,
    given,
    received,
    replied,
    routed,
    said,
    withdrawn,
)
from tests.support.budget import budget
from tests.support.moving import moment

PUBLICATION = "P-0000-0000-0000-0000-0"
PATH = f"/publications/{PUBLICATION}"

ANSWERED = tuple(FactProjected(fact) for fact in answered())
COPIED = CopyReceived(WORDS, 1, moment(26))
PROPOSED = DraftProposed(MEI, moment(27))

PROPOSE = ProposeDraft(1, MEI, moment(27))
APPROVE = ApproveDraft(1, ZHOU, PUBLICATION, moment(30, 17))

PUBLISHED = LetterPublished(
    publication=PUBLICATION,
    path=PATH,
    published_at=moment(30, 17),
    title=WORDS.title,
    city="guangzhou",
)
RELEASED = ReleasePublished(
    publication=PUBLICATION,
    path=PATH,
    title=WORDS.title,
    topic="traffic",
    city="guangzhou",
    month="2026-12",
)


def test_one_editor_proposes_and_another_publishes() -> None:
    story = given(*ANSWERED, COPIED).when(PROPOSE).then(PROPOSED)
    story.when(APPROVE).then(PUBLISHED, RELEASED).leaves(
        lambda letter: (
            letter.page
            == PublicPage(
                publication=PUBLICATION,
                title=WORDS.title,
                text=WORDS.text,
                reply=WORDS.reply,
                published_at=moment(30, 17),
                month="2026-12",
                bureau="guangzhou",
                city="guangzhou",
                topic="traffic",
                category="request",
            )
        )
    )


def test_the_month_is_that_of_guangdong() -> None:
    assert RELEASED.month == "2026-12"
    assert APPROVE.at.month == 11


def test_the_same_editor_may_not_do_both() -> None:
    with pytest.raises(NotAllowed):
        given(*ANSWERED, COPIED, PROPOSED).when(ApproveDraft(1, MEI, PUBLICATION, moment(28)))


def test_nobody_publishes_what_nobody_proposed() -> None:
    with pytest.raises(OutOfOrder):
        given(*ANSWERED, COPIED).when(APPROVE)


def test_a_second_proposal_changes_nothing() -> None:
    story = given(*ANSWERED, COPIED).when(PROPOSE)
    story.when(PROPOSE).then_nothing()
    story.when(replace(PROPOSE, editor=ZHOU)).then_nothing()


def test_a_second_approval_changes_nothing_and_keeps_the_first_id() -> None:
    again = replace(APPROVE, publication="P-another")
    given(*ANSWERED, COPIED, PROPOSED).when(APPROVE, again).then_nothing().leaves(
        lambda letter: letter.page is not None and letter.page.publication == PUBLICATION
    )


def test_a_proposal_after_publication_changes_nothing() -> None:
    given(*ANSWERED, COPIED, PROPOSED, PUBLISHED).when(PROPOSE).then_nothing()


@pytest.mark.parametrize("command", [PROPOSE, APPROVE])
def test_there_must_be_a_draft(command: Command) -> None:
    with pytest.raises(NotFound):
        given(*ANSWERED).when(command)
    with pytest.raises(NotFound):
        given().when(command)


def test_an_editor_decides_only_on_the_copy_that_was_read() -> None:
    newer = CopyReceived(WORDS, 2, moment(28))
    story = given(*ANSWERED, COPIED, PROPOSED, newer)
    for command in (PROPOSE, APPROVE):
        with pytest.raises(OutOfOrder):
            story.when(command)


def test_a_newer_copy_must_be_proposed_anew() -> None:
    newer = CopyReceived(WORDS, 2, moment(28))
    with pytest.raises(OutOfOrder):
        given(*ANSWERED, COPIED, PROPOSED, newer).when(replace(APPROVE, copy=2))


def test_a_letter_without_a_reply_is_not_proposed() -> None:
    waiting = (FactProjected(received()), FactProjected(routed()))
    with pytest.raises(OutOfOrder):
        given(*waiting, COPIED).when(PROPOSE)
    given(*waiting, COPIED, FactProjected(replied())).when(PROPOSE).then(PROPOSED)


@pytest.mark.parametrize(
    "barring",
    [
        CategoryNoted("report"),
        FactProjected(received("report")),
        FactProjected(routed("report")),
        FactProjected(withdrawn()),
    ],
)
def test_a_report_and_a_withdrawn_letter_lose_their_draft_for_good(barring: PublisherEvent) -> None:
    for history in ((*ANSWERED, COPIED, PROPOSED, barring), (barring, *ANSWERED)):
        story = given(*history).leaves(lambda letter: letter.draft is None)
        story.when(ReceiveCopy(WORDS, 2, moment(29))).then_nothing()
        with pytest.raises(NotFound):
            story.when(replace(PROPOSE, copy=2))


def test_an_erased_copy_is_not_kept() -> None:
    given(*ANSWERED).when(ReceiveCopy(None, 1, moment(26))).then_nothing()


def test_what_is_published_is_not_changed_by_a_newer_copy() -> None:
    story = given(*ANSWERED, COPIED, PROPOSED, PUBLISHED)
    story.when(ReceiveCopy(WORDS, 2, moment(29))).leaves(
        lambda letter: (
            letter.page == story.state.page
            and letter.published is not None
            and letter.published.newer == CopiedDraft(WORDS, 2, moment(29))
        )
    )


commands = st.lists(
    st.one_of(
        st.builds(ProjectFact, st.sampled_from([*answered(), routed("report"), withdrawn()])),
        st.builds(NoteCategory, st.sampled_from(["request", "report"])),
        st.builds(ReceiveCopy, st.just(WORDS), st.integers(1, 2), st.just(moment(26))),
        st.builds(
            ProposeDraft, st.integers(1, 2), st.sampled_from([MEI, ZHOU]), st.just(moment(27))
        ),
        st.builds(
            ApproveDraft,
            st.integers(1, 2),
            st.sampled_from([MEI, ZHOU]),
            st.uuids().map(str),
            st.just(moment(28)),
        ),
    ),
    max_size=25,
)


@settings(max_examples=budget(200))
@examples(commands)
def test_whatever_is_asked_one_page_at_most_is_published_by_two_editors(asked: list[Any]) -> None:
    letter, said, gone, proposer, was_barred = PublisherLetter(), [], [], "", False
    for command in asked:
        try:
            story = given.state(letter).when(command)
        except Refused:
            continue
        for event in story.caused:
            if isinstance(event, DraftProposed):
                proposer = event.editor
            if isinstance(event, LetterPublished):
                said.append(event)
                assert not was_barred
                assert command.editor != proposer
            if isinstance(event, PublicationWithdrawn):
                gone.append(event)
        letter = story.state
        was_barred = was_barred or letter.is_barred
        seal: dict[str, Any] = {}
        assert _kept(letter, seal) == letter
    assert len(gone) <= len(said) <= 1
    assert (len(said) > len(gone)) == isinstance(letter.draft, LivePublication)


def _kept(letter: PublisherLetter, sealed: dict[str, Any]) -> PublisherLetter:
    """The letter after it was kept and loaded again."""

    def seal(kind: str, plain: dict[str, Any]) -> str:
        sealed[kind] = plain
        return kind

    kept = STATE.dump_python(letter, mode="json", context={"seal": seal})
    return STATE.validate_python(kept, context={"open": lambda kind, _: sealed[kind]})


@pytest.mark.parametrize(("before", "command"), [((), PROPOSE), ((PROPOSED,), APPROVE)])
def test_a_copy_of_an_older_intake_that_shows_a_number_is_not_published(
    before: tuple[PublisherEvent, ...], command: Command
) -> None:
    shown = CopyReceived(WORDS.model_copy(update={"text": "电话0086-154 3947 8548"}), 1, moment(26))
    with pytest.raises(BadValue, match=r"^words\.text$"):
        given(*ANSWERED, shown, *before).when(command)


def test_a_complaint_about_the_department_is_counted_under_no_bureau() -> None:
    about = About(kind="bureau", level="province")
    told = received("complaint").model_copy(update={"about": about})
    held = {"state": "routed", "holder": "province", "bureau": "province", "masked": True}
    facts = (told, said(LetterRouted, **held, category="complaint", why="rule"))
    assert given().when(*map(ProjectFact, facts)).state.bureau is None
    facts = (received("complaint"), *facts[1:])
    assert given().when(*map(ProjectFact, facts)).state.bureau == "province"
