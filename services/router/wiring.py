"""Puts the router's parts together."""

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import httpx
from fastapi import FastAPI

from services.router import handlers, pages
from services.router.api import RouterDesk, router
from services.router.domain.actors import Command
from services.router.domain.decide import decide
from services.router.domain.due_dates import Rulebook
from services.router.domain.evolve import evolve
from services.router.domain.external_events import forget
from services.router.domain.letter import LetterState, UnknownLetter, salt_of
from services.router.jobs.bureau_notices import refuse_unreadable, send_snapshots
from services.router.jobs.corrections import all_corrections
from services.router.jobs.desk_cleanup import DeskCleanup
from services.router.jobs.key_changes import AnchorAnnouncement, KeyChangeResends, KeyTopicRepair
from services.router.jobs.missing_policies import MissingPolicies
from services.router.jobs.open_letters import OpenLetters
from services.router.jobs.overview_refresh import OverviewRefresh
from services.router.jobs.recounts import recount_all
from services.router.jobs.word_indexing import WordIndexing
from services.router.pages.desk_tools import DeskTools
from services.router.pages.triage_decisions import EVERY_S, TriageDecisions
from services.router.settings import RouterSettings
from services.router.store import desk_stores, documents
from services.router.store.desk_leases import LEASES, DeskLeases
from services.router.store.desk_stores import DeskStores
from services.router.store.notes import Notes
from services.router.store.overview import LetterOverview
from services.router.store.pending_decisions import PENDING, PendingDecisions
from services.router.store.public_keys import KeyHolders, key_rules
from services.router.store.read_share import ReadShares
from services.router.store.word_index import WORDS, WordIndex
from shared.platform.app.retry import Loop
from shared.platform.app.service import Service
from shared.platform.app.shell import Shell, build_shell, load_seals
from shared.platform.consumer.consumer import Consumer
from shared.platform.crypto.signed_exports import ExportSigner
from shared.platform.crypto.trust_anchors import anchors_of
from shared.platform.crypto.word_hash import hashes
from shared.platform.http.create_app import create_app
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.repair.erasure_replay import PastErasure
from shared.platform.repair.key_rotation import Tally
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import Now
from shared.platform.runtime.office_time import machine_time
from shared.platform.runtime.process_metrics import show_calendar
from shared.platform.runtime.readiness import Readiness
from shared.sealing.key_directory import Anchors
from shared.web.front_page import front_page
from shared.web.masthead import origin_of
from shared.web.sign_in_setup import FORMS, install_pages
from shared.web.sign_in_setup import INDEXES as SIGN_IN_INDEXES

HERE: Final = Path(__file__).parent

RouterShell = Shell[Command, LetterState]


def rules(rulebook: Rulebook) -> ServiceDecider[Command, LetterState]:
    """The router's rules about letters under a rulebook."""
    return ServiceDecider(
        service="router",
        initial=UnknownLetter(),
        decide=partial(decide, rulebook=rulebook),
        evolve=evolve,
        state=documents.STATE,
        index=documents.index,
        outgoing=partial(documents.outgoing, rulebook=rulebook),
        handlers=handlers.HANDLERS,
        answer=handlers.answer,
        anew=documents.anew,
        forget=forget,
        salt=salt_of,
        read_ahead=handlers.read_ahead,
    )


def build(settings: RouterSettings, *, now: Now | None = None) -> Service:
    """The router, ready to run. Raises: BadKeys, BadData."""
    now = now or settings.office_time
    rulebook, anchors = _rulebook(settings), anchors_of(settings)
    shell = build_shell(
        settings,
        rules(rulebook),
        seals=load_seals(settings, "router", now=now),
        reads=documents.READS,
        writes=documents.WRITES,
        now=now,
    )
    ready, client = Readiness(), httpx.AsyncClient(timeout=5)
    app = _app(settings, shell, client=client, ready=ready, now=now)
    words, listing = _listed(shell, machine_time(now))
    holders = KeyHolders(
        key_rules(anchors), shell.seals, history=shell.history, sender=shell.sender, now=now
    )
    stores = DeskStores.of(shell.database, shell.seals.ring, log=shell.history)
    app.state.desk = RouterDesk(
        shell.commands,
        shell.letters,
        shell.documents,
        now,
        words,
        Notes(shell.history, shell.seals),
        holders,
        stores,
        rulebook,
        anchors,
        origin_of("intake", settings),
    )
    app.state.desk_tools = tools = _tools(shell, now)
    refuse = refuse_unreadable(shell.letters)

    def new_consumer(ids: Mapping[str, str]) -> Consumer:
        return shell.consumer(ids, refuse=refuse)

    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        new_consumer=new_consumer,
        indexes={**documents.INDEXES, **SIGN_IN_INDEXES},
        loops=(
            *_key_loops(shell, holders, anchors, now=now),
            MissingPolicies(shell.documents, rulebook=rulebook).run,
            *_desk_loops(tools, app.state.desk, now),
            listing.run,
            OpenLetters(shell.documents, now=now, pause_s=settings.count_pause_s).run,
            DeskCleanup(shell.letters, stores).run,
        ),
        close=client.aclose,
        snapshots=send_snapshots(shell.documents, now=now),
        corrections=all_corrections(shell.history),
        recounts=recount_all(shell.letters, shell.documents, rulebook=rulebook, now=now),
        turns=partial(_rotate, listing, shell),
        forgets=partial(_forget_elsewhere, words, stores),
    )


def _app(
    settings: RouterSettings,
    shell: RouterShell,
    *,
    client: httpx.AsyncClient,
    ready: Readiness,
    now: Now,
) -> FastAPI:
    """The routes and pages."""
    forms = (pages.PLACE, *FORMS)
    app = create_app("Router", settings, client=client, ready=ready, now=now, forms=forms)
    install_pages(app, settings, shell=shell, folder=HERE, client=client, now=now)
    for part in (router, pages.router, front_page(pages.FRONT, settings)):
        app.include_router(part)
    return app


async def _forget_elsewhere(
    words: WordIndex, stores: DeskStores, ledger: Sequence[PastErasure]
) -> None:
    """Delete what search and desks have of letters whose words were erased."""
    letters = [past.letter for past in ledger if "words" in past.what]
    await words.forget(letters)
    for kept in (stores.drafts, stores.claims):
        await kept.drop(letters)


async def _rotate(
    listing: WordIndexing, shell: RouterShell, tally: Tally, *, is_dry: bool
) -> AsyncIterator[Tally]:
    """Bring the word index and what the desks store under the current key."""
    async for now in listing.rotate(tally, is_dry=is_dry):
        yield now
    async for now in desk_stores.rotate(
        shell.database, shell.seals.ring, tally=tally, is_dry=is_dry
    ):
        yield now


def _tools(shell: RouterShell, now: Now) -> DeskTools:
    """The parts behind the pages of triage, chiefs, supervisors and auditors."""
    machine, keep = machine_time(now), shell.database.collection
    return DeskTools(
        overview=LetterOverview(shell.documents),
        shares=ReadShares(shell.documents, now=now),
        leases=DeskLeases(keep(LEASES), now=machine),
        pending=PendingDecisions(keep(PENDING), shell.seals.ring, now=machine),
        history=shell.history,
        signer=ExportSigner(shell.seals.ring, "router"),
    )


def _desk_loops(tools: DeskTools, desk: RouterDesk, now: Now) -> tuple[Loop, ...]:
    """What the pages need done in the background."""
    decisions = TriageDecisions(desk, tools.pending)
    return (
        OverviewRefresh(tools.overview, now=machine_time(now)).run,
        tools.shares.run,
        partial(
            run_periodically,
            decisions.carry_out,
            name="carrying out decisions",
            pause_s=EVERY_S,
        ),
    )


def _listed(shell: RouterShell, now: Now) -> tuple[WordIndex, WordIndexing]:
    """The word index, and the job that keeps it up to date."""
    words = WordIndex(shell.database.collection(WORDS), hashes(shell.seals.ring), now=now)
    listing = WordIndexing(
        shell.letters,
        shell.documents,
        catalogue=words,
        is_busy=lambda: not shell.has_read_all(),
        now=now,
    )
    return words, listing


def _key_loops(
    shell: RouterShell, holders: KeyHolders, anchors: Anchors, *, now: Now
) -> tuple[Loop, ...]:
    """The commands about keys, and what follows from them."""
    keys = shell.seals.sealer.book
    anew = KeyChangeResends(shell.letters, shell.documents, holders=holders, book=keys, now=now)
    last = KeyTopicRepair(shell.keys, shell.history, sender=shell.sender, book=keys)
    first = AnchorAnnouncement(holders, anchors=anchors, is_ready=shell.has_read_all, now=now)
    return (holders.commands.run, first.run, anew.run, last.run)


def _rulebook(settings: RouterSettings) -> Rulebook:
    return Rulebook(
        show_calendar(data_files.calendar(overrides=settings.calendar_overrides)),
        data_files.policies(settings.policies_dir),
        data_files.offices(settings.offices_file, examples=settings.is_development),
    )
