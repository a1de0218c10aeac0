"""Builds the notifier from its parts."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from services.notifier import api, pages
from services.notifier.domain.contact import forget
from services.notifier.domain.decide import Command, decide
from services.notifier.domain.evolve import evolve
from services.notifier.domain.letter import NotifierLetter
from services.notifier.domain.notification_policy import NotificationPolicy
from services.notifier.domain.quiet_hours import QuietHours
from services.notifier.handlers import HANDLERS
from services.notifier.jobs.clock_firing import ClockFiring
from services.notifier.jobs.clock_gauges import ClockGauges
from services.notifier.jobs.gateway_client import gateway_client
from services.notifier.jobs.loop_start import after_reading
from services.notifier.jobs.message_delivery import MessageDelivery
from services.notifier.jobs.message_gateway import Addresses, MessageGateway
from services.notifier.settings import NotifierSettings
from services.notifier.store import INDEXES, READS, STATE, WRITES, Share, index, outgoing
from shared.contracts.topics import PROGRESS
from shared.kernel.offices import Offices
from shared.platform.app.retry import Loop
from shared.platform.app.service import Service
from shared.platform.app.shell import Shell, build_shell, load_seals
from shared.platform.http.create_app import create_app
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import Now
from shared.platform.runtime.process_metrics import show_calendar
from shared.platform.runtime.readiness import Readiness
from shared.web.front_page import front_page
from shared.web.sign_in_setup import FORMS, install_pages
from shared.web.sign_in_setup import INDEXES as SIGN_IN_INDEXES

HERE: Final = Path(__file__).parent


def rules(policy: NotificationPolicy) -> ServiceDecider[Command, NotifierLetter]:
    """Return the notifier's rules under that policy."""
    return ServiceDecider(
        service="notifier",
        initial=NotifierLetter(),
        decide=partial(decide, policy=policy),
        evolve=evolve,
        state=STATE,
        index=index,
        outgoing=outgoing,
        forget=forget,
        handlers=HANDLERS,
    )


def build(settings: NotifierSettings, *, now: Now | None = None) -> Service:
    """Return the notifier, not yet started. Raises: BadKeys, BadData."""
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
    app = create_app("Notifier", settings, client=to_issuer, ready=ready, now=now, forms=FORMS)
    app.state.documents = shell.documents
    install_pages(app, settings, shell=shell, folder=HERE, client=to_issuer, now=now)
    app.include_router(api.router)
    app.include_router(front_page(pages.FRONT, settings))
    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        new_consumer=shell.consumer,
        indexes={**INDEXES, **SIGN_IN_INDEXES},
        loops=(
            *(
                partial(after_reading, shell.has_read_all, loop)
                for lane, gateway in lanes
                for loop in _loops(lane, gateway, shell=shell, settings=settings, now=now)
            ),
            ClockGauges(shell.documents, now=now).run,
        ),
        close=_closing(to_issuer, to_gateway, to_duty_desk),
    )


def _shell(settings: NotifierSettings, now: Now) -> Shell[Command, NotifierLetter]:
    calendar = show_calendar(data_files.calendar(overrides=settings.calendar_overrides))
    policies = data_files.policies(settings.policies_dir)
    ours = rules(NotificationPolicy(calendar, policies, _quiet_hours(settings)))
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
) -> MessageGateway:
    return MessageGateway(
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
    gateway: MessageGateway,
    *,
    shell: Shell[Command, NotifierLetter],
    settings: NotifierSettings,
    now: Now,
) -> Iterator[Loop]:
    """Return the loops of one lane; `gateway`: with connections of its own."""
    execute = shell.commands.execute
    yield ClockFiring(lane, execute, now=now, pause_s=settings.fire_pause_s).run
    yield MessageDelivery(
        lane,
        shell.letters.state,
        execute=execute,
        gateway=gateway,
        now=now,
        pause_s=settings.deliver_pause_s,
    ).run


def _closing(*clients: httpx.AsyncClient) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        for client in clients:
            await client.aclose()

    return close
