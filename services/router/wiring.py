"""Where the router's parts meet."""

from collections.abc import Mapping
from functools import partial

import httpx

from services.router import handlers, jobs, pages, store
from services.router.api import Desk, router
from services.router.domain import (
    Book,
    Nothing,
    OfficeCommand,
    OfficeState,
    decide_any,
    evolve_any,
    salt_of,
)
from services.router.settings import RouterSettings
from services.router.store.catalogue import WORDS, Catalogue
from services.router.store.notes import Notes
from shared.platform.app.retry import Loop
from shared.platform.app.service import Service
from shared.platform.app.shell import Shell, build_shell, load_seals
from shared.platform.consumer.consumer import Consumer
from shared.platform.crypto.trust_anchors import anchors_of
from shared.platform.crypto.word_hash import hashes
from shared.platform.http.create_app import create_app
from shared.platform.http.front_page import front_page
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import Now
from shared.platform.runtime.office_time import machine_time
from shared.platform.runtime.process_metrics import show_calendar
from shared.platform.runtime.readiness import Readiness
from shared.sealing.key_directory import NONE, Anchors

RouterShell = Shell[OfficeCommand, OfficeState]


def rules(book: Book, anchors: Anchors = NONE) -> ServiceDecider[OfficeCommand, OfficeState]:
    """The router's rules under a calendar and policies, and keys that count as entered."""
    return ServiceDecider(
        service="router",
        initial=Nothing(),
        decide=partial(decide_any, book=book, anchors=anchors),
        evolve=evolve_any,
        state=store.STATE,
        index=store.index,
        outgoing=partial(store.outgoing, book=book),
        handlers=handlers.HANDLERS,
        answer=handlers.answer,
        anew=store.anew,
        salt=salt_of,
        read_ahead=handlers.read_ahead,
    )


def build(settings: RouterSettings, *, now: Now | None = None) -> Service:
    """The router, ready to run. Raises: BadKeys, BadData."""
    now = now or settings.office_time
    book, anchors = _book(settings), anchors_of(settings)
    shell = build_shell(
        settings,
        rules(book, anchors),
        seals=load_seals(settings, "router", now=now),
        reads=store.READS,
        writes=store.WRITES,
        now=now,
    )
    ready, client = Readiness(), httpx.AsyncClient(timeout=5)
    app = create_app("Router", settings, client=client, ready=ready, now=now)
    app.include_router(router)
    app.include_router(front_page(pages.FRONT, settings))
    words, listing = _listed(shell, machine_time(now))
    app.state.desk = _desk(shell, now, words, anchors)
    standing = jobs.OpenLetters(shell.documents, now=now, pause_s=settings.count_pause_s)
    refuse = jobs.tell_unreadable(shell.letters)

    def new_consumer(ids: Mapping[str, str]) -> Consumer:
        return shell.consumer(ids, refuse=refuse)

    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        new_consumer=new_consumer,
        indexes=store.INDEXES,
        loops=(*_loops(shell, book, now, anchors), listing.run, standing.run),
        close=client.aclose,
        snapshots=jobs.show_all(shell.documents),
        corrections=jobs.corrected(shell.history),
        recounts=jobs.recount_all(shell.letters, shell.documents, book=book, now=now),
        turns=listing.rotate,
    )


def _desk(shell: RouterShell, now: Now, words: Catalogue, anchors: Anchors) -> Desk:
    """What the routes work with."""
    notes = Notes(shell.history, shell.seals)
    return Desk(shell.commands, shell.letters, shell.documents, now, words, notes, anchors)


def _listed(shell: RouterShell, now: Now) -> tuple[Catalogue, jobs.Cataloguing]:
    """Words by which letters are found, and what lists them."""
    words = Catalogue(shell.database.collection(WORDS), hashes(shell.seals.ring), now=now)
    listing = jobs.Cataloguing(
        shell.letters,
        shell.documents,
        catalogue=words,
        is_busy=lambda: not shell.has_read_all(),
        now=now,
    )
    return words, listing


def _loops(shell: RouterShell, book: Book, now: Now, anchors: Anchors) -> tuple[Loop, ...]:
    """What follows from keys, and the look for missing policies."""
    keys = shell.seals.sealer.book
    anew = jobs.TellingAnew(shell.letters, shell.documents, book=keys, now=now)
    last = jobs.NewestLast(shell.keys, shell.history, sender=shell.sender, book=keys)
    first = jobs.Announcing(shell.letters, anchors=anchors, is_ready=shell.has_read_all, now=now)
    return first.run, anew.run, last.run, jobs.MissingVersions(shell.documents, book=book).run


def _book(settings: RouterSettings) -> Book:
    return Book(
        show_calendar(data_files.calendar(overrides=settings.calendar_overrides)),
        data_files.policies(settings.policies_dir),
        data_files.offices(settings.offices_file, examples=settings.is_development),
    )
