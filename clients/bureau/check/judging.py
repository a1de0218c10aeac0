"""From the transcript of a run to a verdict on each scenario."""

from collections.abc import Sequence

from clients.bureau.check.cast import Cast
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.check.scenarios.validity import ACTIONS
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import ScenarioVerdict


def played(cast: Cast, chosen: Sequence[str]) -> list[str]:
    """Which of the chosen scenarios can run, in order."""
    return [name for name in SCENARIOS if name in chosen and SCENARIOS[name].applies(cast)]


def verdicts(
    cast: Cast, chosen: Sequence[str], *, transcript: Transcript
) -> dict[str, ScenarioVerdict]:
    """The verdict on each chosen scenario; the form of all actions is always judged."""
    return {
        name: _verdict(cast, name, transcript)
        for name in SCENARIOS
        if name in chosen or name == ACTIONS
    }


def _verdict(cast: Cast, name: str, transcript: Transcript) -> ScenarioVerdict:
    scenario = SCENARIOS[name]
    if not scenario.applies(cast):
        return ScenarioVerdict("not_applicable", (scenario.needs,) if scenario.needs else ())
    return scenario.judge(cast, transcript)
