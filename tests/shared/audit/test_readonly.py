"""An audit works with users that can only read."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from deploy.local.stack.paths import CHECKOUT
from deploy.local.stack.ports import free_ports
from shared.audit.settings import AuditSettings, archives
from shared.contracts.vocabulary import SERVICES
from shared.platform.mongo.database import Delete, Insert, Update
from tests.shared.audit.town import ANSWERED, town

pytestmark = [pytest.mark.real, pytest.mark.slow]

START_S = 30.0
OF_ROOT, OF_READER = "invented-root", "invented-reader"


@contextmanager
def database(folder: Path, port: int, *flags: str) -> Iterator[None]:
    """A database server of its own, until the end of the block."""
    command = (
        *(str(CHECKOUT / ".stack" / "bin" / "python"), "-m", "secantus", "--standalone"),
        *("--host", "127.0.0.1", "--port", str(port), "--log-level", "ERROR"),
        *("--storage-path", str(folder), *flags),
    )
    server = subprocess.Popen(command, env={"HOME": str(folder)})
    try:
        _answers(port)
        yield
    finally:
        server.terminate()
        server.wait(START_S)


def _answers(port: int) -> None:
    """Return once the server answers."""
    until = time.monotonic() + START_S
    with _client(port, serverSelectionTimeoutMS=200) as client:
        while time.monotonic() < until:
            with suppress(ConnectionFailure):
                client.admin.command("hello")
                return
    raise AssertionError("no database")


def _client(port: int, user: str = "", **options: Any) -> MongoClient[dict[str, Any]]:
    return MongoClient(_uri(port, user), **options)


def _uri(port: int, user: str = "") -> str:
    return f"mongodb://{user}127.0.0.1:{port}/?directConnection=true&authSource=admin"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[int]:
    """The port of a database in which a town is kept and everyone has to sign in."""
    port = free_ports().mongo
    folder = tmp_path / "data"
    folder.mkdir()
    with database(folder, port), _client(port) as client:
        roles = [{"role": "read", "db": f"mailbox_{service}"} for service in SERVICES]
        client.admin.command("createUser", "root", pwd=OF_ROOT, roles=["root"])
        client.admin.command("createUser", "auditor", pwd=OF_READER, roles=roles)
        for service, kept in town().letters.items():
            client[f"mailbox_{service}"]["letters"].insert_many(list(kept.values()))
    with database(folder, port, "--auth"):
        yield port


def reading(port: int) -> AuditSettings:
    """The audit's settings, with a user that may read."""
    uri = SecretStr(_uri(port, f"auditor:{OF_READER}@"))
    return AuditSettings.model_validate(
        {"env": "dev", "kafka_bootstrap": "127.0.0.1:9"}
        | {f"{service}_uri": uri for service in SERVICES}
    )


async def test_reading_is_enough_and_all_that_is_allowed(guarded: int) -> None:
    with archives(reading(guarded)) as kept:
        tally = await town().audit(kept).run()
        assert tally.letters == 10
        assert not tally.breaches
        for archive in kept:
            for operation in (
                Update({"_id": ANSWERED}, {"$set": {"version": 9}}),
                Insert({"_id": "GD-NEW"}),
                Delete({"_id": ANSWERED}),
            ):
                with pytest.raises(OperationFailure, match="not authorized"):
                    await archive.letters.write([operation])


async def test_nobody_reads_without_signing_in(guarded: int) -> None:
    settings = reading(guarded)
    bare = SecretStr(_uri(guarded))
    anonymous = settings.model_copy(update={f"{service}_uri": bare for service in SERVICES})
    with archives(anonymous) as kept, pytest.raises(OperationFailure):
        await town().audit(kept).run()


async def test_a_fault_is_found_in_a_real_database(guarded: int) -> None:
    with _client(guarded, f"root:{OF_ROOT}@") as client:
        client["mailbox_notifier"]["letters"].delete_one({"_id": ANSWERED})
    with archives(reading(guarded)) as kept:
        tally = await replace(town().audit(kept)).run()
    assert tally.lines["lost"].letters == 1
    assert {one.finding.at for one in tally.lines["lost"].shown} == {"notifier"}
