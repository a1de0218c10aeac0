"""The tables of `decide` and `evolve` have a row for every command and every event."""

from typing import get_args

from services.publisher.domain import Command, PublisherEvent, rule_table
from services.publisher.domain.evolve import FOLDS, LOG_ONLY
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.topics import PUBLISHED, RELEASES
from tests.publisher.story import DEADLINES


def test_every_command_has_a_rule() -> None:
    assert rule_table(DEADLINES).keys() == set(get_args(Command))


def test_every_event_has_a_fold_or_is_for_the_log_alone() -> None:
    assert FOLDS.keys() | LOG_ONLY == set(get_args(PublisherEvent))
    assert not FOLDS.keys() & LOG_ONLY


def test_every_event_of_the_publishers_topics_is_known() -> None:
    assert {*ON_TOPIC[PUBLISHED.name], *ON_TOPIC[RELEASES.name]} <= set(get_args(PublisherEvent))
