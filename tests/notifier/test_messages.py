"""Each message names the letter and where to read on, in both languages."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

import pytest

from services.notifier.domain.deliveries import Delivery, MessageDetails
from services.notifier.domain.messages import TEXTS, text_of
from shared.contracts.names import CLOCKS, LEVELS, WHERE_TO_TURN
from shared.contracts.vocabulary import ClockName, Language, LevelName, WhereToTurn
from tests.notifier.story import LETTER
from tests.support.moving import moment

LANGUAGES = get_args(Language)


@pytest.mark.parametrize("message", list(TEXTS))
def test_a_text_names_the_letter_and_where_to_read_in_both_languages(message: Any) -> None:
    where = "https://mailbox.example"
    bare = Delivery("d", message, queued_at=moment(26), try_at=moment(26))
    full = replace(
        bare,
        details=MessageDetails(
            by=date(2026, 12, 8), where_to_turn="12345", clock="reply", level="red", page=2
        ),
    )
    for delivery in (bare, full):
        texts = {lang: text_of(delivery, lang, letter=LETTER, where=where) for lang in LANGUAGES}
        for text in texts.values():
            assert LETTER in text
            assert where in text
            assert "{" not in text
        assert texts["zh-Hant"] == texts["zh"] != texts["en"]
        assert texts["zh"].startswith("【厅长信箱】")
        assert len(texts["zh"]) < 140


def test_every_code_has_a_name_in_both_languages() -> None:
    for names, codes in ((CLOCKS, ClockName), (LEVELS, LevelName), (WHERE_TO_TURN, WhereToTurn)):
        assert set(names) == set(get_args(codes))
        assert all(zh and en and zh != en for zh, en in names.values())
