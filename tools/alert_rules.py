"""What do the rule files say? Alerts and recording rules, with the metrics that each rests on.

`deploy/prometheus/rules/*.yml` are plain files of Prometheus; this only reads them.
"""

from __future__ import annotations

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
"""Recorded series, and metrics of ours; `up` and what a process says of itself are everybody's."""
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
        """The series of ours that its expression asks for."""
        return frozenset(_NAME.findall(_QUOTED.sub('""', self.expr)))


@cache
def rules(folder: Path = RULES) -> tuple[Rule, ...]:
    """All rules, in the order of files and lines."""
    return tuple(rule for file in sorted(folder.glob("*.yml")) for rule in _of_file(file))


def alerts(folder: Path = RULES) -> tuple[Rule, ...]:
    """The alerts among them."""
    return tuple(rule for rule in rules(folder) if rule.is_alert)


def metrics_of(rule: Rule, folder: Path = RULES) -> frozenset[str]:
    """The metrics that a rule rests on, recorded series followed to where they come from."""
    recorded = {one.name: one for one in rules(folder) if not one.is_alert}
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
        for said in group["rules"]:
            yield _rule(said, file.name, group["name"])


def _rule(said: Mapping[str, Any], file: str, group: str) -> Rule:
    return Rule(
        file,
        group,
        said.get("alert") or said["record"],
        said["expr"],
        "alert" in said,
        said.get("labels", {}),
        said.get("annotations", {}),
    )
