"""However the router's events are delivered, the writer sees each once and in order."""

from typing import Any

from hypothesis import given as deliverings
from hypothesis import settings

from services.intake.wiring import rules
from shared.contracts.topics import PROGRESS, PUBLISHED
from tests.intake.story import given, submit
from tests.support.budget import budget
from tests.support.hearing import deliveries, folded, told
from tests.support.sealed_shell import BLIND, seals

KEYS = seals("intake")
RULES = rules(KEYS, BLIND)
LETTER = given().when(submit()).state
STORY = (*told(PROGRESS.name), *told(PUBLISHED.name))
IN_ORDER = folded(RULES, KEYS, since=LETTER, records=STORY)


@settings(max_examples=budget(40))
@deliverings(deliveries(STORY))
def test_late_early_and_repeated_records_come_to_the_same(records: list[Any]) -> None:
    fold = folded(RULES, KEYS, since=LETTER, records=records)
    assert not fold.unfit
    assert fold.seen == {"progress": len(told(PROGRESS.name)), "published": 5}
    assert fold.sent == IN_ORDER.sent
    views = [(fold.state.state, fold.state.questions), (fold.state.promises, fold.state.answer)]
    assert views == [
        (IN_ORDER.state.state, IN_ORDER.state.questions),
        (IN_ORDER.state.promises, IN_ORDER.state.answer),
    ]
    what = [one.what for one in fold.state.history if one.what != "letter.published"]
    assert what == [one.what for one in IN_ORDER.state.history if one.what != "letter.published"]
