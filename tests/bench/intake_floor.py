"""Intake's floor: `python -m tests.bench.intake_floor`. The plain way to take a letter in.

The same web stack, token check, model, envelopes and durability as intake, one insert of the same
size for each letter, and nothing else: no idempotency, no marks, no encryption at rest, no second
index, no log, no sending.
"""

import os
from collections.abc import Callable

import httpx
import uvicorn
from bson.binary import Binary
from fastapi import FastAPI

from services.intake.api.letters_schemas import NewLetter, Submitted
from services.intake.settings import IntakeSettings
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import SUBMITTED
from shared.contracts.values import Place, Triage
from shared.contracts.words import Contact, Identity, LetterText
from shared.kernel.letter_number import RANDOM_BYTES, new_letter_number
from shared.platform.http.create_app import create_app
from shared.platform.http.identity import Citizen
from shared.platform.http.tokens import Person
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import load
from shared.sealing.envelopes import seal_event
from tests.bench.database import Document, Documents, journalled
from tests.bench.padding import padding
from tests.support.sealers import sealer_in

DOCUMENT_BYTES = "BENCH_DOCUMENT_BYTES"
"""Variable with the size of intake's own document of such a letter."""
OVERHEAD = 120
"""Bytes of a document around its two binary fields."""


def build(settings: IntakeSettings, documents: Documents, *, size: int) -> FastAPI:
    """The application; `size` is that of each document it inserts."""
    sealer = sealer_in(settings.keys_dir / "public.jwks.json")
    app = create_app(
        "Floor",
        settings,
        client=httpx.AsyncClient(timeout=5),
        ready=Readiness({"database": True}),
        now=utc_now,
    )

    @app.post("/v1/letters", status_code=201)
    async def submit(body: NewLetter, person: Citizen) -> Submitted:
        """Seal a letter and insert it."""
        letter, number = event_of(body, person), new_letter_number(os.urandom(RANDOM_BYTES))
        sealed = seal_event(letter, sealer, topic=SUBMITTED.name, letter=number)
        event = sealed.model_dump_json().encode()
        await documents.insert_one(sized(number, event, size=size))
        return Submitted(letter=number, received_at=letter.received_at)

    return app


Build = Callable[..., FastAPI]
"""Makes the application of settings, collection and size of documents."""


def event_of(body: NewLetter, person: Person) -> LetterSubmitted:
    """The event of a letter, with its words in clear text."""
    return LetterSubmitted(
        received_at=utc_now(),
        channel=body.channel,
        lang=body.lang,
        category=body.category,
        addressed_to=body.addressed_to,
        place=Place(city=body.place.city, district=body.place.district),
        consent_to_publish=body.consent_to_publish,
        notice_version=body.notice_version,
        text_sha256="0" * 64,
        triage=Triage(class_="accept"),
        words=LetterText(subject=body.subject, body=body.body),
        contact=Contact(phone=body.contact.phone),
        identity=Identity(
            name=person.name or "-", id_number=person.id_number or "-", phone=person.phone or "-"
        ),
    )


def sized(number: str, event: bytes, *, size: int) -> Document:
    """A document of that many bytes."""
    rest = padding(max(0, size - len(event) - OVERHEAD))
    return {"_id": number, "event": Binary(event), "rest": Binary(rest)}


def serve(build: Build) -> None:
    """Serve the application until stopped."""
    settings = load(IntakeSettings)
    documents = journalled(settings.mongo_uri.get_secret_value(), settings.database)
    uvicorn.run(
        build(settings, documents, size=int(os.environ[DOCUMENT_BYTES])),
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
    )


if __name__ == "__main__":
    serve(build)
