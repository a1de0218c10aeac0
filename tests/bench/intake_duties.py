"""Intake's floor with intake's duties: `python -m tests.bench.intake_duties`.

It adds to the floor: triage, marks on the writer's own values, limits, an idempotency record, blind
indexes, words sealed at rest, intake's indexes and a signed receipt. Each write and read is a
command of its own. It has no flood detection, no log, no outbox and sends nothing.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic_core import to_json
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError

from services.intake.api.letters_schemas import NewLetter, Submitted
from services.intake.domain.pii_spans import marked, own_values
from services.intake.settings import IntakeSettings
from services.intake.store import INDEXES, document_hash, phone_hash
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import SUBMITTED
from shared.contracts.words import Clear, Contact, Identity, LetterText
from shared.kernel.letter_number import RANDOM_BYTES, new_letter_number
from shared.kernel.letter_receipts import receipt_of, text_digest
from shared.platform.crypto.key_ring import BlindIndex, KeyRing
from shared.platform.crypto.signing_keys import RECEIPT_KEYS, SigningKeys
from shared.platform.http.create_app import create_app
from shared.platform.http.identity import Citizen
from shared.platform.http.parameters import IdempotencyKey
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import load
from shared.rules.classify.triage import triaged
from shared.rules.text.written import Written
from shared.sealing.envelopes import Sealer, seal_event
from tests.bench.database import Document, Documents
from tests.bench.intake_floor import event_of, serve, sized
from tests.support.sealers import sealer_in

SALT = "0" * 32


@dataclass(frozen=True)
class Duties:
    """Keys and collections."""

    letters: Documents
    blind: BlindIndex
    ring: KeyRing
    receipts: SigningKeys
    sealer: Sealer
    size: int
    """Bytes of each letter's document."""

    async def count(self, owner: str) -> None:
        """Count the letter for its writer and the day, and read the count."""
        limits, day = self.letters.database["limits"], {"_id": self.blind.of("limit", owner)}
        await limits.update_one(day, {"$inc": {"burst": 1, "day": 1}}, upsert=True)
        await limits.find_one(day)

    async def draw(self, owner: str, key: str, *, digest: str) -> str:
        """A number under the idempotency key."""
        number = new_letter_number(os.urandom(RANDOM_BYTES))
        record = {"_id": self.blind.of("submission", owner, key), "letter": number}
        keys = self.letters.database["idempotency"]
        try:
            await keys.insert_one({**record, "request": digest, "at": utc_now()})
        except DuplicateKeyError:
            found = await keys.find_one({"_id": record["_id"]})
            return str(found and found["letter"])
        return number

    def document(self, number: str, letter: LetterSubmitted, *, owner: str) -> Document:
        """The letter as it is stored: sealed for its readers, and at rest."""
        sealed = seal_event(letter, self.sealer, topic=SUBMITTED.name, letter=number)
        document = sized(number, sealed.model_dump_json().encode(), size=self.size)
        identity = letter.identity if isinstance(letter.identity, Identity) else None
        kept: dict[str, Any] = {
            kind: self.ring.seal(words.plaintext(), letter=number, field=kind)
            for kind, words in (("words", letter.words), ("identity", identity))
            if isinstance(words, Clear)
        }
        if identity is not None:
            hashed = document_hash(self.blind, identity.document_type, number=identity.id_number)
            kept |= {"by_document": hashed, "by_phone": phone_hash(self.blind, identity.phone)}
        rest = document["rest"][len(to_json(kept)) :]
        return {
            **document,
            **kept,
            "rest": rest,
            "owner": owner,
            "received_at": letter.received_at,
            "dated_by": "table",
        }

    def receipt(self, number: str, body: NewLetter, at: datetime) -> dict[str, Any]:
        """A signed receipt."""
        digest = text_digest(body.subject, body.body, salt=SALT)
        return self.receipts.sign(receipt_of(number, at, text_sha256=digest, salt=SALT), at=at)


def build(settings: IntakeSettings, documents: Documents, *, size: int) -> FastAPI:
    """The application; `size` is that of each document it inserts."""
    keys = settings.keys_dir
    duties = Duties(
        documents,
        BlindIndex.load(keys / "intake.secrets.json"),
        KeyRing.load(keys / "intake.ring.json"),
        SigningKeys.load(keys / RECEIPT_KEYS),
        sealer_in(keys / "public.jwks.json"),
        size,
    )
    app = create_app(
        "Floor with duties",
        settings,
        client=httpx.AsyncClient(timeout=5),
        ready=Readiness({"database": True}),
        now=utc_now,
    )

    @app.post("/v1/letters", status_code=201)
    async def submit(body: NewLetter, person: Citizen, key: IdempotencyKey) -> Submitted:
        """Do everything for a letter, one step after the other."""
        triaged(Written(body.subject, body.body, city=body.place.city))
        owner = duties.blind.of("owner", person.sub)
        digest = duties.blind.of("letter", body.digest_of())
        letter = event_of(body, person)
        await duties.count(owner)
        number = await duties.draw(owner, key, digest=digest)
        letter = letter.model_copy(update={"words": _marked(letter)})
        await documents.insert_one(duties.document(number, letter, owner=owner))
        receipt = duties.receipt(number, body, letter.received_at)
        return Submitted.model_validate(
            {"letter": number, "received_at": letter.received_at, "receipt": receipt}
        )

    return app


def _marked(letter: LetterSubmitted) -> LetterText | None:
    words, identity, contact = letter.words, letter.identity, letter.contact
    if not isinstance(words, LetterText) or not isinstance(identity, Identity):
        return None
    return marked(words, own_values(identity, contact if isinstance(contact, Contact) else None))


def prepare(settings: IntakeSettings) -> None:
    """Make intake's indexes."""
    with MongoClient[Document](settings.mongo_uri.get_secret_value()) as client:
        for index in INDEXES["letters"]:
            letters = client[settings.database]["letters"]
            letters.create_index(list(index.keys), sparse=index.sparse)


if __name__ == "__main__":
    prepare(load(IntakeSettings))
    serve(build)
