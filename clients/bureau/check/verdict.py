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
    """The outcome and its evidence."""

    result: Result
    seen: tuple[Bilingual, ...]


def passed(*seen: Bilingual) -> ScenarioVerdict:
    """The system followed the contract."""
    return ScenarioVerdict("passed", seen)


def failed(*seen: Bilingual) -> ScenarioVerdict:
    """It broke the contract, or did nothing where an action was due."""
    return ScenarioVerdict("failed", seen)


def not_seen(*seen: Bilingual) -> ScenarioVerdict:
    """It did nothing that could be judged."""
    return ScenarioVerdict("not_seen", seen)
