"""A letter's view for its writer after given events."""

from typing import Any

from services.intake.api.letter_presentation import letter_shown
from services.intake.domain import IntakeState
from services.intake.domain.letter import IntakeLetter
from shared.contracts.event import Fact
from shared.contracts.words import WriterText
from shared.platform.runtime import data_files
from tests.intake.story import LETTER, NAME, given, note, submit

SAID = WriterText(text=f"我是{NAME}，门牌是3号")
TRIAGE: dict[str, Any] = {"holder": "triage", "state": "triage"}


def letter_of(state: IntakeState) -> IntakeLetter:
    """The letter, which is there."""
    assert isinstance(state, IntakeLetter)
    return state


def after(*told: Any) -> IntakeLetter:
    """The letter after these, facts of the router among them."""
    commands = [note(one) if isinstance(one, Fact) else one for one in told]
    return letter_of(given().when(submit(), *commands).state)


def view(*told: Any) -> dict[str, Any]:
    """The writer's view."""
    seen = letter_shown(LETTER, after(*told), wording=data_files.categories())
    return seen.model_dump(mode="json")


def steps(*told: Any) -> list[str]:
    """The history in the writer's view."""
    return [one.what for one in after(*told).history]
