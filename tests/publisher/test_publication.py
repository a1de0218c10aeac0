"""Publications: problems and their clock, two editors' decisions, the end."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.publisher.domain import decide, rule_table
from services.publisher.domain.letter import PublicPage, PublisherLetter
from services.publisher.domain.publication import (
    MOST_PROBLEMS,
    ApproveChange,
    ChangeMade,
    ChangeProposed,
    ProposeChange,
    ReportProblem,
)
from shared.contracts.published_v1 import (
    PublicationCorrected,
    PublicationProblemDecided,
    PublicationProblemReported,
    PublicationWithdrawn,
)
from shared.contracts.releases_v1 import ReleaseCorrected, ReleaseWithdrawn
from shared.contracts.values import ClockChange
from shared.contracts.vocabulary import ProblemKind
from shared.contracts.words import PublicText
from shared.kernel.errors import BadValue, LimitReached, NotAllowed, NotFound, OutOfOrder
from tests.publisher.story import DEADLINES, MEI, WORDS, ZHOU, given
from tests.publisher.test_domain import ANSWERED, COPIED, PATH, PROPOSED, PUBLICATION, PUBLISHED
from tests.support.moving import moment
from tests.support.versions import both

PUBLIC = given(*ANSWERED, COPIED, PROPOSED, PUBLISHED)
NEW_WORDS = PublicText(title="信号灯已调整", text="我住在附近。", reply="已将绿灯延长八秒。")
FRIDAY = moment(27, 4)
"""12:00 of Friday, 27 November, in Guangdong: a working day later is Monday."""


def report(kind: ProblemKind = "wrong", at: Any = FRIDAY) -> ReportProblem:
    return ReportProblem(PUBLICATION, kind, at)


def propose(outcome: Any = "corrected", **over: Any) -> ProposeChange:
    fields: dict[str, Any] = {"problem": None, "note": None, "words": None}
    if outcome == "corrected":
        fields |= {"note": "facts", "words": NEW_WORDS}
    return ProposeChange(**({"outcome": outcome, "editor": MEI, "at": FRIDAY} | fields | over))


def approve(number: int = 1, editor: str = ZHOU) -> ApproveChange:
    return ApproveChange(number, editor, moment(30, 4))


def page(letter: PublisherLetter) -> PublicPage:
    assert letter.page is not None
    return letter.page


PROBLEM = f"{PUBLICATION}:1"
STOPPED = ClockChange(clock="publication_problem", round=1, change="stopped")


def release(**over: Any) -> dict[str, Any]:
    fields = {"publication": PUBLICATION, "path": PATH, "topic": "traffic", "city": "guangzhou"}
    return fields | {"month": "2026-12"} | over


# --- problems ----------------------------------------------------------------------------------


def test_a_problem_is_said_with_its_clock() -> None:
    story = PUBLIC.when(report())
    (event,) = story.caused
    assert isinstance(event, PublicationProblemReported)
    assert (event.publication, event.problem, event.kind) == (PUBLICATION, PROBLEM, "wrong")
    (clock,) = event.clocks
    assert (clock.clock, clock.round, clock.change) == ("publication_problem", 1, "started")
    assert clock.due_on == date(2026, 11, 30)
    assert clock.passes_at == moment(30, 16)
    assert [(one.level, one.at.day) for one in clock.levels] == [
        ("red", 30),
        ("chief", 1),
        ("province", 3),
    ]
    assert clock.counted_from == date(2026, 11, 27)
    assert clock.limit is not None
    assert (clock.limit.amount, clock.limit.unit) == (1, "wd")


@pytest.mark.parametrize(
    ("version", "due_on"),
    [
        ("", date(2026, 11, 30)),
        ("2026-11-24", date(2026, 11, 30)),
        ("2026-11-27", date(2026, 12, 2)),
    ],
)
def test_its_clock_is_that_of_the_policies_under_which_the_letter_came(
    version: str, due_on: date
) -> None:
    deadlines = replace(DEADLINES, versions=both("2026-11-27"))
    letter = replace(PUBLIC.state, policy_version=version)
    (event,) = decide(report(), letter, rules=rule_table(deadlines))
    assert isinstance(event, PublicationProblemReported)
    assert event.clocks[0].due_on == due_on


def test_the_publisher_keeps_the_version_under_which_a_letter_came() -> None:
    assert PUBLIC.state.policy_version == "1"


def test_while_one_of_a_kind_is_open_another_changes_nothing() -> None:
    PUBLIC.when(report(), report()).then_nothing()
    story = PUBLIC.when(report("wrong"), report("reveals"))
    published = story.state.published
    assert published is not None
    assert [(one.kind, one.round) for one in published.problems] == [("wrong", 1), ("reveals", 2)]


def test_what_is_not_public_has_no_problems() -> None:
    for story in (given(), given(*ANSWERED, COPIED), PUBLIC):
        with pytest.raises(NotFound):
            story.when(replace(report(), publication="P-another"))


def test_problems_of_one_letter_are_limited() -> None:
    with pytest.raises(LimitReached):
        given.state(replace(PUBLIC.state, problems=MOST_PROBLEMS)).when(report())


# --- decisions ---------------------------------------------------------------------------------


def test_one_editor_proposes_a_correction_and_another_has_it_made() -> None:
    story = PUBLIC.when(report(), propose(problem=PROBLEM))
    assert [type(one) for one in story.caused] == [ChangeProposed]
    assert page(story.state).title == WORDS.title
    story = story.when(approve()).then(
        ChangeMade(NEW_WORDS, "facts", moment(30, 4)),
        PublicationCorrected(publication=PUBLICATION, note="facts", title=NEW_WORDS.title),
        ReleaseCorrected(**release(title=NEW_WORDS.title)),
        PublicationProblemDecided(problem=PROBLEM, outcome="corrected", clocks=(STOPPED,)),
    )
    now = page(story.state)
    assert (now.title, now.text, now.reply) == (NEW_WORDS.title, NEW_WORDS.text, NEW_WORDS.reply)
    assert (now.note, now.corrected_at) == ("facts", moment(30, 4))
    assert story.state.published is not None
    assert story.state.published.problems == ()


def test_a_problem_may_be_unfounded_and_the_page_stays_as_it_was() -> None:
    story = PUBLIC.when(report(), propose("unfounded", problem=PROBLEM), approve())
    assert story.caused[1:] == (
        PublicationProblemDecided(problem=PROBLEM, outcome="unfounded", clocks=(STOPPED,)),
    )
    assert page(story.state) == page(PUBLIC.state)


def test_a_withdrawn_page_is_gone_and_every_problem_is_decided_with_it() -> None:
    story = PUBLIC.when(report("wrong"), report("outdated"), propose("withdrawn", problem=PROBLEM))
    story = story.when(approve())
    assert [type(one) for one in story.caused] == [
        PublicationProblemDecided,
        PublicationProblemDecided,
        PublicationWithdrawn,
        ReleaseWithdrawn,
    ]
    assert story.caused[2:] == (
        PublicationWithdrawn(publication=PUBLICATION, reason="problem"),
        ReleaseWithdrawn(**release(title=WORDS.title)),
    )
    assert story.state.draft is None
    with pytest.raises(NotFound):
        story.when(report())


def test_what_reveals_somebody_is_not_named_again() -> None:
    story = PUBLIC.when(report("reveals"), propose("withdrawn", problem=PROBLEM), approve())
    assert story.caused[-1] == ReleaseWithdrawn(**release(title=None))


def test_editors_may_act_on_their_own() -> None:
    story = PUBLIC.when(propose(), approve())
    assert [type(one) for one in story.caused] == [
        ChangeMade,
        PublicationCorrected,
        ReleaseCorrected,
    ]
    story = PUBLIC.when(propose("withdrawn"), approve())
    assert story.caused[0] == PublicationWithdrawn(publication=PUBLICATION, reason="rule")


def test_the_same_editor_may_not_do_both() -> None:
    with pytest.raises(NotAllowed):
        PUBLIC.when(propose(), approve(editor=MEI))


def test_an_editor_approves_only_what_was_read() -> None:
    story = PUBLIC.when(propose(), propose("withdrawn"))
    for number in (1, 3):
        with pytest.raises(OutOfOrder):
            story.when(approve(number))
    assert story.when(approve(2)).state.draft is None
    with pytest.raises(OutOfOrder):
        PUBLIC.when(approve())


def test_proposing_the_same_again_changes_nothing() -> None:
    PUBLIC.when(propose(), replace(propose(), at=moment(28))).then_nothing()


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (propose(words=None), "words"),
        (propose(note=None), "note"),
        (propose("unfounded"), "problem"),
        (propose(words=NEW_WORDS.model_copy(update={"text": "4401991990010100 18"})), "words.text"),
        (
            propose(
                words=NEW_WORDS.model_copy(update={"title": "４４０１９９１９９００１０１００１８"})
            ),
            "words.title",
        ),
        (propose(words=NEW_WORDS.model_copy(update={"text": "+86 154.3947.8548"})), "words.text"),
        (propose(words=NEW_WORDS.model_copy(update={"text": "粤A·12345"})), "words.text"),
        (
            propose(words=NEW_WORDS.model_copy(update={"reply": "6222021234567890128"})),
            "words.reply",
        ),
    ],
)
def test_a_change_that_is_none_is_refused(command: ProposeChange, field: str) -> None:
    with pytest.raises(BadValue, match=f"^{field}$"):
        PUBLIC.when(command)


def test_a_corrected_reply_may_give_a_phone_to_be_called() -> None:
    words = NEW_WORDS.model_copy(update={"reply": "请拨打0755-26738899"})
    PUBLIC.when(propose(words=words))


def test_a_problem_that_is_not_open_is_not_decided() -> None:
    with pytest.raises(OutOfOrder):
        PUBLIC.when(propose(problem=PROBLEM))
    with pytest.raises(OutOfOrder):
        PUBLIC.when(
            report(),
            propose("unfounded", problem=PROBLEM),
            approve(),
            propose("unfounded", problem=PROBLEM),
        )


@pytest.mark.parametrize("command", [propose(), approve()])
def test_there_must_be_a_publication(command: Any) -> None:
    for story in (given(), given(*ANSWERED, COPIED)):
        with pytest.raises(NotFound):
            story.when(command)


def test_a_title_that_marks_made_too_long_is_told_shorter() -> None:
    long = NEW_WORDS.model_copy(update={"title": "〔本人姓名〕" * 40})
    story = PUBLIC.when(propose(words=long), approve())
    assert page(story.state).title == long.title
    told = story.caused[2]
    assert isinstance(told, ReleaseCorrected)
    assert len(told.title) == 200
    assert told.title.endswith("…")
