"""A real Prometheus over the running stack: rules have their series, and a death raises its alert.

Letters are sent and answered and the audit has run; then a service is killed and comes back.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from clients.bureau.simulate.health import served
from deploy.local.stack.plan import url
from deploy.local.stack.ports import Ports, draw, free_ports
from shared.audit.command import CLEAN, audit, parser
from shared.audit.settings import AuditSettings
from shared.contracts.slugs import BUREAUS
from shared.contracts.vocabulary import SERVICES
from shared.platform.runtime.settings import kafka_values
from tests.chaos.processes import Processes, processes
from tests.observing.pages import faults
from tests.observing.scraping import Prometheus, prometheus, seen
from tests.support.programs import said_by
from tools.alert_rules import rules

pytestmark = [pytest.mark.prometheus, pytest.mark.real, pytest.mark.timeout(900)]

RARE: Mapping[str, str] = {
    "mailbox_consumer_last_poison_timestamp_seconds": "no record has killed a process here",
}
"""Series that rules use and that this stack doesn't have, each with the reason."""
CHANGES = re.compile(r"^mailbox_keys_changes_total (\S+)$", re.MULTILINE)
WELL = "MailboxWatchdog"
"""The alert that fires as long as all is well."""
BY_THE_DAY = "MailboxCalendarEnds"
"""The alert that fires in a December while the next year is not announced."""


async def test_prometheus_sees_everything_and_tells_of_a_service_that_died(tmp_path: Path) -> None:
    ports = free_ports()
    async with (
        processes(
            tmp_path / "stack",
            ports=ports,
            settings={"MAILBOX_BUREAUS_MIX": "plain"},
            launcher="runpy",
        ) as running,
        _with_keys_known(ports),
        _watched(tmp_path, ports) as (watching, textfile),
    ):
        await _write(ports)
        assert await _audit(running.environment, textfile) == CLEAN
        await _all_targets_are_up(watching)
        await _every_rule_works_on_real_series(watching)
        await _pages_are_as_the_table_says(ports)
        await _a_death_raises_alerts_and_a_return_resolves_them(watching, running)


@asynccontextmanager
async def _with_keys_known(ports: Ports) -> AsyncIterator[None]:
    """Wait until every service has read the keys that a development stack announces at its start.

    Prometheus would take those that come after its first look for changes, and alert.
    """
    announced = len(BUREAUS) + len(SERVICES)
    async with httpx.AsyncClient(trust_env=False, timeout=15) as client:

        async def known() -> set[float]:
            shown = [
                (await client.get(f"{url(ports.named()[name])}/metrics")).text for name in SERVICES
            ]
            return {float(found) for text in shown for found in CHANGES.findall(text)}

        await seen(known, lambda counts: counts == {announced}, "keys known to all services")
    yield


@asynccontextmanager
async def _watched(folder: Path, ports: Ports) -> AsyncIterator[tuple[Prometheus, Path]]:
    """Prometheus and the audit's text file, served as the node exporter does."""
    textfile = folder / "mailbox_audit.prom"
    textfile.write_text("", encoding="utf-8")
    (port,) = draw(1)

    def text() -> str:
        return textfile.read_text(encoding="utf-8")

    async with served(0, is_ready=lambda: True, metrics=text) as node:
        targets = {name: ports.named()[name] for name in SERVICES} | {"node": node}
        async with prometheus(folder / "prometheus", port, targets) as watching:
            yield watching, textfile


async def _write(ports: Ports) -> None:
    """A letter is sent and answered by a simulated bureau."""
    letter = {
        "subject": "路口没有红绿灯",
        "body": "村口路口没有红绿灯，车开得快。",
        "category": "request",
        "place": {"city": "guangzhou"},
    }
    async with httpx.AsyncClient(trust_env=False, timeout=15) as client:
        token = (await client.get(f"{url(ports.issuer)}/token/chen")).text
        headers = {"authorization": f"Bearer {token}", "idempotency-key": "observed-1"}
        address = f"{url(ports.intake)}/v1/letters"
        answer = await client.post(address, json=letter, headers=headers)
        assert answer.status_code == 201, answer.text
        number = answer.json()["letter"]

        async def state() -> str:
            found = await client.get(f"{address}/{number}", headers=headers)
            return str(found.json()["state"])

        await seen(state, lambda now: now not in {"submitted", "routed"}, "taken up by the bureau")


async def _audit(environment: Mapping[str, str], textfile: Path) -> int:
    uris = {f"{one}_uri": SecretStr(environment["MAILBOX_MONGO_URI"]) for one in SERVICES}
    settings = AuditSettings.model_validate({**kafka_values(environment), **uris})
    asked = parser("audit").parse_args(["--metrics", str(textfile), "--wait", "120"])
    return await asyncio.to_thread(audit, settings, asked)


async def _all_targets_are_up(watching: Prometheus) -> None:
    wanted = dict.fromkeys((*SERVICES, "node"), "up")
    await seen(watching.targets, lambda found: found == wanted, "all targets up")


async def _every_rule_works_on_real_series(watching: Prometheus) -> None:
    names = {name for rule in rules() for name in rule.names} - RARE.keys()

    async def missing() -> list[str]:
        return sorted([name for name in names if not await watching.has(name)])

    await seen(missing, lambda found: not found, "every series that a rule asks for")
    assert not [name for name in RARE if await watching.has(name)], "not rare at all"
    found = await watching.rules()
    assert {one["name"] for one in found} == {one.name for one in rules()}
    assert [one for one in found if one["health"] != "ok" or one.get("lastError")] == []

    async def alarmed() -> set[str]:
        return {name for name, _ in await watching.firing()}

    await seen(alarmed, lambda firing: firing - {BY_THE_DAY} == {WELL}, "quiet where all is well")


async def _pages_are_as_the_table_says(ports: Ports) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=15) as client:
        for service in SERVICES:
            page = (await client.get(f"{url(ports.named()[service])}/metrics")).text
            assert faults(page) == []
            assert said_by("promtool", "check", "metrics", stdin=page) == (0, "")


async def _a_death_raises_alerts_and_a_return_resolves_them(
    watching: Prometheus, running: Processes
) -> None:
    raised = {("MailboxServiceDown", "notifier"), ("MailboxDutyBlind", "")}
    await running.kill("notifier")
    await seen(watching.firing, lambda firing: raised <= firing, "its alerts")
    assert ("MailboxServiceDown", "router") not in await watching.firing()
    await running.start("notifier")
    await seen(watching.firing, lambda firing: not raised & firing, "its alerts resolved")
