"""Every name in the operator's guide exists."""

import re
from importlib.util import find_spec

import pytest

from clients.bureau.simulate.settings import SimulateSettings
from shared.platform.app.cli import COMMANDS
from tools.k8s import secrets
from tools.k8s.dockerfile import TARGETS
from tools.k8s.objects import Rendered
from tools.k8s.place import NEWEST, OLDEST, ROOT, RULES, Json
from tools.k8s.programs import OF_ALL_STAND_INS
from tools.k8s.serving import PROBES
from tools.k8s.settings_page import OTHERS, SERVICES, variables

GUIDE = ROOT / "docs" / "operators-guide.md"
TEXT = GUIDE.read_text("utf-8")
NOT_OURS = {
    "deploy/k8s/overlays/own",
    "deploy/k8s/overlays/own/kustomization.yaml",
    str(RULES.relative_to(ROOT)),
    *(f"deploy/{name}" for name in SERVICES),
}
"""Folders and objects that the reader creates."""
KINDS = {"deploy": "Deployment", "job": "Job", "cronjob": "CronJob", "kafka": "Kafka"}


def in_code() -> list[str]:
    """Every word in code, in blocks and between backticks."""
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL))
    return [word.strip("'\"(),;") for one in (*blocks, *inline) for word in one.split()]


def told(pattern: str) -> set[str]:
    """Everything in the guide that looks so."""
    return set(re.findall(pattern, TEXT))


def test_each_make_target_is_there() -> None:
    made = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    code = " ".join(in_code())
    targets = set(re.findall(r"\bmake ([a-z][a-z0-9-]+)", code))
    assert {"images", "k8s-check"} <= targets <= made


def test_each_variable_is_read_by_somebody() -> None:
    known = {name for kind in (*SERVICES.values(), *OTHERS.values()) for name in variables(kind)}
    known |= OF_ALL_STAND_INS | {f"MAILBOX_{one}".upper() for one in SimulateSettings.model_fields}
    variables_told = told(r"MAILBOX_[A-Z_]+")
    assert len(variables_told) > 5
    assert variables_told <= known


def test_each_path_is_there() -> None:
    folders = ("deploy/", "docs/", "shared/", "services/", "tools/", "requirements")
    paths = {one.rstrip("/") for one in in_code() if one.startswith(folders)} - NOT_OURS
    assert len(paths) > 8
    assert [one for one in sorted(paths) if not (ROOT / one).exists()] == []


def test_each_link_leads_to_a_page() -> None:
    links = told(r"\]\(([^)#]+)\)")
    assert len(links) > 5
    assert [one for one in sorted(links) if not (GUIDE.parent / one).exists()] == []


def test_each_module_is_there() -> None:
    modules = told(r"python -m ([a-z_.0-9]+)")
    assert {"tools.first_keys", "shared.access"} <= modules
    assert [one for one in sorted(modules) if find_spec(one) is None] == []


def test_each_object_is_rendered(prod: list[Json]) -> None:
    rendered = Rendered(prod)
    objects = set(re.findall(r"\b(deploy|job|cronjob|kafka)/([a-z][a-z0-9-]*)(?=[\s`])", TEXT))
    there = {(short, name) for short, kind in KINDS.items() for name in rendered.names(kind)}
    assert ("job", "router-indexes") in objects
    typed = {(kind, name) for kind, name in objects if not (ROOT / kind / name).exists()}
    assert typed - {("job", "audit-by-hand")} <= there


def test_each_secret_that_somebody_makes_is_told_and_no_other() -> None:
    users = (*SERVICES, "auditor")
    created = told(r"create secret (?:generic|tls) (\S+)")
    created.remove("mongo-$user-password")
    created |= {f"mongo-{user}-password" for user in users}
    assert created | {"issuer-keys"} == set(secrets.BY_HAND)
    named = set(in_code())
    assert set(secrets.BY_HAND) <= named
    for keys in secrets.BY_HAND.values():
        for key in keys:
            generic = re.sub(r"^(intake|router|notifier|publisher)\.", "<service>.", key)
            assert named & {key, generic}


def test_each_secret_that_an_operator_makes_is_told(prod: list[Json]) -> None:
    named = set(in_code())
    for name in secrets.there(Rendered(prod)).keys() - secrets.BY_HAND.keys():
        assert name in named or name.startswith("kafka-")
    assert {"kafka-intake", "kafka-bureau.foshan", "kafka-cluster-ca-cert"} <= named


def test_each_command_of_an_operator_and_each_probe_is_told() -> None:
    assert {*COMMANDS, *PROBES.values()} <= set(in_code())


def test_each_image_and_the_versions_of_kubernetes_are_told() -> None:
    assert {f"mailbox-{name}" for name in TARGETS} <= set(in_code())
    assert f"Kubernetes {OLDEST} to {NEWEST}" in TEXT


@pytest.mark.parametrize("name", SERVICES)
def test_sizes_are_those_of_the_manifests(name: str, prod: list[Json]) -> None:
    [pod] = [one for one in Rendered(prod).deployed() if one.owner["metadata"]["name"] == name]
    given = pod.containers[0]["resources"]
    [row] = [
        line
        for line in TEXT.splitlines()
        if line.startswith("| ") and name in line.split("|")[1] and "Mi" in line
    ]
    requests, limits = given["requests"], given["limits"]
    assert f"| {requests['cpu']}, {requests['memory']} |" in row
    assert f"| {limits['cpu']} CPU, {limits['memory']} |" in row


def test_every_placeholder_below_is_replaced_where_the_guide_looks_for_it(
    prod: list[Json],
) -> None:
    shown = repr(prod)
    assert "example.invalid" not in shown
    assert "192.0.2." not in shown
    own = ROOT / "deploy/k8s/overlays/prod"
    overlay = "".join(file.read_text("utf-8") for file in own.rglob("*.yaml"))
    for placeholder in set(re.findall(r"[\w.-]*example\.org|203\.0\.113\.[\d/]+", shown)):
        assert placeholder in overlay
