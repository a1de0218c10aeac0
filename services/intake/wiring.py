"""Where intake's parts meet."""

import os
from functools import partial

import httpx
from fastapi import FastAPI

from services.intake import handlers, metrics, pages, store, work
from services.intake.api import Desk, router
from services.intake.api.client_network import Networks
from services.intake.api.diversion_recording import Catching
from services.intake.api.duty_queue import DutyDesk
from services.intake.api.emergency_guard import EmergencyGuard
from services.intake.api.flood_detection import Floods
from services.intake.api.office_hours import OfficeHours
from services.intake.domain import Command, IntakeState, decide, evolve, rule_table
from services.intake.domain.identity_sealing import BureauKey
from services.intake.domain.letter import NoLetter
from services.intake.settings import IntakeSettings
from shared.contracts.slugs import Bureau
from shared.kernel.letter_number import RANDOM_BYTES, new_diversion_number, new_letter_number
from shared.platform import datafiles
from shared.platform.clock import Now
from shared.platform.face import face
from shared.platform.front import front_page
from shared.platform.office_time import machine_time
from shared.platform.readiness import Readiness
from shared.platform.rules import Rules
from shared.platform.sealing import BlindIndex
from shared.platform.seals import Seals
from shared.platform.service import Service
from shared.platform.shell import Shell, build_shell, load_seals
from shared.rules.triage import triaged
from shared.sealing.keybook import NoKey

SEALS_FOR = frozenset({"router", "intake", "notifier", "publisher"})
"""Without keys of these no letter can be taken in, nor go on."""


def rules(seals: Seals) -> Rules[Command, IntakeState]:
    """Intake's rules, given who has a key to seal an identity for."""

    def key_of(bureau: Bureau) -> BureauKey:
        try:
            return BureauKey(seals.sealer.kid_of(f"bureau:{bureau}"))
        except NoKey as none:
            metrics.IDENTITIES_WITHHELD.labels(none.reason).inc()
            return BureauKey(None, none.reason)

    return Rules(
        service="intake",
        initial=NoLetter(),
        decide=partial(decide, rules=rule_table(key_of)),
        evolve=evolve,
        state=store.STATE,
        index=store.index,
        outgoing=store.outgoing,
        handlers=handlers.HANDLERS,
    )


def _draw(kind: store.Kind) -> str:
    new = new_letter_number if kind == "letter" else new_diversion_number
    return new(os.urandom(RANDOM_BYTES))


def build(settings: IntakeSettings, *, now: Now | None = None) -> Service:
    """Intake, ready to run. Raises: BadKeys, BadData."""
    now = now or settings.office_time
    seals = load_seals(settings, "intake", now=now)
    shell = build_shell(
        settings, rules(seals), seals=seals, reads=store.READS, writes=store.WRITES, now=now
    )
    book = seals.sealer.book
    releasing = work.Releasing(
        shell.documents, shell.letters.state, tell=shell.commands.tell, now=now
    )
    again = work.SealingAgain(shell.documents, shell.commands.tell, book=book, now=now)
    watching = work.Watching(shell.documents, now=now)
    desk = _desk(settings, shell, releasing, now=now)
    ready, client = Readiness(), httpx.AsyncClient(timeout=5)
    ready.also["keys"] = lambda: not SEALS_FOR & book.lacking(now()).keys()
    app = face("Intake", settings, client=client, ready=ready, now=now, forms=pages.PLACE)
    app.include_router(front_page(pages.FRONT, settings))
    app.add_middleware(EmergencyGuard)
    app.add_middleware(Networks, trusted=settings.proxies)
    return Service(
        settings=settings,
        shell=shell,
        app=opened(app, desk, is_development=settings.is_development),
        ready=ready,
        indexes=store.INDEXES,
        loops=(desk.numbers.run, desk.backlog.run, again.run, releasing.run, watching.run),
        close=client.aclose,
        new_consumer=shell.consumer,
    )


def _desk(
    settings: IntakeSettings,
    shell: Shell[Command, IntakeState],
    releasing: work.Releasing,
    *,
    now: Now,
) -> Desk:
    machine, keep = machine_time(now), shell.database.collection
    numbers = store.Numbers(keep(store.IDEMPOTENCY), now=machine, draw=_draw)
    policies = datafiles.policies(settings.policies_dir)
    floods = Floods(
        texts=settings.flood_alike,
        letters=settings.flood_from_one_network,
        emergencies=settings.flood_of_emergencies,
    )
    return Desk(
        commands=shell.commands,
        letters=shell.letters,
        documents=shell.documents,
        numbers=numbers,
        backlog=store.Backlog(shell.documents, most=settings.most_unsent, now=machine),
        blind=BlindIndex.load(settings.keys_dir / "intake.secrets.json"),
        catching=Catching(shell.commands, numbers, shell.documents, policies, now, floods),
        readings=store.Readings(keep(store.READINGS), now=now),
        triage=triaged,
        hours=OfficeHours(
            datafiles.calendar(overrides=settings.calendar_overrides),
            settings.office_opens,
            settings.office_closes,
        ),
        stations=datafiles.stations(settings.stations_file),
        release=releasing.release,
        now=now,
        floods=floods,
    )


def opened(app: FastAPI, desk: Desk, *, is_development: bool) -> FastAPI:
    """`app` with the faces for writers and for the duty desk."""
    app.state.desk, app.state.duty_desk = desk, DutyDesk(desk)
    app.state.is_development = is_development
    app.include_router(router)
    app.include_router(pages.router)
    return app
