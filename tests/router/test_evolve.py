"""The tables of `evolve` are complete, and each function takes its own event."""

from collections.abc import Callable, Mapping
from typing import Any, get_args, get_type_hints

import pytest

from services.router.domain.evolve import FACTS, INTERNAL
from services.router.domain.external_events import InternalEvent
from services.router.domain.letter import Letter, unchanged
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.progress_v1 import RequestRefused
from shared.contracts.topics import PROGRESS

TABLE: Mapping[type, Callable[..., Any]] = {**FACTS, **INTERNAL}


def test_every_fact_is_applied_but_a_refusal_which_changes_nothing() -> None:
    assert FACTS.keys() | {RequestRefused} == set(ON_TOPIC[PROGRESS.name])
    assert set(get_args(InternalEvent)) == INTERNAL.keys()


@pytest.mark.parametrize("event", TABLE, ids=lambda event: event.__name__)
def test_each_function_takes_its_event(event: type) -> None:
    if TABLE[event] is not unchanged:
        assert list(get_type_hints(TABLE[event]).values()) == [Letter, event, Letter]
