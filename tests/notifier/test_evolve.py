"""The table of `evolve` is complete, and each fold takes its own event."""

from typing import get_args, get_type_hints

import pytest

from services.notifier.domain.evolve import FOLDS, NotifierEvent
from services.notifier.domain.letter import NotifierLetter


def test_every_event_has_its_fold() -> None:
    assert set(get_args(NotifierEvent)) == FOLDS.keys()


@pytest.mark.parametrize("event", FOLDS, ids=lambda event: event.__name__)
def test_each_fold_takes_its_event(event: type) -> None:
    first, second = list(get_type_hints(FOLDS[event]).values())[:2]
    assert (first, second) == (NotifierLetter, event)
