"""The report of a check: a few lines for each scenario, and JSON for programs."""

import json
from collections.abc import Iterator, Mapping

from clients.bureau.check.cast import Cast
from clients.bureau.check.scenario import Scenario
from clients.bureau.check.scenarios import SCENARIOS
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import NAMES, Result, ScenarioVerdict
from shared.contracts.bilingual import Bilingual
from shared.contracts.topics import actions_of

SIGNS: dict[Result, str] = {"passed": "√", "failed": "×", "not_seen": "?", "not_applicable": "-"}
INDENT = "    "


def listed() -> Iterator[str]:
    """The list of scenarios, each with what it expects."""
    for scenario in SCENARIOS.values():
        yield f"{scenario.name:12} {scenario.title}"
        yield f"{INDENT}{scenario.expected}"


def lines(scenario: Scenario, verdict: ScenarioVerdict) -> Iterator[str]:
    """One scenario's outcome; for failures, with the sentence of the contract."""
    name = NAMES[verdict.result]
    yield f"{SIGNS[verdict.result]} {name.zh} {name.en}: {scenario.name} · {scenario.title}"
    for seen in verdict.seen:
        yield f"{INDENT}{seen.zh}"
        yield f"{INDENT}{seen.en}"
    if verdict.result == "failed":
        yield f"{INDENT}应当 expected: {scenario.expected}"
        yield f"{INDENT}契约 contract: {scenario.contract.zh}"
        yield f"{INDENT}{scenario.contract.en}"


def summary(verdicts: Mapping[str, ScenarioVerdict]) -> str:
    """The number of each verdict."""
    counted = {
        result: sum(verdict.result == result for verdict in verdicts.values()) for result in NAMES
    }
    return " · ".join(f"{NAMES[result]} {count}" for result, count in counted.items() if count)


def hint(cast: Cast, transcript: Transcript) -> Iterator[str]:
    """What to check first if nothing arrived at all."""
    if not transcript.all_heard():
        topic = actions_of(cast.bureau).name
        yield f"没有收到任何动作：您的系统是否连着这个消息系统，并写入 {topic}？"
        yield f"Nothing came at all: is your system on this broker, and does it write {topic}?"


def as_json(cast: Cast, verdicts: Mapping[str, ScenarioVerdict]) -> str:
    """The whole report."""
    outcomes = [_outcome(cast, SCENARIOS[name], verdict) for name, verdict in verdicts.items()]
    found = {"bureau": cast.bureau, "run": cast.run, "outcomes": outcomes}
    return json.dumps(found, ensure_ascii=False, indent=1)


def _outcome(cast: Cast, scenario: Scenario, verdict: ScenarioVerdict) -> dict[str, object]:
    return {
        "scenario": scenario.name,
        "result": verdict.result,
        "letter": cast.letter(scenario.name),
        "title": _both(scenario.title),
        "expected": _both(scenario.expected),
        "contract": _both(scenario.contract),
        "seen": [_both(seen) for seen in verdict.seen],
    }


def _both(said: Bilingual) -> dict[str, str]:
    return said._asdict()
