"""Combining marks in a row are limited, and nothing else is changed."""

from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.combining_marks import MOST_COMBINING_MARKS, cap_marks, has_too_many_marks


def test_only_marks_beyond_the_limit_are_left_out() -> None:
    most = "\u0301" * MOST_COMBINING_MARKS
    assert cap_marks(f"信Z{most}\u0301箱ๆ{most}{most}。") == f"信Z{most}箱ๆ{most}。"
    assert not has_too_many_marks(f"信Z{most}箱")
    assert has_too_many_marks(f"{most}\u0301")


@given(st.text(st.sampled_from("aé路ﾊ\u0301\u20dd\u0e33\u0e49한"), max_size=60))
def test_capping_is_done_once_and_leaves_other_characters(text: str) -> None:
    capped = cap_marks(text)
    assert cap_marks(capped) == capped
    assert not has_too_many_marks(capped)
    marks = str.maketrans("", "", "\u0301\u20dd\u0e49")
    assert capped.translate(marks) == text.translate(marks)
