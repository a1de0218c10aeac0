"""All manifest rules applied to every overlay, and the report of findings."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tools.k8s import (
    broker,
    compose,
    core,
    crds,
    databases,
    dockerfile,
    doors,
    entrances,
    generated,
    hardening,
    links,
    network,
    scaling,
    serving,
    shapes,
    told,
)
from tools.k8s.objects import Rendered
from tools.k8s.place import OVERLAYS, Json
from tools.k8s.renderer import NoRenderer, NotRendered, render

Rule = Callable[[Rendered], Iterator[str]]

FEWEST = 100
"""Minimum objects of an overlay; fewer are a mistake, and rules would pass vacuously."""


def anything(rendered: Rendered) -> Iterator[str]:
    """There is something to check, and nothing twice."""
    if len(rendered.objects) < FEWEST:
        yield f"only {len(rendered.objects)} objects"
    seen: set[tuple[str, str]] = set()
    for one in rendered.objects:
        name = (one["kind"], one["metadata"]["name"])
        if name in seen:
            yield f"{name[0]}/{name[1]}: is there twice"
        seen.add(name)


RULES: tuple[Rule, ...] = (
    anything,
    core.core,
    shapes.custom,
    hardening.namespaces,
    hardening.pods,
    hardening.containers,
    hardening.pinned_images,
    hardening.secrets_are_files,
    serving.probes,
    serving.draining,
    serving.spread,
    serving.budgets,
    network.deny_by_default,
    network.own_policy,
    network.opens_narrowly,
    network.selectors,
    links.services,
    links.deployments,
    links.accounts,
    links.configuration,
    links.mounts,
    links.routes,
    doors.all_are_routed,
    doors.staff_apart,
    doors.nothing_else,
    doors.proxies,
    told.known,
    told.required,
    told.paths,
    broker.topics,
    broker.users,
    broker.signed_in,
    broker.addresses,
    broker.replication,
    broker.scaled,
    broker.scaler_signs_in,
    entrances.bureaus,
    databases.rights,
    databases.passwords,
    databases.confined,
    scaling.one_scaler,
    scaling.bounds,
)


def findings(objects: list[Json], crd_folder: Path | None = None) -> list[str]:
    """All findings in the rendered objects, without repetition."""
    rendered = Rendered(objects)
    found = [finding for rule in RULES for finding in rule(rendered)]
    if crd_folder is not None:
        found += crds.full(rendered, crd_folder)
    return list(dict.fromkeys(found))


def report(crd_folder: Path | None = None, *, overlays: Sequence[str] = OVERLAYS) -> int:
    """Check everything and print findings; return 1 if there are any, 2 if nothing renders."""
    found = [*generated.differences(), *_containers()]
    try:
        for overlay in overlays:
            objects = render(overlay)
            found += [f"{overlay}: {finding}" for finding in findings(objects, crd_folder)]
    except (NoRenderer, NotRendered) as fault:
        print(f"k8s-check: {fault}", file=sys.stderr)
        return 2
    for finding in found:
        print(f"k8s-check: {finding}", file=sys.stderr)
    return 1 if found else 0


def _containers() -> Iterator[str]:
    """The faults of the Dockerfile and the Compose file."""
    yield from dockerfile.faults(dockerfile.FILE.read_text(encoding="utf-8"))
    yield from compose.faults(compose.FILE.read_text(encoding="utf-8"))
