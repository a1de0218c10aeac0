"""A real stack starts, repairs itself, stops, and never leaves anything behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from deploy.local.stack import children as processes
from deploy.local.stack.children import NotReady
from deploy.local.stack.embedded import Embedded
from deploy.local.stack.lock import AlreadyRunning, running_pid
from deploy.local.stack.paths import CHECKOUT, StackPaths
from deploy.local.stack.plan import Child, Done, Http, Tcp
from deploy.local.stack.ports import LOOPBACK, Ports, free_ports, is_free, taken
from deploy.local.stack.supervisor import Stack, StackFailed, running_stack
from shared.contracts import topics
from shared.platform.mongo.database import Database
from tests.deploy.test_gateway import auth_of
from tests.support.reaching import bus_of
from tests.support.waiting import wait_until

pytestmark = pytest.mark.real


def python(code: str, name: str = "child", **options: object) -> Child:
    """A child that runs a line of Python; ready when it has ended well, unless `ready` is given."""
    child = Child(name, (sys.executable, "-c", code), Done(), tier=0)
    return replace(child, **options)  # type: ignore[arg-type]  # each test names fields of Child


def stack_of(*children: Child, folder: Path, say: Callable[[str], None] = print) -> Stack:
    (folder / "logs").mkdir(exist_ok=True)
    engines = Embedded(StackPaths(folder), Ports(), Path("/broker"))
    return Stack(children, place=StackPaths(folder), ports=Ports(), engines=engines, say=say)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_servers_start_answer_and_come_back_after_a_kill(tmp_path: Path) -> None:
    said: list[str] = []
    only = {"servers", "issuer", "gateway", "topics"}
    async with running_stack(tmp_path, only=only, session_ms=1_000, say=said.append) as stack:
        pids = stack.pids
        assert set(pids) == {"broker", "database", "issuer", "gateway"}
        bus = bus_of(stack.settings("topics"))
        wanted = {topic.name: topic.partitions for topic in topics.ALL}
        assert await bus.partitions(wanted) == wanted

        os.kill(pids["broker"], signal.SIGKILL)
        assert await stack.replaced("broker", pids["broker"]) != pids["broker"]
        assert await bus.partitions(wanted) == wanted

        os.kill(pids["database"], signal.SIGKILL)
        await stack.replaced("database", pids["database"])
        database = Database(stack.settings("database")["MAILBOX_MONGO_URI"], "admin")
        await database.ping()
        database.close()

        assert stack.pids["issuer"] == pids["issuer"]
        last = stack.pids
    assert not [name for name, pid in last.items() if is_alive(pid)]
    assert not taken(stack.ports, stack.ports.named())
    assert any(line.startswith("broker (pid") and "SIGKILL" in line for line in said)


async def test_the_gateway_keeps_its_messages_through_a_kill(tmp_path: Path) -> None:
    message = {"to": "15400010001", "channel": "sms", "text": "来信已收到。"}
    async with (
        running_stack(tmp_path, only={"gateway"}) as stack,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        address = f"http://{LOOPBACK}:{stack.ports.gateway}/messages"
        headers = {"Idempotency-Key": "k-1"}
        client.auth = auth_of(tmp_path / "keys")
        assert (await client.post(address, json=message, headers=headers)).status_code == 201
        pid = stack.pids["gateway"]
        os.kill(pid, signal.SIGKILL)
        await stack.replaced("gateway", pid)
        assert (await client.post(address, json=message, headers=headers)).status_code == 200


async def test_taken_ports_are_all_named_before_anything_starts(tmp_path: Path) -> None:
    ports = free_ports()
    with (
        socket.create_server((LOOPBACK, ports.kafka)),
        socket.create_server((LOOPBACK, ports.issuer)),
    ):
        with pytest.raises(StackFailed, match="Nothing was started") as refusal:
            async with running_stack(tmp_path, ports=ports, only={"servers", "issuer"}):
                pytest.fail("started on taken ports")
        assert is_free(ports.mongo)
    for word in (f"port {ports.kafka}", "MAILBOX_KAFKA_PORT", f"port {ports.issuer}"):
        assert word in str(refusal.value)


async def test_a_folder_runs_one_stack(tmp_path: Path) -> None:
    async with running_stack(tmp_path, only={"gateway"}):
        with pytest.raises(AlreadyRunning, match="already runs"):
            async with running_stack(tmp_path, only={"gateway"}):
                pytest.fail("started twice")


async def test_a_child_that_ends_at_its_first_start_is_told_with_its_last_words(
    tmp_path: Path,
) -> None:
    stack = stack_of(python("print('no such setting'); raise SystemExit(3)"), folder=tmp_path)
    with pytest.raises(StackFailed, match=r"(?s)child ended with exit code 3.*no such setting"):
        await stack.start()
    await stack.stop()


async def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    child = replace(python(""), command=(str(tmp_path / "nothing"),))
    stack = stack_of(child, folder=tmp_path)
    with pytest.raises(StackFailed, match=r"(?s)exit code 127.*nothing cannot be run"):
        await stack.start()
    await stack.stop()


async def test_a_child_that_never_gets_ready_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    port = free_ports().intake
    log = tmp_path / "child.log"
    for ready in (Http(port), Tcp(port)):
        running = await processes.start(python("import time; time.sleep(60)", ready=ready), log)
        with pytest.raises(NotReady, match="not ready within 0 s"):
            await processes.ready(running, log, patience_s=0.3)
        running.kill()
        assert await running.ended() == -signal.SIGKILL


def test_the_logs_of_five_runs_are_kept_beside_the_present_one(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "child.log"
    for run in range(8):
        processes.rotate_log(log)
        log.write_text(f"run {run}")
    kept = {file.name: file.read_text() for file in log.parent.iterdir()}
    assert kept == {
        "child.log": "run 7",
        **{f"child.log.{number}": f"run {7 - number}" for number in range(1, 6)},
    }


async def test_a_child_that_keeps_dying_ends_the_stack(tmp_path: Path) -> None:
    port = free_ports().intake
    listens_then_dies = (
        f"import socket, time; s = socket.create_server(('{LOOPBACK}', {port})); "
        "s.accept(); time.sleep(0.05); print('dying'); raise SystemExit(7)"
    )
    said: list[str] = []
    child = python(listens_then_dies, ready=Tcp(port))
    stack = stack_of(child, folder=tmp_path, say=said.append)
    await stack.start()
    with pytest.raises(StackFailed, match=r"(?s)exit code 7, for the 5th time within 60 s.*dying"):
        await asyncio.wait_for(stack.failed(), 20)
    await stack.stop()
    assert sum("starting it again" in line for line in said) == 4


async def test_a_child_that_will_not_stop_is_stopped(tmp_path: Path) -> None:
    log = tmp_path / "child.log"
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1); time.sleep(60)"
    running = await processes.start(python(deaf, grace_s=0.3), log)
    while not log.read_text():  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.05)
    await running.stop()
    assert running.code == -signal.SIGKILL


def supervisor(folder: Path, ports: Ports) -> subprocess.Popen[str]:
    """Start `make run` with the gateway alone; return when it is up."""
    named = {f"MAILBOX_{name.upper()}_PORT": str(port) for name, port in ports.named().items()}
    started = subprocess.Popen(
        [sys.executable, "-m", "deploy.local", "up", "--only", "gateway"],
        cwd=CHECKOUT,
        env={**os.environ, **named, "MAILBOX_LOCAL_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_until((folder / "env").exists)
    return started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    ports = free_ports()
    with supervisor(tmp_path, ports) as started:
        assert running_pid(tmp_path) == started.pid
        started.send_signal(number)
        said, _ = started.communicate()
    assert started.returncode == 0, said
    assert "stopped" in said
    assert is_free(ports.gateway)
    assert running_pid(tmp_path) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_supervisor_that_is_killed_leaves_no_orphan(tmp_path: Path) -> None:
    ports = free_ports()
    with supervisor(tmp_path, ports) as started:
        assert not is_free(ports.gateway)
        started.kill()
        started.communicate()
    wait_until(lambda: is_free(ports.gateway))
    assert running_pid(tmp_path) is None
