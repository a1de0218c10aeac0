"""The generated files and their required content."""

from collections.abc import Iterable
from pathlib import Path

import yaml

from tools.k8s import broker_objects, rule_objects
from tools.k8s.place import COMPONENTS, ROOT, Json
from tools.k8s.settings_page import PAGE, page

HEAD = "# Generated from {source} by `python -m tools.k8s write`: change that, not this.\n"
TOPICS = "shared/contracts/topics.py"


def files() -> dict[str, str]:
    """The required content of each generated file, by its path from the root."""
    of = broker_objects
    return {
        f"{COMPONENTS}/kafka/topics.yaml": _yaml(TOPICS, of.topics(of_bureaus=False)),
        f"{COMPONENTS}/kafka/users.yaml": _yaml(TOPICS, of.users(of_bureaus=False)),
        f"{COMPONENTS}/bureaus/topics.yaml": _yaml(TOPICS, of.topics(of_bureaus=True)),
        f"{COMPONENTS}/bureaus/users.yaml": _yaml(TOPICS, of.users(of_bureaus=True)),
        f"{COMPONENTS}/monitoring/rules.yaml": _yaml(
            "deploy/prometheus/rules", [rule_objects.rules()]
        ),
        PAGE: page(),
    }


def write(root: Path = ROOT) -> None:
    """Write every generated file."""
    for name, text in files().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def differences(root: Path = ROOT) -> list[str]:
    """Generated files that differ from what would be written now."""
    return [
        f"{name}: differs from its source, run `python -m tools.k8s write`"
        for name, text in files().items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text
    ]


def _yaml(source: str, objects: Iterable[Json]) -> str:
    body = yaml.safe_dump_all(list(objects), sort_keys=False, allow_unicode=True, width=100)
    return HEAD.format(source=source) + body
