"""Composition of the publisher: the only place where its parts meet."""

from functools import partial
from pathlib import Path
from typing import Final

import httpx

from services.publisher import api, pages
from services.publisher.api.dependencies import DailyCounts, EditorialDesk
from services.publisher.domain import Command, decide, evolve, rule_table
from services.publisher.domain.letter import PublisherLetter
from services.publisher.domain.publication import ProblemDeadlines
from services.publisher.domain.withdrawal import forget
from services.publisher.handlers import HANDLERS
from services.publisher.jobs import DailyCounter, DraftGauge, FiguresCounter, SearchFiller
from services.publisher.settings import PublisherSettings
from services.publisher.store import COUNTS, FIGURES, INDEXES, READS, STATE, WRITES, index, outgoing
from shared.platform.app.service import Service
from shared.platform.app.shell import build_shell, load_seals
from shared.platform.crypto.signing_keys import FIGURES_KEYS, SigningKeys
from shared.platform.http.create_app import create_app
from shared.platform.letters.service_decider import ServiceDecider
from shared.platform.runtime import data_files
from shared.platform.runtime.clock import Now
from shared.platform.runtime.process_metrics import show_calendar
from shared.platform.runtime.readiness import Readiness
from shared.web.sign_in_setup import FORMS, install_pages
from shared.web.sign_in_setup import INDEXES as SIGN_IN_INDEXES

HERE: Final = Path(__file__).parent


def rules(deadlines: ProblemDeadlines) -> ServiceDecider[Command, PublisherLetter]:
    """The publisher's rules; `deadlines` computes when problems must be decided."""
    return ServiceDecider(
        service="publisher",
        initial=PublisherLetter(),
        decide=partial(decide, rules=rule_table(deadlines)),
        evolve=evolve,
        state=STATE,
        index=index,
        outgoing=outgoing,
        forget=forget,
        handlers=HANDLERS,
    )


def build(settings: PublisherSettings, *, now: Now | None = None) -> Service:
    """The publisher, not yet started. Raises: BadKeys, BadData."""
    now = now or settings.office_time
    calendar = show_calendar(data_files.calendar(overrides=settings.calendar_overrides))
    ours = rules(ProblemDeadlines(calendar, data_files.policies(settings.policies_dir)))
    shell = build_shell(
        settings,
        ours,
        seals=load_seals(settings, ours.service, now=now),
        reads=READS,
        writes=WRITES,
        now=now,
    )
    to_issuer = httpx.AsyncClient()
    days = shell.database.collection(FIGURES)
    counter = FiguresCounter(shell.documents, days, now=now, pause_s=settings.figures_pause_s)
    keys = SigningKeys.load(settings.keys_dir / FIGURES_KEYS)
    counts = shell.database.collection(COUNTS)
    daily = DailyCounter(
        shell.documents, counts, keys=keys, now=now, pause_s=settings.figures_pause_s
    )
    desk = EditorialDesk(
        shell.documents,
        shell.commands.execute,
        state_of=shell.letters.state,
        figures=counter.latest,
        daily=DailyCounts(counts, keys),
        now=now,
        public_url=(settings.public_url or "").rstrip("/"),
    )
    gauge = DraftGauge(shell.documents, now=now, pause_s=settings.count_pause_s)
    ready = Readiness()
    forms = (*FORMS, *pages.FORMS)
    app = create_app("Publisher", settings, client=to_issuer, ready=ready, now=now, forms=forms)
    install_pages(app, settings, shell=shell, folder=HERE, client=to_issuer, now=now)
    app.state.desk = desk
    app.include_router(api.router)
    app.include_router(pages.router)
    return Service(
        settings=settings,
        shell=shell,
        app=app,
        ready=ready,
        new_consumer=shell.consumer,
        indexes={**INDEXES, **SIGN_IN_INDEXES},
        loops=(gauge.run, counter.run, daily.run, SearchFiller(shell.documents).run),
        close=to_issuer.aclose,
    )
