"""Where the router's parts meet."""

from collections.abc import Mapping
from functools import partial

import httpx

from services.router import handlers, store, work
from services.router.api import Desk, router
from services.router.domain import Book, Command, Nothing, RouterState, decide, evolve
from services.router.settings import RouterSettings
from shared.platform import datafiles
from shared.platform.clock import Now, utc_now
from shared.platform.consumer import Consumer
from shared.platform.face import face
from shared.platform.readiness import Readiness
from shared.platform.rules import Rules
from shared.platform.service import Service
from shared.platform.shell import build_shell, load_seals


def rules(book: Book) -> Rules[Command, RouterState]:
    """The router's rules under a calendar and policies."""
    return Rules(
        service="router",
        initial=Nothing(),
        decide=partial(decide, book=book),
        evolve=evolve,
        state=store.STATE,
        index=store.index,
        outgoing=store.outgoing,
        handlers=handlers.HANDLERS,
        answer=handlers.answer,
    )


def build(settings: RouterSettings, *, now: Now = utc_now) -> Service:
    """The router, ready to run. Raises: BadKeys, BadData."""
    calendar = datafiles.calendar(overrides=settings.calendar_overrides)
    book = Book(calendar, datafiles.policies())
    shell = build_shell(
        settings,
        rules(book),
        seals=load_seals(settings, "router"),
        reads=store.READS,
        writes=store.WRITES,
        now=now,
    )
    ready, client = Readiness(), httpx.AsyncClient(timeout=5)
    app = face("Router", settings, client=client, ready=ready, now=now)
    app.include_router(router)
    offices = datafiles.offices(settings.offices_file, examples=settings.is_development)
    app.state.desk = Desk(shell.commands, shell.letters, shell.documents, now, offices)
    refuse = work.tell_unreadable(shell.sender, now=now)

    def new_consumer(ids: Mapping[str, str]) -> Consumer:
        return shell.consumer(ids, refuse=refuse)

    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        new_consumer=new_consumer,
        indexes=store.INDEXES,
        loops=(),
        close=client.aclose,
        snapshots=work.show_all(shell.documents),
    )
