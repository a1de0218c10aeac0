"""An editor approves what a page shows: every change and every doubtful word is in it."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from services.publisher.pages.tracked_changes import annotated, changed, doubts_in
from tests.support.budget import budget

TEXTS = st.text("路灯。\n坏a 王先生〔电话〕12号天河", max_size=60)


@given(TEXTS, TEXTS)
@settings(max_examples=budget(60), deadline=None)
def test_both_texts_can_be_read_from_the_changes(before: str, after: str) -> None:
    pieces = changed(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert "".join(piece.text for piece in annotated(after)) == after


def test_a_changed_word_is_shown_and_marks_and_doubts_stand_out() -> None:
    pieces = changed("王先生说，灯坏了。〔电话〕", "王先生说，灯已坏。〔电话〕")
    shown = [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"]
    assert ("doubt", "王先生") in shown
    assert ("mark", "〔电话〕") in shown
    assert {"added", "removed"} <= {kind for kind, _ in shown}
    assert [piece.kind for piece in changed("王先生", "王先生", kept={"王先生"})] == ["same"]
    assert [doubt.words for doubt in doubts_in("王先生", "请王先生来")] == ["王先生"]


def test_the_longest_texts_are_compared_at_once() -> None:
    before = "".join(f"第{number}句话说路灯坏了，" for number in range(900))
    start = time.perf_counter()
    changed(before, before.replace("路灯", "红绿灯"))
    changed("坏" * 10_000, "灯" * 10_000)
    assert time.perf_counter() - start < 2
