"""The Compose file starts existing programs, with settings that they read, and no extra rights."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.stack import keys
from tools.k8s.compose import FILE, FOLDER, faults
from tools.k8s.place import ROOT, Json
from tools.k8s.settings_page import SERVICES

TEXT = FILE.read_text("utf-8")
COMPOSE: Json = yaml.safe_load(TEXT)
PLANTS = [
    ("  read_only: true", "  privileged: true", "says privileged"),
    ("  read_only: true\n", "", "issuer may do more than in a cluster"),
    ("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "router may do more"),
    ("target: operator", "target: oparator", "builds oparator, which is no target"),
    ("apache/kafka:4.3.1", "apache/kafka", "kafka is pinned to nothing"),
    ("mongo:8.0", "mongo:latest", "mongo is pinned to nothing"),
    ("127.0.0.1:8081:8080", "8081:8080", "opens 8081:8080 beyond this machine"),
    ("127.0.0.1:8082:8080", "127.0.0.1:8081:8080", "port 8081 is taken twice"),
    ("    topics:\n      condition", "    topic:\n      condition", "waits for topic, which"),
    (
        "    healthcheck:\n      test: [CMD, mongosh",
        "    x:\n      test: [CMD, mongosh",
        "nobody asks",
    ),
    ("restart: on-failure", "restart: unless-stopped", "which never does"),
    ("./prometheus.yml:", "./promethous.yml:", "mounts ./promethous.yml, which is not there"),
    ("- grafana:/var", "- grafanna:/var", "mounts grafanna, which is not there"),
    (
        "MAILBOX_STAFF_AUDIENCE: mailbox",
        "MAILBOX_STAFF_AUDENCE: mailbox",
        "told MAILBOX_STAFF_AUDENCE, which it does",
    ),
    ("MAILBOX_STAFF_AUDIENCE: mailbox", "OTHER: mailbox", "intake is not told staff_audience"),
    (
        "MAILBOX_GATEWAY_PORT:",
        "MAILBOX_MESSAGES_PORT:",
        "told MAILBOX_MESSAGES_PORT, which it does",
    ),
    ("MAILBOX_ROUTER_DATABASE:", "MAILBOX_INTAKE_DATABASE:", "told MAILBOX_INTAKE_DATABASE, which"),
    ("  publisher:\n", "  editor:\n", "publisher is not there"),
]


def test_nothing_is_wrong() -> None:
    assert list(faults(TEXT)) == []


@pytest.mark.parametrize(("old", "new", "said"), PLANTS)
def test_a_planted_mistake_is_seen(old: str, new: str, said: str) -> None:
    assert old in TEXT
    assert [one for one in faults(TEXT.replace(old, new, 1)) if said in one]


@pytest.mark.parametrize("name", SERVICES)
def test_what_services_are_told_is_what_their_settings_take(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.make(tmp_path)
    for variable, value in COMPOSE["services"][name]["environment"].items():
        monkeypatch.setenv(variable, re.sub(r"^/keys", str(tmp_path), value))
    settings = SERVICES[name]()
    assert (settings.http_host, settings.http_port) == ("0.0.0.0", 8080)  # noqa: S104 - in a container
    assert settings.is_development


def test_apache_kafka_is_the_one_that_is_tested() -> None:
    version = COMPOSE["services"]["kafka"]["image"].rpartition(":")[2]
    assert f"<kafka.version>{version}<" in (ROOT / "deploy/local/kafka/pom.xml").read_text("utf-8")
    cluster = (ROOT / "deploy/k8s/components/kafka/cluster.yaml").read_text("utf-8")
    assert f"version: {version}\n" in cluster


def test_prometheus_scrapes_every_service_at_its_port() -> None:
    told: Any = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))
    [job] = told["scrape_configs"]
    [targets] = job["static_configs"]
    assert targets["targets"] == [f"{name}:8080" for name in SERVICES]
    assert told["rule_files"] == ["/etc/prometheus/mailbox/rules/*.yml"]


def test_grafana_asks_prometheus() -> None:
    told = yaml.safe_load((FOLDER / "grafana" / "datasource.yaml").read_text("utf-8"))
    assert told["datasources"][0]["url"] == "http://prometheus:9090"
