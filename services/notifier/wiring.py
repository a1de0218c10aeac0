"""How the notifier is put together: the only place where its parts meet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial

import httpx

from services.notifier import api, pages
from services.notifier.domain import Book, Command, Letter, QuietHours, decide, evolve
from services.notifier.handlers import HANDLERS
from services.notifier.jobs import (
    Addresses,
    Delivering,
    Firing,
    Gateway,
    Watching,
    after_reading,
    gateway_client,
)
from services.notifier.settings import NotifierSettings
from services.notifier.store import INDEXES, READS, STATE, WRITES, Share, index, outgoing
from shared.contracts.topics import PROGRESS
from shared.kernel.offices import Offices
from shared.platform.app.retry import Loop
from shared.platform.app.service import Service
from shared.platform.app.shell import Shell, build_shell, load_seals
from shared.platform.http.create_app import create_app
from shared.platform.http.front_page import front_page
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import Now
from shared.platform.runtime.process_metrics import show_calendar
from shared.platform.runtime.readiness import Readiness


def rules(book: Book) -> ServiceDecider[Command, Letter]:
    """The notifier's rules, given who is told of which level, and when."""
    return ServiceDecider(
        service="notifier",
        initial=Letter(),
        decide=partial(decide, book=book),
        evolve=evolve,
        state=STATE,
        index=index,
        outgoing=outgoing,
        handlers=HANDLERS,
    )


def build(settings: NotifierSettings, *, now: Now | None = None) -> Service:
    """The notifier, not yet started. Raises: BadKeys, BadData."""
    now = now or settings.office_time
    shell = _shell(settings, now)
    to_issuer = httpx.AsyncClient()
    to_gateway, to_duty_desk = gateway_client(settings), gateway_client(settings)
    ready = Readiness()
    share = Share(shell.documents, partial(shell.holds, topic=PROGRESS.name))
    offices = data_files.offices(settings.offices_file, examples=settings.is_development)
    lanes = (
        (share, _gateway(to_gateway, settings, offices, now)),
        (replace(share, is_urgent=True), _gateway(to_duty_desk, settings, offices, now)),
    )
    app = create_app("Notifier", settings, client=to_issuer, ready=ready, now=now)
    app.state.board = api.Board(shell.documents)
    app.include_router(api.router)
    app.include_router(front_page(pages.FRONT, settings))
    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        new_consumer=shell.consumer,
        indexes=INDEXES,
        loops=(
            *(
                partial(after_reading, shell.has_read_all, loop)
                for lane, gateway in lanes
                for loop in _loops(lane, gateway, shell=shell, settings=settings, now=now)
            ),
            Watching(shell.documents, now=now).run,
        ),
        close=_closing(to_issuer, to_gateway, to_duty_desk),
    )


def _shell(settings: NotifierSettings, now: Now) -> Shell[Command, Letter]:
    calendar = show_calendar(data_files.calendar(overrides=settings.calendar_overrides))
    book = Book(calendar, data_files.policies(settings.policies_dir), _quiet_hours(settings))
    ours = rules(book)
    return build_shell(
        settings,
        ours,
        seals=load_seals(settings, ours.service, now=now),
        reads=READS,
        writes=WRITES,
        now=now,
    )


def _quiet_hours(settings: NotifierSettings) -> QuietHours:
    return QuietHours(settings.quiet_from, settings.quiet_until)


def _gateway(
    client: httpx.AsyncClient, settings: NotifierSettings, offices: Offices, now: Now
) -> Gateway:
    return Gateway(
        client,
        offices,
        addresses=Addresses(
            writers=settings.mailbox_url,
            desks=settings.desk_url,
            duty=settings.duty_url,
            editors=settings.editors_url,
        ),
        quiet=_quiet_hours(settings),
        now=now,
    )


def _loops(
    lane: Share,
    gateway: Gateway,
    *,
    shell: Shell[Command, Letter],
    settings: NotifierSettings,
    now: Now,
) -> Iterator[Loop]:
    """What proposes and delivers in one lane; `gateway`: over connections of its own."""
    tell = shell.commands.execute
    yield Firing(lane, tell, now=now, pause_s=settings.fire_pause_s).run
    yield Delivering(
        lane,
        shell.letters.state,
        tell=tell,
        gateway=gateway,
        now=now,
        pause_s=settings.deliver_pause_s,
    ).run


def _closing(*clients: httpx.AsyncClient) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        for client in clients:
            await client.aclose()

    return close
