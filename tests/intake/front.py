"""Intake at work: its shell, its web face, and the writers who ask it."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import time
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from fastapi import APIRouter
from obstore.store import MemoryStore
from starlette.types import ASGIApp

from services.intake import pages, store, wiring
from services.intake.api import router
from services.intake.api.dependencies import FrontDesk, WriterErasure
from services.intake.api.diversion_recording import DiversionRecorder
from services.intake.api.duty_queue import DutyQueue
from services.intake.api.emergency_guard import EmergencyGuardMiddleware
from services.intake.api.files import UPLOADS
from services.intake.api.flood_detection import FloodDetector
from services.intake.api.office_hours import OpeningHours
from services.intake.api.request_limits import RequestLimiter
from services.intake.domain import Command, IntakeState
from services.intake.domain.letter import IntakeLetter
from services.intake.files.cleaning import FileCleaner
from services.intake.files.file_desk import FileDesk
from services.intake.files.scanning import NoScanner
from services.intake.files.sealed_chunks import SealedChunks
from services.intake.jobs import DiversionReleaser, FileScanning, LetterEraser
from services.intake.settings import IntakeSettings
from shared.contracts.event import Event
from shared.contracts.topics import PROGRESS
from shared.kernel.letter_number import new_diversion_number, new_letter_number
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.crypto.signed_exports import ExportSigner
from shared.platform.http.cross_origin import CrossOriginMiddleware
from shared.platform.runtime import data_files
from shared.rules.classify.triage import Rule, triaged
from tests.intake.faces import opened_face, settings, token
from tests.intake.story import (
    ADDRESS,
    EMAIL,
    ID_NUMBER,
    NAME,
    NOON,
    PHONE,
    SECOND_PHONE,
    TEXT,
    WECHAT,
)
from tests.support.doubles import Clock, Memory
from tests.support.keyring import signing_keys
from tests.support.pictures import picture
from tests.support.sealed_shell import BLIND, SealedShell, running, sealed_shell, seals
from tests.support.watching import Watch, unwatched

CITIZEN = {"name": NAME, "id_number": ID_NUMBER, "phone_number": PHONE}
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "chen": CITIZEN,
    "huang": {"name": "黄大可", "id_number": "440299198501010029", "phone_number": "15400004444"},
    "no-phone": {"name": NAME, "id_number": ID_NUMBER},
    "no-name": {"id_number": ID_NUMBER, "phone_number": PHONE},
    "lin": {"roles": ["triage"]},
    "lin-by-name": {**CITIZEN, "roles": ["triage"]},
}

READING_ROOM = "https://letters.example"
ORIGINS = data_files.frontends().origins
DRAWN: Mapping[store.Kind, Callable[[bytes], str]] = {
    "letter": new_letter_number,
    "diversion": new_diversion_number,
}
SAID = f"我是{NAME}，还是没修好"
RATING: Mapping[str, Any] = {"solved": True, "score": 5, "comment": "好"}
ASKS: dict[str, Mapping[str, Any]] = {
    "answer": {"question": 1, "text": SAID},
    "addition": {"text": SAID},
    "rating": RATING,
    "reopening": {"text": SAID},
    "appeal": {"text": SAID},
    "withdrawal": {"reason": "settled"},
}
"""A writer's requests about a letter, by the last part of the path."""
CHANGES: dict[str, Mapping[str, Any]] = {
    "consent": {"to_publish": False},
    "contact": {"contact": {"phone": PHONE}},
}
"""Decisions that a writer makes alone."""


def body(**over: Any) -> dict[str, Any]:
    """A letter as the frontend sends it, also if its writer has one like it."""
    given: dict[str, Any] = {
        "subject": f"{NAME}反映路牌",
        "body": TEXT,
        "category": "request",
        "place": {"city": "guangzhou", "district": "440104", "detail": "无名路口"},
        "lang": "zh",
        "channel": "wechat",
        "consent_to_publish": True,
        "contact": {"phone": SECOND_PHONE, "email": EMAIL, "wechat": WECHAT},
        "address": ADDRESS,
        "send_anyway": "same_matter",
    }
    return {name: value for name, value in (given | over).items() if value is not ...}


@dataclass
class Front:
    """Intake and its HTTP client."""

    shelf: SealedShell[Command, IntakeState]
    keys: Memory
    """Letter numbers by idempotency key."""
    backlog: store.Backlog
    client: httpx.AsyncClient
    releasing: DiversionReleaser
    readings: Memory
    """Who has read which diversion."""
    drafts: Memory
    files: Memory
    """Records of files."""
    objects: MemoryStore
    """Their bytes, sealed."""
    file_desk: FileDesk
    scanning: FileScanning
    _names: Iterator[int] = field(default_factory=count)

    async def submit(
        self, who: str = "chen", *, key: str | None = None, **over: Any
    ) -> httpx.Response:
        """Send a letter."""
        name = key or f"letter-key-{next(self._names):05}"
        return await self.post("/v1/letters", body(**over), who=who, key=name)

    async def taken_in(self, who: str = "chen", **over: Any) -> str:
        """The number of a letter that was taken in."""
        answer = await self.submit(who, **over)
        assert answer.status_code == 201, answer.text
        number: str = answer.json()["letter"]
        return number

    async def upload(
        self, content: bytes, who: str | None = "chen", **headers: str
    ) -> httpx.Response:
        """Send a file."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(
            "/v1/files", content=content, headers=self.headers(who) | named
        )

    async def uploaded(self, who: str = "chen", *, content: bytes | None = None) -> str:
        """The id of a file that was received."""
        answer = await self.upload(content or picture(), who)
        assert answer.status_code == 201, answer.text
        file: str = answer.json()["file"]
        return file

    async def post(
        self,
        path: str,
        content: Any,
        *,
        who: str | None = "chen",
        key: str | None = "key-00001",
        **headers: str,
    ) -> httpx.Response:
        """Send JSON, or the bytes of a body as they are."""
        named = {"content-type": "application/json"} | self.headers(who)
        named |= {"idempotency-key": key} if key is not None else {}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = content if isinstance(content, bytes) else json.dumps(content).encode()
        answer = await self.client.post(path, content=sent, headers=named)
        await self.shelf.quiet()
        return answer

    async def get(self, path: str, who: str | None = "chen", **params: Any) -> httpx.Response:
        """Read as one of the writers."""
        return await self.client.get(path, params=params, headers=self.headers(who))

    async def progress(self, letter: str, *facts: Event) -> None:
        """The router emits these."""
        await self.shelf.hear_events(PROGRESS.name, letter, *facts)

    async def letter(self, number: str) -> IntakeLetter:
        """Intake's state of it."""
        state = await self.shelf.letters.state(number)
        assert isinstance(state, IntakeLetter)
        return state

    def headers(self, who: str | None) -> dict[str, str]:
        """A sign-in; an unknown name is a citizen's, too."""
        if who is None:
            return {}
        claims = {"client_id": "development", **PEOPLE.get(who, CITIZEN)}
        given = token(who, at=self.shelf.now(), **claims)
        return {"authorization": f"Bearer {given}"}


def _numbers(keys: Memory, now: Clock) -> store.Numbers:
    """Numbers in the order of their drawing."""
    drawn = count(1)
    return store.Numbers(
        keys, now=now, draw=lambda kind: DRAWN[kind](next(drawn).to_bytes(10, "big"))
    )


class FileParts(NamedTuple):
    """Files: their records, their bytes, the desk and the loop that scans them."""

    records: Memory
    objects: MemoryStore
    desk: FileDesk
    scanning: FileScanning


def _files(shelf: SealedShell[Command, IntakeState]) -> FileParts:
    """Files in memory, cleaned by real processes and passed unscanned."""
    kept, objects, ring = Memory(), MemoryStore(), shelf.seals.ring
    records = store.FileRecords(kept, ring, now=shelf.now)
    desk = FileDesk(records, SealedChunks(objects, ring), cleaner=FileCleaner())
    scanning = FileScanning(desk, NoScanner(), tell=shelf.commands.execute, now=shelf.now)
    return FileParts(kept, objects, desk, scanning)


@dataclass(frozen=True)
class Limiting:
    """How much people may send: `factor` times as much as in production; and where it is counted.

    `layers`: those that find out a client's address.
    """

    factor: int = 1
    store: Memory | None = None
    layers: Sequence[Callable[[ASGIApp], ASGIApp]] = ()

    def limiter(self, blind: BlindIndex, now: Clock) -> RequestLimiter:
        """What the routes ask."""
        counts = store.LimitCounts(Memory() if self.store is None else self.store, now=now)
        limits = data_files.request_limits(factor=self.factor)
        return RequestLimiter(limits, counts, blind=blind, now=now)


OWN_LAYERS: Sequence[Callable[[ASGIApp], ASGIApp]] = (
    pages.LeftMiddleware,
    EmergencyGuardMiddleware,
    partial(CrossOriginMiddleware, origins=ORIGINS),
)
RECEIPTS = signing_keys("receipts-1")
UNLIMITED = Limiting(1_000)


def _eraser(shelf: SealedShell[Command, IntakeState], files: FileParts) -> LetterEraser:
    """What erases parts of letters, with a ledger of its own."""
    return LetterEraser(
        shelf.documents,
        shelf.letters.state,
        tell=shelf.commands.execute,
        ledger=store.ErasureLedger(Memory()),
        files=files.desk,
        now=shelf.now,
    )


def _state(
    kept: IntakeSettings, desk: FrontDesk, shelf: SealedShell[Command, IntakeState]
) -> dict[str, Any]:
    """What the routes and pages find in the application's state."""
    return {
        "desk": desk,
        "duty_queue": DutyQueue(desk),
        "is_development": False,
        "writers_pages_at": "https://mailbox.example.cn",
        "citizen_pages": replace(
            pages.CitizenPages.of(kept), client="mailbox-pages", public_url=READING_ROOM
        ),
        "export_signer": ExportSigner(shelf.seals.ring, "intake"),
    }


@asynccontextmanager
async def front(
    folder: Path,
    *,
    most_unsent: int = 10_000,
    rules: Iterable[Rule] = (),
    watch: Watch = unwatched,
    limiting: Limiting = UNLIMITED,
    **limits: int,
) -> AsyncIterator[Front]:
    """Intake on a Tuesday at noon with these triage rules alone; `watch` records its decisions."""
    now, keys, own, readings = Clock(NOON), Memory(), seals("intake"), Memory()
    drafts = Memory()
    numbers = _numbers(keys, now)
    limiter = limiting.limiter(BLIND, now)
    async with (
        sealed_shell(watch(wiring.rules(own, BLIND)), own, now=now) as shelf,
        running(numbers.run()),
        running(limiter.run()),
    ):
        tell = shelf.commands.execute
        files = _files(shelf)
        releaser = DiversionReleaser(
            shelf.documents, shelf.letters.state, files=files.desk.records, tell=tell, now=now
        )
        backlog = store.Backlog(shelf.documents, most=most_unsent, now=now)
        floods = FloodDetector()
        desk = FrontDesk(
            shelf.commands,
            shelf.letters,
            shelf.documents,
            numbers,
            backlog,
            files.desk,
            BLIND,
            diversions=DiversionRecorder(
                shelf.commands, numbers, shelf.documents, data_files.policies(), now, floods
            ),
            readings=store.Readings(readings, now=now),
            look_ups=store.LookUps(Memory(), now=now),
            drafts=store.LetterDrafts(drafts, own.ring, now=now),
            hours=OpeningHours(data_files.calendar(), time(9), time(17, 30)),
            stations=data_files.stations(),
            triage=partial(triaged, rules=rules),
            release=releaser.release,
            erasure=WriterErasure(data_files.retention(), _eraser(shelf, files)),
            now=now,
            limiter=limiter,
            receipts=RECEIPTS,
            floods=floods,
            frontends=data_files.frontends(),
        )
        kept, whole = settings(IntakeSettings, folder), _routes()
        layers = (*OWN_LAYERS, *limiting.layers)
        parts: dict[str, Any] = {"layers": layers, **_state(kept, desk, shelf), **limits}
        async with opened_face(
            kept, whole, now=now, forms=pages.FORMS, uploads={**UPLOADS, **pages.UPLOADS}, **parts
        ) as client:
            yield Front(shelf, keys, backlog, client, releaser, readings, drafts, *files)


@cache
def _routes() -> APIRouter:
    """Those of the API and of the pages."""
    whole = APIRouter()
    whole.include_router(router)
    whole.include_router(pages.router)
    return whole
