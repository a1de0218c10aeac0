"""Composition of intake: the only place where its parts meet."""

import os
from functools import partial
from pathlib import Path
from typing import Final

import httpx
from fastapi import FastAPI

from services.intake import handlers, jobs, metrics, pages, store
from services.intake.api import router
from services.intake.api.client_network import ClientNetworkMiddleware
from services.intake.api.dependencies import FrontDesk, WriterErasure
from services.intake.api.diversion_recording import DiversionRecorder
from services.intake.api.duty_queue import DutyQueue
from services.intake.api.emergency_guard import EmergencyGuardMiddleware
from services.intake.api.files import UPLOADS
from services.intake.api.flood_detection import FloodDetector
from services.intake.api.office_hours import OpeningHours
from services.intake.api.request_limits import RequestLimiter
from services.intake.domain import Command, IntakeState, decide, evolve, rule_table
from services.intake.domain.identity_sealing import BureauKey
from services.intake.domain.letter import NoLetter
from services.intake.domain.retention import forget
from services.intake.files import storage
from services.intake.files.cleaning import FileCleaner
from services.intake.files.file_desk import FileDesk
from services.intake.files.rotation import FileRotation
from services.intake.files.scanning import NoScanner, scanner_at
from services.intake.files.sealed_chunks import SealedChunks
from services.intake.settings import IntakeSettings
from shared.contracts.slugs import Bureau
from shared.kernel.letter_number import RANDOM_BYTES, new_diversion_number, new_letter_number
from shared.kernel.retention import RetentionTable
from shared.platform.app.retention import Retention
from shared.platform.app.service import Service
from shared.platform.app.shell import Shell, build_shell, load_seals
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.crypto.signed_exports import ExportSigner
from shared.platform.crypto.signing_keys import RECEIPT_KEYS, SigningKeys
from shared.platform.http.create_app import create_app
from shared.platform.http.cross_origin import CrossOriginMiddleware
from shared.platform.letters.seals import Seals
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import Now
from shared.platform.runtime.office_time import machine_time
from shared.platform.runtime.readiness import Readiness
from shared.rules.classify.triage import triaged
from shared.sealing.key_directory import NoKey
from shared.web.masthead import origin_of
from shared.web.sign_in_setup import FORMS, install_pages
from shared.web.sign_in_setup import INDEXES as SIGN_IN_INDEXES

HERE: Final = Path(__file__).parent

SEALS_FOR = frozenset({"router", "intake", "notifier", "publisher"})
"""Readers without whose keys no letter can be accepted or handled."""


def rules(
    seals: Seals, blind: BlindIndex, *, table: RetentionTable | None = None
) -> ServiceDecider[Command, IntakeState]:
    """Intake's rules; `seals` know who has a key to seal an identity for. `table`: ours."""

    def key_of(bureau: Bureau) -> BureauKey:
        try:
            return BureauKey(seals.sealer.kid_of(f"bureau:{bureau}"))
        except NoKey as none:
            metrics.IDENTITIES_WITHHELD.labels(none.reason).inc()
            return BureauKey(None, none.reason)

    return ServiceDecider(
        service="intake",
        initial=NoLetter(),
        decide=partial(decide, rules=rule_table(key_of)),
        evolve=evolve,
        state=store.STATE,
        index=partial(store.index, table=table or data_files.retention(), blind=blind),
        outgoing=store.outgoing,
        forget=forget,
        handlers=handlers.HANDLERS,
    )


def _draw(kind: store.Kind) -> str:
    new = new_letter_number if kind == "letter" else new_diversion_number
    return new(os.urandom(RANDOM_BYTES))


def build(settings: IntakeSettings, *, now: Now | None = None) -> Service:
    """Intake, ready to run. Raises: BadKeys, BadData."""
    now = now or settings.office_time
    seals = load_seals(settings, "intake", now=now)
    blind = BlindIndex.load(settings.keys_dir / "intake.secrets.json")
    table = data_files.retention(settings.retention_file or data_files.RETENTION)
    decider = rules(seals, blind, table=table)
    shell = build_shell(
        settings, decider, seals=seals, reads=store.READS, writes=store.WRITES, now=now
    )
    book, tell = seals.sealer.book, shell.commands.execute
    files, chunks, rotation = _files(settings, shell, now=machine_time(now))
    releasing = jobs.DiversionReleaser(
        shell.documents, shell.letters.state, files=files.records, tell=tell, now=now
    )
    scanner = scanner_at(settings.scanner)
    metrics.FILES_UNSCANNED.set(isinstance(scanner, NoScanner))
    orphans = jobs.FileOrphans(
        files,
        store.OrphanRecords(shell.database.collection(store.FILES)),
        chunks=chunks,
        state_of=shell.letters.state,
        now=machine_time(now),
    )
    scanning = jobs.FileScanning(files, scanner, tell=tell, now=machine_time(now))
    resealing = jobs.IdentityResealer(shell.documents, tell, book=book, now=now)
    filling = jobs.LookUpFiller(shell.documents, shell.letters.states, blind=blind)
    eraser, retaining, retention = _retaining(shell, files, table=table, now=now)
    desk = _desk(settings, shell, releasing, WriterErasure(table, eraser), files=files, now=now)
    ready, client = Readiness(), httpx.AsyncClient(timeout=5)
    ready.also["keys"] = lambda: not SEALS_FOR & book.lacking(now()).keys()
    app = _app(settings, shell, desk, client=client, ready=ready)
    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        indexes={**store.INDEXES, **SIGN_IN_INDEXES},
        loops=(
            desk.numbers.run,
            desk.limiter.run,
            desk.backlog.run,
            resealing.run,
            releasing.run,
            filling.run,
            jobs.DiversionGauges(shell.documents, now=now).run,
            scanning.run,
            orphans.run,
            orphans.run_sweep,
            retaining.run,
        ),
        close=client.aclose,
        new_consumer=shell.consumer,
        retention=retention,
        forgets=eraser.erase_files_of,
        turns=partial(rotation.run, seals.ring),
    )


def _app(
    settings: IntakeSettings,
    shell: Shell[Command, IntakeState],
    desk: FrontDesk,
    *,
    client: httpx.AsyncClient,
    ready: Readiness,
) -> FastAPI:
    """The routes and pages."""
    now, forms = desk.now, (*pages.FORMS, *FORMS)
    uploads = {**UPLOADS, **pages.UPLOADS}
    app = create_app(
        "Intake", settings, client=client, ready=ready, now=now, forms=forms, uploads=uploads
    )
    opened(app, desk, is_development=settings.is_development)
    install_pages(app, settings, shell=shell, folder=HERE, client=client, now=now)
    app.state.citizen_pages = pages.CitizenPages.of(settings)
    app.state.letters_at = origin_of("router", settings)
    app.state.writers_pages_at = settings.citizen_pages_url
    app.state.export_signer = ExportSigner(shell.seals.ring, "intake")
    app.add_middleware(pages.LeftMiddleware)
    app.add_middleware(EmergencyGuardMiddleware)
    app.add_middleware(ClientNetworkMiddleware, trusted=settings.proxies)
    app.add_middleware(CrossOriginMiddleware, origins=desk.frontends.origins)
    return app


def _retaining(
    shell: Shell[Command, IntakeState], files: jobs.Files, *, table: RetentionTable, now: Now
) -> tuple[jobs.LetterEraser, jobs.RetentionLoop, Retention]:
    """What erases parts of letters, the loop that finds which are due, and the commands' parts."""
    ledger = store.ErasureLedger(shell.database.collection(store.ERASURES))
    eraser = jobs.LetterEraser(
        shell.documents,
        shell.letters.state,
        tell=shell.commands.execute,
        ledger=ledger,
        files=files,
        now=now,
    )
    loop = jobs.RetentionLoop(
        shell.letters, shell.documents, eraser=eraser, ledger=ledger, table=table, now=now
    )
    signer = ExportSigner(shell.seals.ring, "intake")
    return eraser, loop, Retention(eraser, loop.overview, ledger.done, signer)


def _files(
    settings: IntakeSettings, shell: Shell[Command, IntakeState], *, now: Now
) -> tuple[FileDesk, SealedChunks, FileRotation]:
    """The desk for files, their bytes, and the rotation of keys of what is stored."""
    kept, ring = shell.database.collection(store.FILES), shell.seals.ring
    records = store.FileRecords(kept, ring, now=now)
    chunks = SealedChunks(partial(storage.opened, settings.files_address), ring)
    desk = FileDesk(records, chunks, cleaner=FileCleaner())
    return desk, chunks, FileRotation(kept, records, chunks=chunks)


def _desk(
    settings: IntakeSettings,
    shell: Shell[Command, IntakeState],
    releasing: jobs.DiversionReleaser,
    erasure: WriterErasure,
    *,
    files: FileDesk,
    now: Now,
) -> FrontDesk:
    machine, keep = machine_time(now), shell.database.collection
    numbers = store.Numbers(keep(store.IDEMPOTENCY), now=machine, draw=_draw)
    policies = data_files.policies(settings.policies_dir)
    blind = BlindIndex.load(settings.keys_dir / "intake.secrets.json")
    limits = data_files.request_limits(settings.limits_file, factor=settings.limits_factor)
    limit_counts = store.LimitCounts(keep(store.LIMITS), now=machine)
    floods = FloodDetector(
        texts=settings.flood_alike,
        letters=settings.flood_from_one_network,
        emergencies=settings.flood_of_emergencies,
    )
    return FrontDesk(
        commands=shell.commands,
        letters=shell.letters,
        documents=shell.documents,
        numbers=numbers,
        backlog=store.Backlog(shell.documents, most=settings.most_unsent, now=machine),
        files=files,
        blind=blind,
        diversions=DiversionRecorder(
            shell.commands, numbers, shell.documents, policies, now, floods
        ),
        readings=store.Readings(keep(store.READINGS), now=now),
        look_ups=store.LookUps(keep(store.LOOK_UPS), now=now),
        drafts=store.LetterDrafts(keep(store.LETTER_DRAFTS), shell.seals.ring, now=machine),
        triage=triaged,
        hours=OpeningHours(
            data_files.calendar(overrides=settings.calendar_overrides),
            settings.office_opens,
            settings.office_closes,
        ),
        stations=data_files.stations(settings.stations_file),
        release=releasing.release,
        notices=data_files.notices(settings.notices_dir),
        erasure=erasure,
        now=now,
        receipts=SigningKeys.load(settings.keys_dir / RECEIPT_KEYS),
        limiter=RequestLimiter(limits, limit_counts, blind=blind, now=machine),
        floods=floods,
        frontends=data_files.frontends(settings.frontends_file, examples=settings.is_development),
    )


def opened(app: FastAPI, desk: FrontDesk, *, is_development: bool) -> FastAPI:
    """`app` with the routes and pages for writers and for the duty desk."""
    app.state.desk, app.state.duty_queue = desk, DutyQueue(desk)
    app.state.is_development = is_development
    app.include_router(router)
    app.include_router(pages.router)
    return app
