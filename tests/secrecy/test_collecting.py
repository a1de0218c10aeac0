"""A secret planted anywhere is found by the same collection that the story uses."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.fakes.issuer import load_issuers
from deploy.local.stack.keys import make
from shared.platform.mongo.database import Insert
from tests.secrecy.collecting import back_up, compressors, files, pages, processes
from tests.secrecy.gateway import bad_gateway
from tests.secrecy.hearing import Ears
from tests.secrecy.places import breaches
from tests.secrecy.search import Find, Searcher, Text
from tests.secrecy.seeds import COMPLAINT
from tests.secrecy.terminal import Terminal
from tests.support.stack import Servers, servers
from tests.support.waiting import until

__all__ = ["servers"]

SEED = next(secret for secret in COMPLAINT.secrets() if secret.kind == "body")
PHONE = COMPLAINT.writer.phone
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows other processes")
SEARCHER = Searcher(COMPLAINT.secrets())


def found(texts: Iterable[Text]) -> list[Find]:
    """The secrets found there, all of them breaches."""
    finds = list(SEARCHER.search(texts))
    assert breaches(finds) == finds
    return finds


def kinds(texts: Iterable[Text]) -> list[str]:
    return sorted({find.place.kind for find in found(texts)})


def test_files_and_their_names_are_searched_wherever_they_lie(tmp_path: Path) -> None:
    deep = tmp_path / "logs" / "old"
    deep.mkdir(parents=True)
    (deep / "intake.log").write_text(f"failed: {SEED.text}", encoding="utf-16")
    (tmp_path / f"draft-{PHONE}.txt").write_text("")
    (tmp_path / "link").symlink_to(deep / "intake.log")
    assert [(str(find.place), find.form) for find in found(files(tmp_path))][:2] == [
        (f"file name draft-{PHONE}.txt", "utf-8"),
        ("file logs/old/intake.log", "utf-16-le"),
    ]


def test_programs_are_not_searched(tmp_path: Path) -> None:
    program = tmp_path / "broker"
    program.write_text(SEED.text)
    program.chmod(0o700)
    assert found(files(tmp_path)) == []


@LINUX
@pytest.mark.parametrize("what", ["cmdline", "environ"])
async def test_command_lines_and_environments_are_searched(what: str) -> None:
    words = [SEED.text] if what == "cmdline" else []
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "input()", *words),
        env={"NOTE": SEED.text} if what == "environ" else {},
        stdin=asyncio.subprocess.PIPE,
    )
    try:
        await until(lambda: kinds(processes()) == ["process"])
        (find,) = found(processes())[:1]
        assert find.place.name == f"{process.pid} {what}"
    finally:
        process.kill()
        await process.communicate()


def test_processes_that_are_not_ours_are_left_alone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert list(processes(ended.pid)) == []


@pytest.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ears]:
    """Requests to interfaces that show everything."""

    def tell(request: httpx.Request) -> httpx.Response:
        status = 500 if request.url.path == "/problem" else 200
        header = {"x-sent": PHONE} if request.url.path == "/header" else {}
        said = f'letters{{subject="{SEED.text}"}} 1' if request.url.path != "/header" else ""
        return httpx.Response(status, headers=header, text=said)

    make(tmp_path)
    async with httpx.AsyncClient(transport=httpx.MockTransport(tell)) as client:
        yield Ears({"intake": 9}, load_issuers(tmp_path, {"citizens": "c", "staff": "s"}), client)


@pytest.mark.parametrize(
    ("path", "kind"), [("/problem", "problem"), ("/answer", "answer"), ("/header", "headers")]
)
async def test_every_answer_is_searched(ears: Ears, path: str, kind: str) -> None:
    await ears.ask("GET", "intake", path)
    assert kinds(ears.heard) == [kind]


async def test_labels_of_metrics_are_searched(ears: Ears) -> None:
    assert kinds(await pages(ears.client, {"intake": "http://127.0.0.1:9/metrics"})) == ["page"]


async def test_a_page_that_is_not_there_is_no_clean_page(ears: Ears) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        await pages(ears.client, {"intake": "http://127.0.0.1:9/problem"})


async def test_what_a_line_of_no_http_is_answered_is_searched(ears: Ears) -> None:
    async with _repeating() as port:
        ears.ports = {"intake": port}
        assert await ears.line("intake", SEED.text.encode())
    assert kinds(ears.heard) == ["problem"]


@pytest.mark.parametrize("where", ["stdout", "stderr"])
async def test_what_commands_print_is_searched(where: str) -> None:
    terminal = Terminal(lambda _: {})
    program = f"import sys; sys.{where}.write({SEED.text!r})"
    await terminal.run("talk", "timeit", "-n", "1", "-r", "1", program)
    assert kinds(terminal.printed) == ["output"]


async def test_a_command_that_fails_is_told_and_searched_all_the_same() -> None:
    terminal = Terminal(lambda _: {})
    with pytest.raises(AssertionError):
        await terminal.run("talk", "timeit", f"raise ValueError({SEED.text!r})")
    assert kinds(terminal.printed) == ["output"]


async def test_the_gateway_keeps_what_it_got_and_repeats_it() -> None:
    async with bad_gateway() as gateway, httpx.AsyncClient() as client:
        address = f"http://127.0.0.1:{gateway.port}/messages"
        answers: list[Any] = []
        for number in (0, 1, 2, 0, 1, 2):
            headers = {"idempotency-key": f"key-{number}"}
            try:
                answer = await client.post(address, headers=headers, json={"to": SEED.text})
                answers.append((answer.status_code, repr(answer.headers) + answer.text))
            except httpx.RemoteProtocolError as fault:
                answers.append((0, str(fault)))
    assert [status for status, _ in answers] == [500, 0, 307, 201, 201, 422]
    assert all(SEED.text[:4] in said or "\\x" in said for status, said in answers if status != 201)
    assert kinds(gateway.got) == ["message"]


@pytest.mark.real
async def test_a_backup_shows_all_and_the_embedded_databases_files_too(
    servers: Servers, tmp_path: Path
) -> None:
    database = servers.database()
    kept = {"_id": 1, "note": SEED.text, "octets": PHONE.encode("utf-16-le")}
    try:
        await database.collection("letters").write([Insert(kept)])
    finally:
        database.close()
    uri, name = servers.environment["MAILBOX_MONGO_URI"], database._database.name
    back_up(uri, tmp_path, only=[name])
    dumped = {(one.secret.kind, one.place.name) for one in found(files(tmp_path))}
    assert dumped == {(kind, f"{name}/letters.bson") for kind in ("body", "phone")}
    folder = servers.stack.place.data
    is_embedded = any((folder / "mongo").glob("WiredTiger*"))
    assert any(map(compressors, folder.iterdir())) == (not is_embedded), "the fast one packs blocks"
    in_files = {one.secret.kind for one in found(files(folder))}
    assert in_files >= ({"body", "phone"} if is_embedded else set())


def test_a_database_that_packs_its_blocks_is_known(tmp_path: Path) -> None:
    (tmp_path / "WiredTiger.wt").write_bytes(b"x,block_compressor=snappy,y,block_compressor=,z")
    (tmp_path / "WiredTiger.basecfg").write_bytes(b"block_compressor=none")
    assert compressors(tmp_path) == {"snappy"}


@asynccontextmanager
async def _repeating() -> AsyncIterator[int]:
    """A server that echoes what it was sent."""

    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(repeat, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
