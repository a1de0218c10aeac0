"""Writes image digests into an overlay: `python -m tools.k8s pin OVERLAY FILE`.

FILE has a line `registry/mailbox-intake@sha256:…` for each production image, as a registry reports
it after a push.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from tools.k8s.place import MANIFESTS

IMAGES = tuple(
    f"mailbox-{name}" for name in ("intake", "router", "notifier", "publisher", "operator")
)
DIGEST = r"sha256:[0-9a-f]{64}"
_LINE = re.compile(rf"(?P<where>[\w.:/-]*?(?P<name>mailbox-[a-z-]+))@(?P<digest>{DIGEST})")


class BadDigests(Exception):
    """The file can't be used; the text is one sentence for the user."""


def pin(overlay: str, file: Path) -> None:
    """Write the overlay's component `images` from `file`. Raises: BadDigests; OSError."""
    component = MANIFESTS / "overlays" / overlay / "images" / "kustomization.yaml"
    if not component.is_file():
        raise BadDigests(f"overlay {overlay!r} has no images/kustomization.yaml")
    pinned = read(file.read_text("utf-8").splitlines())
    head = component.read_text("utf-8").partition("images:\n")[0]
    entries = [{"name": name, **pinned[name]} for name in IMAGES]
    component.write_text(head + yaml.safe_dump({"images": entries}, sort_keys=False), "utf-8")


def read(lines: Iterable[str]) -> dict[str, Mapping[str, str]]:
    """Registry name and digest by image. Raises: BadDigests."""
    found: dict[str, Mapping[str, str]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None or match["name"] not in IMAGES or match["name"] in found:
            raise BadDigests(f"line {number} is not registry/mailbox-<service>@sha256:…, each once")
        found[match["name"]] = {"newName": match["where"], "digest": match["digest"]}
    if missing := sorted(set(IMAGES) - found.keys()):
        raise BadDigests(f"no digest of {', '.join(missing)}")
    return found


def report(overlay: str, file: Path) -> int:
    """Pin, and print the result; return an exit code."""
    try:
        pin(overlay, file)
    except (BadDigests, OSError, UnicodeDecodeError) as fault:
        reason = fault if isinstance(fault, BadDigests) else f"{file.name} can't be read"
        print(f"k8s: {reason}", file=sys.stderr)
        return 1
    print(f"k8s: overlay {overlay} names its images by digest")
    return 0
