"""Where intake's parts meet."""

import os
from functools import partial

import httpx
from fastapi import FastAPI

from services.intake import handlers, metrics, store, work
from services.intake.api import Desk, router
from services.intake.api.flooding import Floods
from services.intake.api.networks import Networks
from services.intake.domain import BureauKey, Command, IntakeState, Nothing, decide, evolve
from services.intake.settings import IntakeSettings
from shared.contracts.slugs import Bureau
from shared.kernel.letter_number import RANDOM_BYTES, new_letter_number
from shared.platform import datafiles
from shared.platform.clock import Now
from shared.platform.face import face
from shared.platform.keybook import NoKey
from shared.platform.office_time import machine_time
from shared.platform.readiness import Readiness
from shared.platform.rules import Rules
from shared.platform.sealing import BlindIndex
from shared.platform.seals import Seals
from shared.platform.service import Service
from shared.platform.shell import build_shell, load_seals

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
        initial=Nothing(),
        decide=partial(decide, key_of=key_of),
        evolve=evolve,
        state=store.STATE,
        index=store.index,
        outgoing=store.outgoing,
        handlers=handlers.HANDLERS,
    )


def build(settings: IntakeSettings, *, now: Now | None = None) -> Service:
    """Intake, ready to run. Raises: BadKeys, BadData."""
    now = now or settings.office_time
    seals = load_seals(settings, "intake", now=now)
    shell = build_shell(
        settings, rules(seals), seals=seals, reads=store.READS, writes=store.WRITES, now=now
    )
    machine = machine_time(now)
    numbers = store.Numbers(
        shell.database.collection(store.IDEMPOTENCY),
        now=machine,
        draw=lambda: new_letter_number(os.urandom(RANDOM_BYTES)),
    )
    backlog = store.Backlog(shell.documents, most=settings.most_unsent, now=machine)
    book = seals.sealer.book
    again = work.SealingAgain(shell.documents, shell.commands.tell, book=book, now=now)
    ready, client = Readiness(), httpx.AsyncClient(timeout=5)
    ready.also["keys"] = lambda: not SEALS_FOR & book.lacking(now()).keys()
    app = _face(settings, client, ready=ready, now=now)
    app.state.desk = Desk(
        commands=shell.commands,
        letters=shell.letters,
        documents=shell.documents,
        numbers=numbers,
        backlog=backlog,
        blind=BlindIndex.load(settings.keys_dir / "intake.secrets.json"),
        offices=datafiles.offices(settings.offices_file, examples=settings.is_development),
        now=now,
        floods=Floods(texts=settings.flood_alike, letters=settings.flood_from_one_network),
    )
    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        indexes=store.INDEXES,
        loops=(numbers.run, backlog.run, again.run),
        close=client.aclose,
        new_consumer=shell.consumer,
    )


def _face(
    settings: IntakeSettings, client: httpx.AsyncClient, *, ready: Readiness, now: Now
) -> FastAPI:
    """The routes, which know from which network they are asked."""
    app = face("Intake", settings, client=client, ready=ready, now=now)
    app.add_middleware(Networks, trusted=settings.proxies)
    app.include_router(router)
    return app
