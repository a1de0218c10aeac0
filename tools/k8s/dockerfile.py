"""The check of the Dockerfile: small, pinned images without root; read, not built."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.k8s.place import ROOT
from tools.k8s.settings_page import SERVICES

FILE = ROOT / "deploy" / "images" / "Dockerfile"
TARGETS = (*SERVICES, "operator", "stand-ins")
WORDS = {
    "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN",
    "STOPSIGNAL", "USER", "WORKDIR",
}  # fmt: skip
"""Instructions that we use. ADD is not allowed: it unpacks, and fetches unpinned content."""
SEAM = "${PYTHON_IMAGE}"
HASHED = ("--require-hashes", "--only-binary :all:", "requirements.lock")
FETCHES = re.compile(r"\b(apt-get|apk|curl|wget|git)\b")


@dataclass
class Stage:
    """One FROM with its instructions."""

    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def of(self, word: str) -> list[str]:
        """The arguments of every such instruction, in order."""
        return [rest for first, rest in self.steps if first == word]


@dataclass(frozen=True)
class Images:
    """A Dockerfile, by the names of its stages."""

    arguments: tuple[str, ...]
    stages: dict[str, Stage]

    def line(self, target: str) -> list[Stage]:
        """The stage and those that it is based on, the nearest first."""
        stage = self.stages[target]
        return [stage, *(self.line(stage.base) if stage.base in self.stages else [])]

    def last(self, target: str, word: str) -> str:
        """The arguments of the nearest such instruction; empty if there is none."""
        arguments = (rest for stage in self.line(target) for rest in reversed(stage.of(word)))
        return next(arguments, "")

    def copied(self, target: str) -> list[str]:
        """The paths of this repository that are in the image."""
        steps = [rest for stage in self.line(target) for rest in stage.of("COPY")]
        return [rest.split()[0] for rest in steps if not rest.startswith("--from")]


def parsed(text: str) -> Images:
    """Read the stages of a Dockerfile; continued lines are joined, comments left out."""
    arguments: list[str] = []
    found: dict[str, Stage] = {}
    for word, rest in _instructions(text):
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found[name] = Stage(base)
        elif found:
            list(found.values())[-1].steps.append((word, rest))
        else:
            arguments.append(rest)
    return Images(tuple(arguments), found)


def faults(text: str) -> Iterator[str]:
    """All faults of a Dockerfile."""
    images = parsed(text)
    for word in sorted({word for word, _ in _instructions(text)} - WORDS):
        yield f"Dockerfile: {word} is not used here"
    for base in sorted({one.base for one in images.stages.values()} - images.stages.keys()):
        if base != SEAM:
            yield f"Dockerfile: base {base} can't be given by digest"
    if not any(re.fullmatch(r"PYTHON_IMAGE=python:3\.\d+[\w.-]*", one) for one in images.arguments):
        yield "Dockerfile: its base is not named by a tag"
    for stage in images.stages.values():
        yield from _runs(stage)
    for target in TARGETS:
        yield from _target(target, images)


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def _runs(stage: Stage) -> Iterator[str]:
    for run in stage.of("RUN"):
        if FETCHES.search(run):
            yield f"Dockerfile: fetches what nobody pinned: {run.split()[0]}"
        if "pip install" in run and not all(one in run for one in HASHED):
            yield "Dockerfile: installs what the lock doesn't name by hash"


def _target(target: str, images: Images) -> Iterator[str]:
    if target not in images.stages:
        yield f"Dockerfile: no target {target}"
        return
    if not re.fullmatch(r"[1-9]\d*:[1-9]\d*", images.last(target, "USER")):
        yield f"Dockerfile: {target} runs as root, or as a name that a cluster can't judge"
    for path in images.copied(target):
        if not (ROOT / path).exists():
            yield f"Dockerfile: {target} copies {path}, which is not there"
    if target in SERVICES:
        yield from _service(target, images)


def _service(target: str, images: Images) -> Iterator[str]:
    if "health.py" not in images.last(target, "HEALTHCHECK"):
        yield f"Dockerfile: nobody asks whether {target} is live"
    program = images.last(target, "ENTRYPOINT")
    if not program or ast.literal_eval(program) != ["python", "-m", f"services.{target}"]:
        yield f"Dockerfile: {target} starts something else"
    foreign = {f"services/{name}" for name in SERVICES if name != target} | {"deploy/local"}
    for path in sorted(foreign & set(images.copied(target))):
        yield f"Dockerfile: {target} holds {path}"
