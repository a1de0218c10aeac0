"""After the whole story no secret stands anywhere but where it may."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from deploy.local.fakes.issuer import load_issuers
from deploy.local.stack.keys import SIDES
from deploy.local.stack.plan import issuer_variable, url
from deploy.local.stack.ports import free_ports, variable
from tests.chaos.processes import processes
from tests.secrecy import faulty
from tests.secrecy.collecting import back_up, compressors, files, watched
from tests.secrecy.erased import nothing_is_sealed_of
from tests.secrecy.gateway import bad_gateway
from tests.secrecy.hearing import Ears
from tests.secrecy.places import breaches, unused
from tests.secrecy.search import Searcher, Secret, Text
from tests.secrecy.seeds import secrets
from tests.secrecy.story import BUREAU, Story
from tests.secrecy.terminal import Terminal

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

KINDS = {
    "answer", "file", "file name", "headers", "message", "output", "page", "problem", "record",
    *(["process"] if sys.platform == "linux" else []),
}  # fmt: skip
"""Kinds of places that must have been searched; only Linux shows other processes."""

WORDS = "backup/mailbox_router/words.bson"
"""The dump of the search index."""

Chapters = Callable[[Story], Awaitable[None]]


async def test_secrets_stay_in_their_envelopes(tmp_path: Path) -> None:
    async def chapters(story: Story) -> None:
        await story.live()
        await story.look()

    await _nothing_leaks(tmp_path, chapters)


@pytest.mark.slow
async def test_whatever_happens_secrets_stay_in_their_envelopes(tmp_path: Path) -> None:
    """Also after overflowing documents, deaths of every process, resends, repairs and erasure."""

    async def chapters(story: Story) -> None:
        await story.live()
        await story.look()
        await story.suffer()
        await story.clear_up()
        await story.look()

    await _nothing_leaks(tmp_path, chapters, settings={"CHAOS_SHORT": "1"}, erases=True)


async def _nothing_leaks(
    folder: Path,
    chapters: Chapters,
    *,
    settings: Mapping[str, str] | None = None,
    erases: bool = False,
) -> None:
    """Run the chapters, and search everything that they left; `erases`: a letter at the end."""
    texts, tokens = await _lived_through(folder, chapters, settings=settings or {}, erases=erases)
    texts += files(folder)
    searcher = Searcher([*secrets(), *tokens])
    found = list(searcher.search(texts))
    assert not breaches(found), "\n".join(sorted(map(str, breaches(found))))
    assert {place.kind for place, text in texts if text} == KINDS
    on_topics = {find.secret.name for find in found if find.place.kind == "record"}
    assert on_topics >= {secret.name for secret in secrets() if secret.kind == "record"}
    kept = {place.name for place, _ in texts if place.kind == "file"}
    assert any(text for place, text in texts if place.name == WORDS), "no entry was searched"
    is_packed = any(map(compressors, (folder / "data").iterdir()))
    idle = [
        one for one in unused(found) if not one.on_disk or (one.is_there(kept) and not is_packed)
    ]
    assert not idle, "\n".join(map(str, idle))


def _part(module: str) -> str:
    """The process whose rights a command has."""
    if module == "clients.bureau":
        return "bureaus"
    return module.removeprefix("services.") if module.startswith("services.") else "topics"


async def _lived_through(
    folder: Path, chapters: Chapters, *, settings: Mapping[str, str], erases: bool
) -> tuple[list[Text], list[Secret]]:
    """All output and records without the files; and the tokens that were used."""
    ports = free_ports()
    async with AsyncExitStack() as all_of_it:
        enter = all_of_it.enter_async_context
        gateway, seen = await enter(bad_gateway()), await enter(watched())
        (folder / "tmp").mkdir()
        own = {
            "MAILBOX_LOG_LEVEL": "DEBUG",
            "MAILBOX_NOTIFIER_GATEWAY_URL": url(gateway.port),
            "MAILBOX_BUREAUS_HOLD": BUREAU,
            "MAILBOX_BUREAUS_MIX": "plain",
            "TMPDIR": str(folder / "tmp"),
        }
        running = await enter(
            processes(folder, ports=ports, settings={**own, **settings}, launcher=faulty.__name__)
        )
        client = await enter(httpx.AsyncClient(timeout=15))
        names = {side: running.environment[issuer_variable(side)] for side in SIDES}
        ears = Ears(ports.named(), load_issuers(folder / "keys", names), client)
        local = {variable(name): str(port) for name, port in ports.named().items()}
        local["MAILBOX_LOCAL_DIR"] = str(folder)
        terminal = Terminal(lambda module: {**running.environment_of(_part(module)), **local})
        story = Story(running, ears, gateway, terminal, folder)
        await chapters(story)
        uri = running.environment["MAILBOX_MONGO_URI"]
        back_up(uri, folder / "backup")
        if erases:
            await nothing_is_sealed_of(await story.erase(), uri)
    texts = [*ears.heard, *story.shown, *terminal.printed, *gateway.got, *seen.items()]
    tokens = [
        Secret("a token", "token", token.rpartition(".")[2]) for token in ears.tokens.values()
    ]
    return texts, tokens
