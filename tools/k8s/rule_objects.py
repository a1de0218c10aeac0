"""The rules for Prometheus' operator: those of the plain files, in one object."""

from pathlib import Path

import yaml

from tools.k8s.place import RULES, Json


def rules(folder: Path = RULES) -> Json:
    """The groups of every file in the folder, ordered by file name."""
    groups = [group for file in sorted(folder.glob("*.yml")) for group in _groups(file)]
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "mailbox", "labels": {"app.kubernetes.io/part-of": "mailbox"}},
        "spec": {"groups": groups},
    }


def _groups(file: Path) -> list[Json]:
    content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return list(content.get("groups") or [])
