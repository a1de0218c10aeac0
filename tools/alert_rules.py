"""The alerts and recording rules of `deploy/prometheus/rules/*.yml`, with their metrics.

The files are plain Prometheus files; this only reads them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
RULES = ROOT / "deploy" / "prometheus" / "rules"
_NAME = re.compile(r"\b(?:[a-z][a-z0-9_]*(?::[a-z0-9_]+)+|mailbox_[a-z0-9_]+)\b")
"""Recorded series, and our own metrics; `up` and the client library's metrics don't count."""
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: an alert, or a recorded series."""

    file: str
    group: str
    name: str
    expr: str
    is_alert: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """The series of ours in its expression."""
        return frozenset(_NAME.findall(_QUOTED.sub('""', self.expr)))


@cache
def rules(folder: Path = RULES) -> tuple[Rule, ...]:
    """All rules, in the order of files and lines."""
    return tuple(rule for file in sorted(folder.glob("*.yml")) for rule in _of_file(file))


def alerts(folder: Path = RULES) -> tuple[Rule, ...]:
    """All alerts."""
    return tuple(rule for rule in rules(folder) if rule.is_alert)


def metrics_of(rule: Rule, folder: Path = RULES) -> frozenset[str]:
    """The metrics on which a rule depends, with recorded series resolved."""
    recorded = {recording.name: recording for recording in rules(folder) if not recording.is_alert}
    found: set[str] = set()
    waiting, seen = [rule], set[str]()
    while waiting:
        for name in waiting.pop().names - seen:
            seen.add(name)
            if name in recorded:
                waiting.append(recorded[name])
            else:
                found.add(name)
    return frozenset(found)


def _of_file(file: Path) -> Iterator[Rule]:
    for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
        for content in group["rules"]:
            yield _rule(content, file.name, group["name"])


def _rule(content: Mapping[str, Any], file: str, group: str) -> Rule:
    return Rule(
        file,
        group,
        content.get("alert") or content["record"],
        content["expr"],
        "alert" in content,
        content.get("labels", {}),
        content.get("annotations", {}),
    )
