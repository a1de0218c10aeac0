"""Paths and names of everything about the cluster."""

from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parent.parent.parent
MANIFESTS = ROOT / "deploy" / "k8s"
COMPONENTS = "deploy/k8s/components"
OVERLAYS = ("dev", "prod")
RULES = ROOT / "deploy" / "prometheus" / "rules"
RENDERER = ROOT / ".renderer"

CLUSTER = "kafka"
"""The name of the Kafka cluster's object."""
USER_SECRET_PREFIX = "kafka-"  # noqa: S105 - a prefix of names, not a secret
"""Prefix of the secrets in which Strimzi's user operator puts passwords."""
OLDEST, NEWEST = "1.32", "1.37"
"""The oldest and newest version of Kubernetes for which the manifests are made."""
