"""The verdict on one scenario."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from shared.contracts.bilingual import Bilingual

Result: TypeAlias = Literal["passed", "failed", "not_seen", "not_applicable"]

NAMES: dict[Result, Bilingual] = {
    "passed": Bilingual("通过", "passed"),
    "failed": Bilingual("不通过", "failed"),
    "not_seen": Bilingual("未见到", "not seen"),
    "not_applicable": Bilingual("不适用", "not applicable"),
}


@dataclass(frozen=True, slots=True)
class ScenarioVerdict:
    """How it went, and what was seen that says so."""

    result: Result
    seen: tuple[Bilingual, ...]


def passed(*seen: Bilingual) -> ScenarioVerdict:
    """The system did what the contract says."""
    return ScenarioVerdict("passed", seen)


def failed(*seen: Bilingual) -> ScenarioVerdict:
    """It did something else, or nothing where something was due."""
    return ScenarioVerdict("failed", seen)


def not_seen(*seen: Bilingual) -> ScenarioVerdict:
    """It did nothing that could be judged; that is neither right nor wrong."""
    return ScenarioVerdict("not_seen", seen)
