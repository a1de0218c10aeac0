"""The tables of `decide` and `evolve` have a row for every command and every event of intake."""

from typing import get_args

from services.intake.domain import Command, IntakeState
from services.intake.domain.evolve import FOLDS, PrivateEvent
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.topics import DIVERTED, SUBMITTED
from tests.intake.story import RULES


def test_every_command_has_a_rule() -> None:
    assert {command for command, _ in RULES} == set(get_args(Command))


def test_every_event_that_intake_causes_has_a_fold() -> None:
    known = {*ON_TOPIC[SUBMITTED.name], *ON_TOPIC[DIVERTED.name], *get_args(PrivateEvent)}
    assert {event for _, event in FOLDS} == known


def test_rows_are_of_known_states() -> None:
    states = {state for _, state in RULES} | {state for state, _ in FOLDS}
    assert states == set(get_args(IntakeState))
