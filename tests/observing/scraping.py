"""A real Prometheus on loopback with our rules, which scrapes and evaluates each second."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import yaml

from deploy.local.stack.plan import url
from deploy.local.stack.ports import LOOPBACK
from tools.alert_rules import RULES

PATIENCE_S = 150.0
PAUSE_S = 0.5
EACH = "1s"
_FOR = re.compile(r"^(\s+for:) .*$", re.MULTILINE)

T = TypeVar("T")


class NotSeen(AssertionError):
    """The condition never held; the text says what was seen last."""


@dataclass(frozen=True, slots=True)
class Prometheus:
    """The running Prometheus, queried over HTTP."""

    client: httpx.AsyncClient
    address: str

    async def ask(self, path: str, **params: str) -> Any:
        """Its API's `data`; None while it doesn't answer."""
        try:
            answer = await self.client.get(f"{self.address}/api/v1/{path}", params=params)
        except httpx.HTTPError:
            return None
        return answer.json().get("data") if answer.is_success else None

    async def targets(self) -> dict[str, str]:
        """The health of each target, by `service`, or by job for other targets."""
        found = await self.ask("targets", state="active") or {"activeTargets": []}
        return {
            one["labels"].get("service", one["labels"]["job"]): one["health"]
            for one in found["activeTargets"]
        }

    async def rules(self) -> list[Mapping[str, Any]]:
        """Each rule with its health, last error and last evaluation."""
        found = await self.ask("rules") or {"groups": []}
        return [rule for group in found["groups"] for rule in group["rules"]]

    async def has(self, name: str) -> bool:
        """Whether there is a series with that name now."""
        found = await self.ask("query", query=f'count({{__name__="{name}"}})')
        return bool(found and found["result"])

    async def firing(self) -> set[tuple[str, str]]:
        """The alerts that fire now, each with its service."""
        found = await self.ask("alerts") or {"alerts": []}
        return {
            (one["labels"]["alertname"], one["labels"].get("service", ""))
            for one in found["alerts"]
            if one["state"] == "firing"
        }


async def seen(look: Callable[[], Awaitable[T]], holds: Callable[[T], object], what: str) -> T:
    """The result of `look` once it `holds`. Raises: NotSeen."""
    found: T | None = None
    for _ in range(round(PATIENCE_S / PAUSE_S)):
        found = await look()
        if holds(found):
            return found
        await asyncio.sleep(PAUSE_S)
    raise NotSeen(f"{what}: last seen {found}")


@asynccontextmanager
async def prometheus(
    folder: Path, port: int, targets: Mapping[str, int]
) -> AsyncIterator[Prometheus]:
    """Prometheus on `port`, with its data in `folder`, until the end of the block.

    `targets`: ports by service; `node` is where the text files are shown.
    """
    config = _configured(folder, targets)
    program = shutil.which("prometheus")
    assert program, "prometheus is not installed: make ops-deps"
    log = (folder / "prometheus.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={LOOPBACK}:{port}",
        stdout=log,
        stderr=log,
    )
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
            yield Prometheus(client, url(port))
    finally:
        process.kill()
        await process.wait()
        log.close()


def _configured(folder: Path, targets: Mapping[str, int]) -> Path:
    """The configuration: our rules, which fire after two seconds here."""
    rules = folder / "rules"
    rules.mkdir(parents=True)
    for file in RULES.glob("*.yml"):
        (rules / file.name).write_text(_FOR.sub(r"\1 2s", file.read_text("utf-8")), "utf-8")
    ours = {name: port for name, port in targets.items() if name != "node"}
    config = {
        "global": {"scrape_interval": EACH, "scrape_timeout": EACH, "evaluation_interval": EACH},
        "rule_files": [str(rules / "*.yml")],
        "scrape_configs": [
            {
                "job_name": "mailbox",
                "static_configs": [
                    {"targets": [f"{LOOPBACK}:{port}"], "labels": {"service": name}}
                    for name, port in ours.items()
                ],
            },
            {
                "job_name": "node",
                "static_configs": [{"targets": [f"{LOOPBACK}:{targets['node']}"]}],
            },
        ],
    }
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path
