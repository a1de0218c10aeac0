"""The Dockerfile is small, pinned, and nobody's root; each image holds what its program needs."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from deploy.images.health import is_live
from deploy.local.ports import free_ports
from tools.k8s.place import ROOT, Json

FILE = ROOT / "deploy" / "images" / "Dockerfile"
SERVICES = ("intake", "router", "notifier", "publisher")
TARGETS = (*SERVICES, "operator", "stand-ins")
KNOWN = {
    "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN",
    "STOPSIGNAL", "USER", "WORKDIR",
}  # fmt: skip


@dataclass
class Stage:
    """One FROM, and what follows it."""

    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def of(self, word: str) -> list[str]:
        """The arguments of every such step, in order."""
        return [rest for first, rest in self.steps if first == word]


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction and its arguments, continued lines joined, comments left out."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


@cache
def stages() -> dict[str, Stage]:
    """By name, in order."""
    found: dict[str, Stage] = {}
    for word, rest in instructions(FILE.read_text("utf-8")):
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found[name] = Stage(base)
        elif found:
            list(found.values())[-1].steps.append((word, rest))
    return found


def inherited(target: str) -> list[Stage]:
    """The stage and those that it stands on, the nearest first."""
    stage = stages()[target]
    return [stage, *(inherited(stage.base) if stage.base in stages() else [])]


def last(target: str, word: str) -> str:
    """What the nearest such step says."""
    return next(one for stage in inherited(target) for one in reversed(stage.of(word)))


def copied(target: str) -> list[str]:
    """What of this repository is in the image."""
    return [
        rest.split()[0]
        for stage in inherited(target)
        for rest in stage.of("COPY")
        if not rest.startswith("--from")
    ]


def test_every_word_is_an_instruction() -> None:
    assert {word for word, _ in instructions(FILE.read_text("utf-8"))} <= KNOWN


def test_there_is_a_target_for_each_service_and_make_builds_them_all() -> None:
    assert set(TARGETS) <= set(stages())
    made = (ROOT / "Makefile").read_text("utf-8").partition("IMAGES := ")[2].partition("\n")[0]
    assert tuple(made.split()) == TARGETS


def test_the_base_is_named_once_by_tag_and_can_be_given_by_digest() -> None:
    text = FILE.read_text("utf-8")
    assert re.findall(r"^ARG PYTHON_IMAGE=(\S+)", text, re.MULTILINE) == ["python:3.13-slim-trixie"]
    bases = {stage.base for stage in stages().values()} - set(stages())
    assert bases == {"${PYTHON_IMAGE}"}


def test_packages_are_those_that_the_lock_names_by_hash() -> None:
    [install] = [one for one in stages()["packages"].of("RUN") if "pip install" in one]
    assert "--require-hashes" in install
    assert "--only-binary :all:" in install
    assert "requirements.lock" in install
    runs = [one for stage in stages().values() for one in stage.of("RUN")]
    assert not [one for one in runs if re.search(r"apt-get|curl|wget|\bADD\b", one)]


@pytest.mark.parametrize("target", TARGETS)
def test_nobody_is_root(target: str) -> None:
    assert last(target, "USER") == "10001:10001"
    assert not [one for one in stages()[target].of("RUN") if one]


@pytest.mark.parametrize("target", SERVICES)
def test_a_service_is_asked_whether_it_is_live(target: str) -> None:
    assert '["python", "/usr/local/lib/mailbox/health.py"]' in last(target, "HEALTHCHECK")
    assert ast.literal_eval(last(target, "ENTRYPOINT")) == ["python", "-m", f"services.{target}"]


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_copied_is_there_and_let_through(target: str) -> None:
    ignored = FILE.with_name("Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored
    let_through = {one[1:] for one in ignored if one.startswith("!")}
    for path in copied(target):
        assert (ROOT / path).exists()
        assert any(path == one or path.startswith(f"{one}/") for one in let_through)


@pytest.mark.parametrize("target", SERVICES)
def test_a_service_holds_no_other_service_and_nothing_of_development(target: str) -> None:
    others = {f"services/{name}" for name in SERVICES if name != target}
    assert not others & set(copied(target))
    assert not [
        one for one in copied(target) if one.startswith(("deploy/local", "clients", "tests"))
    ]


@pytest.mark.parametrize(
    ("target", "module"),
    [
        *((name, f"services.{name}.wiring") for name in SERVICES),
        ("operator", "shared.audit.command"),
        ("operator", "shared.access.command"),
        ("operator", "shared.platform.topics"),
        ("stand-ins", "deploy.local.issuer"),
        ("stand-ins", "deploy.local.gateway"),
        ("stand-ins", "deploy.local.keys_command"),
        ("stand-ins", "clients.bureau.simulate.settings"),
    ],
)
def test_what_an_image_holds_is_enough_for_its_program(
    target: str, module: str, tmp_path: Path
) -> None:
    for path in copied(target):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).symlink_to(ROOT / path)
    ran = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.'); import {module}"],
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
