"""Late, early and repeated records lead to the same clocks and messages as ordered ones."""

from typing import Any

from hypothesis import given as deliverings
from hypothesis import settings

from services.notifier.domain.letter import NotifierLetter
from shared.contracts.topics import PROGRESS
from tests.notifier.story import RULES
from tests.support.budget import budget
from tests.support.hearing import deliveries, folded, told
from tests.support.sealed_shell import seals

KEYS = seals("notifier")
STORY = told(PROGRESS.name)
IN_ORDER = folded(RULES, KEYS, since=NotifierLetter(), records=STORY)


@settings(max_examples=budget(40))
@deliverings(deliveries(STORY))
def test_late_early_and_repeated_records_lead_to_the_same_letter(records: list[Any]) -> None:
    fold = folded(RULES, KEYS, since=NotifierLetter(), records=records)
    assert not fold.unfit
    assert fold.seen == {"progress": len(STORY)}
    assert fold.state == IN_ORDER.state
    ids = [message.id for message in fold.state.deliveries]
    assert len(ids) == len(set(ids))
