"""In whatever order events are delivered, a letter is published and counted as if in order."""

from typing import Any

from hypothesis import given as deliverings
from hypothesis import settings

from services.publisher.domain.letter import PublisherLetter
from shared.contracts.topics import PROGRESS
from tests.publisher.story import RULES
from tests.support.budget import budget
from tests.support.hearing import deliveries, folded, told
from tests.support.sealed_shell import seals

KEYS = seals("publisher")
STORY = told(PROGRESS.name)
IN_ORDER = folded(RULES, KEYS, since=PublisherLetter(), records=STORY)


@settings(max_examples=budget(40))
@deliverings(deliveries(STORY))
def test_late_early_and_repeated_records_come_to_the_same(records: list[Any]) -> None:
    fold = folded(RULES, KEYS, since=PublisherLetter(), records=records)
    assert not fold.unfit
    assert fold.seen == {"progress": len(STORY)}
    assert fold.state == IN_ORDER.state
    assert len(fold.state.promises) == 1
