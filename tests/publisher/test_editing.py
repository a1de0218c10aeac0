"""Editors' marks and wording: what they hide stays hidden, and nothing old decides about it."""

from dataclasses import replace
from typing import Any

import pytest

from services.publisher.domain import Command, PublisherEvent
from services.publisher.domain.draft import ApproveDraft, CopyReceived, ProposeDraft
from services.publisher.domain.editing import (
    DraftRead,
    MarkWords,
    RejectDraft,
    RestoreDraft,
    RewordDraft,
    SendDraftBack,
    edited_words,
)
from services.publisher.domain.letter import PublisherLetter
from services.publisher.domain.letter_projection import FactProjected, ProjectFact
from services.publisher.domain.withdrawal import EraseWords, NoteConsent
from shared.contracts.words import PublicText, Reason
from shared.kernel.errors import BadValue, LimitReached, OutOfOrder, Refused
from tests.publisher.story import MEI, ZHOU, answered, decide, given, withdrawn
from tests.publisher.test_domain import PUBLICATION
from tests.publisher.test_examples import kept
from tests.support.moving import moment

TEXT = PublicText(title="Ann 与王先生", text="王先生和王先生的店。Annual fee, Ann.", reply="好。")
WAITING: tuple[PublisherEvent, ...] = (
    *(FactProjected(fact) for fact in answered()),
    CopyReceived(TEXT, 1, moment(26)),
)


def read(edition: int, editor: str = MEI) -> DraftRead:
    return DraftRead(1, edition, editor, moment(27))


def hide(words: str, edition: int = 0, **over: Any) -> MarkWords:
    values = {"decision": "hidden", "what": "person", "reason": "tells_who", **over}
    return MarkWords(read(edition), words=Reason(text=words), **values)


def after(*commands: Any) -> PublisherLetter:
    return given(*WAITING).when(*commands).state


def refuses(refusal: type[Refused], command: Command, *before: Command) -> None:
    letter = after(*before)
    with pytest.raises(refusal):
        decide(command, letter)


def shown(letter: PublisherLetter) -> PublicText:
    assert letter.editable is not None
    return edited_words(letter.editable)


def test_a_mark_hides_words_wherever_they_stand_and_latin_ones_as_whole_words() -> None:
    text = shown(after(hide("王先生"), hide("Ann", 1)))
    assert (text.title, text.text) == (
        "〔姓名〕 与〔姓名〕",
        "〔姓名〕和〔姓名〕的店。Annual fee, 〔姓名〕.",
    )


def test_rewording_uncovers_nothing_and_a_lifted_mark_shows_the_words_again() -> None:
    words = PublicText(title="王先生的店", text="王先生来信。", reply="好。")
    letter = after(hide("王先生"), RewordDraft(read(1), words))
    assert shown(letter).title == "〔姓名〕的店"
    lifted = after(
        hide("王先生"),
        RewordDraft(read(1), words),
        hide("王先生", 2, decision="kept", reason="public_body"),
    )
    assert shown(lifted) == words
    assert lifted.editable is not None
    assert [mark.decision for mark in lifted.editable.work.marks] == ["kept"]
    assert kept(lifted) == lifted, "stored and read again"


@pytest.mark.parametrize(
    "command",
    [
        hide("李女士"),
        hide("王"),
        hide("王先生", reason="public_body"),
        hide("王先生", decision="kept"),
        RewordDraft(read(0), PublicText(title="电话13800138000", text="x", reply="y")),
    ],
)
def test_a_mark_or_wording_that_makes_no_sense_is_refused(command: Any) -> None:
    refuses(BadValue, command)


def test_a_number_is_never_left_in_sight() -> None:
    number = PublicText(title="电话", text="请打13800138000。", reply="好。")
    letter = given(*WAITING[:-1], CopyReceived(number, 1, moment(26))).state
    with pytest.raises(BadValue):
        decide(hide("13800138000", decision="kept", reason="no_person"), letter)
    story = given(*WAITING[:-1], CopyReceived(number, 1, moment(26)))
    proposed = story.when(hide("13800138000", what="number"), ProposeDraft(1, MEI, moment(27), 1))
    assert "13800138000" not in shown(proposed.state).text


@pytest.mark.parametrize(
    "command",
    [
        hide("王先生", 1),
        RewordDraft(DraftRead(2, 0, MEI, moment(27)), TEXT),
        ProposeDraft(1, MEI, moment(27), 3),
        SendDraftBack(read(0), Reason(text="x")),
        RestoreDraft(read(0)),
    ],
)
def test_nothing_is_done_to_another_edition_or_out_of_turn(command: Any) -> None:
    refuses(OutOfOrder, command)


def test_a_proposal_can_only_be_sent_back_and_keeps_its_work() -> None:
    proposed = (hide("王先生"), ProposeDraft(1, MEI, moment(27), 1))
    for command in (hide("Ann", 1), RewordDraft(read(1), TEXT)):
        refuses(OutOfOrder, command, *proposed)
    letter = after(*proposed, SendDraftBack(read(1, ZHOU), Reason(text="再看")))
    assert (letter.draft and letter.draft.kind) == "copied"
    assert "王先生" not in shown(letter).text
    old = ApproveDraft(1, ZHOU, PUBLICATION, moment(27), 1)
    again = (*proposed, SendDraftBack(read(1, ZHOU), Reason(text="再看")))
    refuses(OutOfOrder, old, *again, ProposeDraft(1, MEI, moment(27), 2))


def test_what_was_approved_is_public_and_nothing_that_was_hidden_is_kept() -> None:
    letter = after(
        hide("王先生"),
        ProposeDraft(1, MEI, moment(27), 1),
        ApproveDraft(1, ZHOU, PUBLICATION, moment(27), 1),
    )
    assert letter.page is not None
    assert letter.page.title == "Ann 与〔姓名〕"
    assert "王先生" not in repr(kept(letter))


def test_a_rejected_draft_can_be_restored_and_goes_with_consent_erasure_and_withdrawal() -> None:
    reject = RejectDraft(read(0), "not_general", None)
    assert after(reject).waiting is None
    assert shown(after(reject, RestoreDraft(read(1)))) == TEXT
    refuses(OutOfOrder, ProposeDraft(1, MEI, moment(27)), reject)
    for gone in (NoteConsent(to_publish=False), EraseWords(), ProjectFact(withdrawn())):
        assert after(reject, gone).draft is None


def test_marks_have_a_limit() -> None:
    letter = after(hide("王先生"))
    assert letter.editable is not None
    work = letter.editable.work
    full = replace(work, marks=work.marks * 200)
    crowded = replace(letter, draft=replace(letter.editable, work=full))
    with pytest.raises(LimitReached):
        decide(hide("Ann", 1), crowded)
