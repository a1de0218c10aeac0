"""The recipient of each alert, which alerts are grouped, and which suppress others."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from deploy.local.stack.plan import url
from deploy.local.stack.ports import LOOPBACK, draw
from tests.support.programs import said_by
from tests.support.waiting import until, until_true
from tools.alert_rules import RULES, alerts

CONFIG = RULES.parent / "alertmanager.yml"
RECEIVERS = {"page": "pager", "ticket": "queue", "heartbeat": "heartbeat"}


def receiver_of(labels: Mapping[str, str]) -> str:
    """The receiver of an alert of ours."""
    return "duty" if labels.get("emergency") == "yes" else RECEIVERS[labels["severity"]]


def test_what_may_be_an_emergency_waits_for_nothing_and_is_grouped_with_nothing() -> None:
    routes = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["route"]["routes"]
    first = routes[0]
    assert first["matchers"] == ['emergency="yes"'], "before all others"
    assert (first["receiver"], first["group_by"], first["group_wait"]) == ("duty", ["..."], "0s")
    assert {one.name for one in alerts() if one.labels.get("emergency") == "yes"} == {
        "MailboxCallWaits", "MailboxDiversionUnseen", "MailboxDutyBlind",
    }  # fmt: skip


@pytest.mark.prometheus
def test_amtool_finds_no_fault() -> None:
    code, printed = said_by("amtool", "check-config", str(CONFIG))
    assert code == 0, printed


@pytest.mark.prometheus
@pytest.mark.parametrize("alert", alerts(), ids=lambda one: one.name)
def test_each_alert_goes_to_whom_it_is_for(alert: Any) -> None:
    labels = {"alertname": alert.name, **alert.labels}
    assert routed(labels, to=receiver_of(labels)) == 0


@pytest.mark.prometheus
def test_amtool_would_see_another_receiver() -> None:
    assert routed({"severity": "page"}, to="queue") != 0
    assert routed({"severity": "page", "emergency": "yes"}, to="pager") != 0
    assert routed({"severity": "unheard_of"}, to="queue") == 0, "nothing is lost"


def routed(labels: Mapping[str, str], *, to: str) -> int:
    """What amtool ends with when asked whether such an alert goes there."""
    said = [f"{name}={value}" for name, value in labels.items()]
    command = ("amtool", "config", "routes", "test", f"--config.file={CONFIG}")
    return said_by(*command, f"--verify.receivers={to}", *said)[0]


@dataclass
class Told:
    """Notifications by receiver."""

    alerts: dict[str, list[str]] = field(default_factory=dict)

    def note(self, receiver: str, body: bytes) -> None:
        """Keep which alerts came."""
        names = [one["labels"]["alertname"] for one in json.loads(body)["alerts"]]
        self.alerts.setdefault(receiver, []).extend(names)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One message of Alertmanager."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        self.note(
            head.split(" ")[1].strip("/"), await reader.readexactly(int(lines["content-length"]))
        )
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def alertmanager(folder: Path, told: Told) -> AsyncIterator[httpx.AsyncClient]:
    """A real one on loopback; pages and tickets wait for an hour there, to be grouped."""
    (port,) = draw(1)
    server = await asyncio.start_server(told.take, LOOPBACK, 0)
    there = url(server.sockets[0].getsockname()[1])
    config = folder / "alertmanager.yml"
    text = CONFIG.read_text(encoding="utf-8").replace("http://alerts.example", there)
    config.write_text(text.replace("group_wait: 30s", "group_wait: 1h"), encoding="utf-8")
    program = shutil.which("prometheus-alertmanager")
    assert program, "prometheus-alertmanager is not installed: make ops-deps"
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(program, f"--config.file={config}", f"--storage.path={folder / 'data'}"),
            *(f"--web.listen-address={LOOPBACK}:{port}", "--cluster.listen-address="),
            stdout=log,
            stderr=log,
        )
    try:
        async with server, httpx.AsyncClient(base_url=url(port), trust_env=False) as client:
            yield client
    finally:
        process.kill()
        await process.wait()


async def post(client: httpx.AsyncClient, *alerts: Mapping[str, str]) -> bool:
    """Have these raised; whether they were taken."""
    try:
        answer = await client.post("/api/v2/alerts", json=[{"labels": one} for one in alerts])
    except httpx.HTTPError:
        return False
    return answer.is_success


def raised(name: str, **labels: str) -> dict[str, str]:
    """An alert of ours, with the labels that its rule gives it."""
    (alert,) = [one for one in alerts() if one.name == name]
    return {"alertname": name, **alert.labels, **labels}


@pytest.mark.prometheus
@pytest.mark.real
@pytest.mark.timeout(400)
async def test_an_emergency_is_told_at_once_whatever_else_is_wrong(tmp_path: Path) -> None:
    told = Told()
    down = raised("MailboxServiceDown", service="notifier")
    unseen = raised("MailboxDiversionUnseen", service="notifier")
    late = raised("MailboxClocksNotWatched", service="notifier")
    elsewhere = raised("MailboxRecordsWait", service="router", topic="letters.submitted")
    async with alertmanager(tmp_path, told) as client:
        await until_true(
            lambda: post(client, down, late, elsewhere, unseen, raised("MailboxWatchdog"))
        )
        await until(lambda: {"duty", "heartbeat"} <= told.alerts.keys())
        assert told.alerts.keys() == {"duty", "heartbeat"}, "others wait to be told together"
        assert set(told.alerts["duty"]) == {"MailboxDiversionUnseen"}
        suppressed = await inhibited(client)
    assert suppressed == {"MailboxClocksNotWatched"}, "explained by the service that is down"


async def inhibited(client: httpx.AsyncClient) -> set[str]:
    """The alerts that another one explains."""
    found = (await client.get("/api/v2/alerts")).raise_for_status().json()
    return {one["labels"]["alertname"] for one in found if one["status"]["inhibitedBy"]}
