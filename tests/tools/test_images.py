"""The Dockerfile is small, pinned, and without root; each image holds what its program needs."""

import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.images.health import is_live
from deploy.local.stack.ports import free_ports
from tools.k8s.dockerfile import FILE, TARGETS, faults, parsed
from tools.k8s.place import ROOT, Json

TEXT = FILE.read_text("utf-8")
IMAGES = parsed(TEXT)
SERVICES = ("intake", "router", "notifier", "publisher")
PIP = "--quiet --require-hashes --only-binary :all:"
PLANTS = [
    ("WORKDIR /srv/mailbox", "ADD x.tar /srv", "ADD is not used here"),
    ("FROM ${PYTHON_IMAGE} AS packages", "FROM python:3.13 AS packages", "given by digest"),
    ("python:3.13-slim-trixie", "python", "not named by a tag"),
    ("python:3.13-slim-trixie", "python:latest", "not named by a tag"),
    (PIP, "--quiet --only-binary :all:", "doesn't name by hash"),
    (PIP, "--quiet --require-hashes", "doesn't name by hash"),
    ("RUN python -m venv", "RUN apt-get install -y curl && python -m venv", "nobody pinned"),
    ("AS router", "AS ruoter", "no target router"),
    ("USER 10001:10001", "USER mailbox", "intake runs as root"),
    ("USER 10001:10001", "USER 0:0", "operator runs as root"),
    ("USER 10001:10001", "", "runs as root"),
    ("COPY shared shared", "COPY sharde shared", "copies sharde, which is not there"),
    ("HEALTHCHECK --interval", "LABEL --interval", "whether intake is live"),
    ('"services.router"', '"services.intake"', "router starts something else"),
    ("COPY services/router", "COPY services/intake services/intake\nCOPY services/router", "holds"),
    ("COPY services/__init__", "COPY deploy/local x\nCOPY services/__init__", "holds deploy/local"),
]


def test_nothing_is_wrong() -> None:
    assert list(faults(TEXT)) == []


@pytest.mark.parametrize(("old", "new", "said"), PLANTS)
def test_a_planted_mistake_is_seen(old: str, new: str, said: str) -> None:
    assert old in TEXT
    assert [one for one in faults(TEXT.replace(old, new, 1)) if said in one]


def test_make_builds_every_target() -> None:
    made = (ROOT / "Makefile").read_text("utf-8").partition("IMAGES := ")[2].partition("\n")[0]
    assert tuple(made.split()) == TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_copied_is_there_and_let_through(target: str) -> None:
    ignored = FILE.with_name("Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored
    let_through = {one[1:] for one in ignored if one.startswith("!")}
    for path in IMAGES.copied(target):
        assert (ROOT / path).exists()
        assert any(path == one or path.startswith(f"{one}/") for one in let_through)


PROGRAMS = {
    **{name: [f"services.{name}.wiring"] for name in SERVICES},
    "operator": [
        "shared.audit.command", "shared.access.command", "shared.platform.app.topic_bootstrap",
    ],
    "stand-ins": [
        "deploy.local.fakes.issuer", "deploy.local.fakes.gateway",
        "deploy.local.stack.keys_command", "clients.bureau.simulate.settings",
    ],
}  # fmt: skip


@pytest.mark.parametrize("target", PROGRAMS)
def test_what_an_image_holds_is_enough_for_its_programs(target: str, tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, '.'); import {', '.join(PROGRAMS[target])}"
    for path in IMAGES.copied(target):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).symlink_to(ROOT / path)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(("status", "is_well"), [(200, True), (503, False)])
def test_health_is_what_the_service_answers(status: int, *, is_well: bool) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health/live" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert is_live(server.server_port) is is_well


def test_nobody_there_is_not_live() -> None:
    port = free_ports().router
    assert not is_live(port)
    ran = subprocess.run(
        [sys.executable, str(ROOT / "deploy/images/health.py")],
        env={**os.environ, "MAILBOX_HTTP_PORT": str(port)}, check=False,
    )  # fmt: skip
    assert ran.returncode == 1


def images(objects: list[Json]) -> set[str]:
    """The names of our images that objects run, without where they lie."""
    text = repr(objects)
    return set(
        re.findall(r"mailbox-((?:intake|router|notifier|publisher|operator|stand-ins))[@:]", text)
    )


def test_every_image_that_a_cluster_runs_is_built(prod: list[Json], dev: list[Json]) -> None:
    assert images(prod) == set(TARGETS) - {"stand-ins"}
    assert images(dev) == set(TARGETS)
