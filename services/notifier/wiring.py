"""How the notifier is put together: the only place where its parts meet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from services.notifier import api
from services.notifier.domain import Command, Letter, decide, evolve
from services.notifier.handlers import HANDLERS
from services.notifier.settings import NotifierSettings
from services.notifier.store import INDEXES, READS, STATE, WRITES, index, outgoing
from services.notifier.work import Delivering, Firing, Gateway
from shared.platform import datafiles
from shared.platform.clock import Now, utc_now
from shared.platform.face import face
from shared.platform.readiness import Readiness
from shared.platform.rules import Rules
from shared.platform.service import Service
from shared.platform.shell import build_shell, load_seals

RULES: Rules[Command, Letter] = Rules(
    service="notifier",
    initial=Letter(),
    decide=decide,
    evolve=evolve,
    state=STATE,
    index=index,
    outgoing=outgoing,
    handlers=HANDLERS,
)


def build(settings: NotifierSettings, *, now: Now = utc_now) -> Service:
    """The notifier, not yet started. Raises: BadKeys, BadData."""
    shell = build_shell(
        settings,
        RULES,
        seals=load_seals(settings, RULES.service, now=now),
        reads=READS,
        writes=WRITES,
        now=now,
    )
    to_issuer = httpx.AsyncClient()
    to_gateway = httpx.AsyncClient(
        base_url=settings.gateway_url, timeout=settings.gateway_timeout_s
    )
    ready = Readiness()
    firing = Firing(shell.documents, shell.commands.tell, now=now, pause_s=settings.fire_pause_s)
    gateway = Gateway(to_gateway, mailbox_url=settings.mailbox_url)
    delivering = Delivering(
        shell.documents,
        shell.letters.state,
        tell=shell.commands.tell,
        gateway=gateway,
        now=now,
        pause_s=settings.deliver_pause_s,
    )
    app = face("Notifier", settings, client=to_issuer, ready=ready, now=now)
    offices = datafiles.offices(settings.offices_file, examples=settings.is_development)
    app.state.board = api.Board(shell.documents, offices, now)
    app.include_router(api.router)
    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        new_consumer=shell.consumer,
        indexes=INDEXES,
        loops=(firing.run, delivering.run),
        close=_closing(to_issuer, to_gateway),
    )


def _closing(*clients: httpx.AsyncClient) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        for client in clients:
            await client.aclose()

    return close
