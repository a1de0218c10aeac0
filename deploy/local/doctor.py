"""Checks of this checkout and its stack, one line each: `make doctor`.

Nothing is changed. When no stack runs, its ports must be free; when one does, they must be held by
the stack, and everything behind them must respond.
"""

import asyncio
import hashlib
import importlib
import platform
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from deploy.local.kafka.passwords import ADMIN
from deploy.local.stack import lock
from deploy.local.stack.engines import engines_of
from deploy.local.stack.paths import CHECKOUT, StackPaths, place_from
from deploy.local.stack.plan import settings, url
from deploy.local.stack.ports import (
    BadPorts,
    Ports,
    holder_of,
    is_free,
    parent_of,
    ports_from,
    variable,
)
from deploy.local.stack.servers import ServersMissing, broker_program
from shared.contracts import topics
from shared.platform.kafka.bus import Bus, BusFault
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.mongo.database import Database, DatabaseFault
from shared.platform.runtime.settings import KafkaSettings, kafka_values

OLDEST, NEWEST = (3, 11), (3, 13)
ANSWER_WITHIN_S = 10.0
SCANNER = "MAILBOX_INTAKE_SCANNER"
SCANNER_WITHIN_S = 3.0
WHEELS = (
    "aioclamd", "aiokafka", "cryptography", "fastapi", "httptools", "httpx", "jinja2", "joserfc",
    "motor", "obstore", "orjson", "pikepdf", "PIL", "pillow_heif", "prometheus_client", "pydantic",
    "pydantic_settings", "tenacity", "uvicorn", "uvloop", "yaml",
)  # fmt: skip
WEB = ("issuer", "gateway", "intake", "router", "notifier", "publisher", "bureaus")


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """Result of one check; `advice` says what to do when it failed."""

    is_well: bool
    what: str
    advice: str = ""

    def __str__(self) -> str:
        advice = "" if self.is_well or not self.advice else f"\n    → {self.advice}"
        return f"{'√' if self.is_well else '×'} {self.what}{advice}"


def examine(environment: Mapping[str, str], say: Callable[[str], None]) -> int:
    """Run all checks and say each result; return how many failed."""
    faults = 0
    for finding in _findings(environment):
        say(str(finding))
        faults += not finding.is_well
    return faults


def _findings(environment: Mapping[str, str]) -> Iterator[DoctorFinding]:
    place = place_from(environment)
    yield _python()
    yield _wheels()
    yield _installed()
    yield _servers(place)
    yield _scanner(environment.get(SCANNER, "none"))
    try:
        ports = ports_from(environment)
    except BadPorts as fault:
        yield DoctorFinding(False, str(fault), "set it to a free port, or unset it")
        return
    supervisor = lock.running_pid(place.local)
    yield from _ports(ports, supervisor)
    if supervisor is None:
        yield DoctorFinding(True, "no stack runs here: make run starts one")
    else:
        yield DoctorFinding(True, f"the stack runs (pid {supervisor})")
        yield from asyncio.run(_alive(place, ports, environment))


def _python() -> DoctorFinding:
    version = sys.version_info[:2]
    return DoctorFinding(
        OLDEST <= version <= NEWEST,
        f"Python {platform.python_version()}",
        "use Python 3.11 to 3.13: make PYTHON=python3.12 …",
    )


def _wheels() -> DoctorFinding:
    missing = []
    for name in WHEELS:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    if missing:
        return DoctorFinding(
            False, f"not importable: {', '.join(missing)}", "rm -r .venv, then make run"
        )
    return DoctorFinding(True, f"{len(WHEELS)} libraries can be imported")


def _installed() -> DoctorFinding:
    """Check that the environment was made from one of the lock files as they are now."""
    environment = CHECKOUT / ".venv"
    current = [
        lock_file.name
        for lock_file in sorted(CHECKOUT.glob("requirements*.lock"))
        if (stamp := environment / f"stamp-{lock_file.stem}").is_file()
        and hashlib.sha256(lock_file.read_bytes()).hexdigest() in stamp.read_text()
    ]
    if not current:
        return DoctorFinding(
            False, ".venv was not made from the lock files as they are", "make run"
        )
    return DoctorFinding(True, f".venv holds what {', '.join(current)} says")


def _servers(place: StackPaths) -> DoctorFinding:
    try:
        broker_program(place)
    except ServersMissing as fault:
        return DoctorFinding(False, str(fault), "make stack")
    return DoctorFinding(True, "broker and database are installed")


def _scanner(address: str) -> DoctorFinding:
    """Whether files of writers are scanned, and whether the scanner answers."""
    if address == "none":
        return DoctorFinding(True, f"files are handed out unscanned: {SCANNER} names no clamd")
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), SCANNER_WITHIN_S) as clamd:
            clamd.sendall(b"nPING\n")
            answer = clamd.recv(16)
    except (OSError, ValueError, OverflowError) as fault:
        answer = type(fault).__name__.encode()
    advice = f"start clamd there, or unset {SCANNER}"
    return DoctorFinding(answer == b"PONG\n", f"{SCANNER}: {answer.decode().strip()}", advice)


def _ports(ports: Ports, supervisor: int | None) -> Iterator[DoctorFinding]:
    """Yield a line for each port's setting, with the port that is in force."""
    for name, port in ports.named().items():
        free = is_free(port)
        holder = None if free else holder_of(port)
        by = f" by pid {holder.pid} ({holder.command})" if holder else ""
        if supervisor is None:
            is_well, how = free, "free" if free else f"taken{by}"
        else:
            is_well = holder is None or parent_of(holder.pid) == supervisor
            how = "free" if free else "the stack's" if is_well else f"held{by}, not by the stack"
        advice = f"stop that process, or set {variable(name)} to a free port"
        yield DoctorFinding(is_well, f"{variable(name)}={port} is {how}", advice)


async def _alive(
    place: StackPaths, ports: Ports, environment: Mapping[str, str]
) -> list[DoctorFinding]:
    """Check what responds behind the ports of a running stack."""
    engines = engines_of(place, ports, environment=environment)
    found = {**settings(place, ports, engines=engines), **engines.own(ADMIN)}
    looks: list[Coroutine[Any, Any, DoctorFinding]] = [
        _bounded("broker", _broker(found)),
        _bounded("database", _database(found)),
        *(_bounded(name, _web(name, ports.named()[name])) for name in WEB),
    ]
    return list(await asyncio.gather(*looks))


async def _bounded(name: str, look: Coroutine[Any, Any, DoctorFinding]) -> DoctorFinding:
    try:
        return await asyncio.wait_for(look, ANSWER_WITHIN_S)
    except TimeoutError:
        return DoctorFinding(False, f"{name} does not answer", f"read .local/logs/{name}.log")


async def _broker(found: Mapping[str, str]) -> DoctorFinding:
    client = kafka_options(KafkaSettings.model_validate(kafka_values(found)))
    bus = Bus(client, producer={}, consumer={})
    try:
        there = await bus.partitions([topic.name for topic in topics.ALL])
    except BusFault as fault:
        return DoctorFinding(
            False, f"broker: {type(fault).__name__}", "read .local/logs/broker.log"
        )
    wrong = [topic.name for topic in topics.ALL if there.get(topic.name) != topic.partitions]
    if wrong:
        what = (
            f"broker: {len(wrong)} of {len(topics.ALL)} topics are missing or wrong: {wrong[0]} …"
        )
        return DoctorFinding(False, what, "stop the stack and start it again: make run")
    return DoctorFinding(
        True, f"broker answers, its {len(topics.ALL)} topics are as the contract says"
    )


async def _database(found: Mapping[str, str]) -> DoctorFinding:
    database = Database(found["MAILBOX_MONGO_URI"], "admin")
    try:
        await database.ping()
    except DatabaseFault as fault:
        return DoctorFinding(
            False, f"database: {type(fault).__name__}", "read .local/logs/database.log"
        )
    finally:
        database.close()
    return DoctorFinding(True, "database answers")


async def _web(name: str, port: int) -> DoctorFinding:
    address = f"{url(port)}/health/ready"
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_WITHIN_S) as client:
            status = (await client.get(address)).status_code
    except httpx.HTTPError as fault:
        return DoctorFinding(
            False, f"{name}: {type(fault).__name__}", f"read .local/logs/{name}.log"
        )
    advice = f"curl {address}, and read .local/logs/{name}.log"
    return DoctorFinding(status == httpx.codes.OK, f"{name} answers {status} at {address}", advice)
