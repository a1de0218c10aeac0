"""The router's work as a FastStream service: `python -m tests.bench.peers.faststream_router …`.

One letter at a time, with an outbox in its document: find it, decide, store it, send its events,
mark them as sent; then FastStream commits. It sorts letters by the same rules and does the same
work on envelopes, documents and records (bare.py), but counts no dates and knows no other rules.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path

import aiokafka
import uvloop
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from pymongo import monitoring

from services.router.settings import RouterSettings
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import SUBMITTED
from shared.contracts.words import LetterText
from shared.platform.kafka.kafka_options import kafka_options
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.settings import load
from shared.rules.classify.sorting import sort
from shared.rules.text.written import Written
from tests.bench.bare import Bare
from tests.bench.database import Document, Documents, journalled
from tests.bench.shape import Shape
from tests.bench.watch import Figures, Watch

LOG = logging.getLogger(__name__)


class NoBureau(Exception):
    """The rules found no bureau; the measured letters all name one."""


def service(settings: RouterSettings, bare: Bare, letters: Documents) -> KafkaBroker:
    """The broker with its one subscriber.

    Without lines for each letter, as its users would run it, and without waiting for more to send:
    it waits for each letter anyhow.
    """
    broker = KafkaBroker(
        settings.kafka_bootstrap,
        acks="all",
        linger_ms=0,
        enable_idempotence=settings.kafka_idempotent,
        metadata_max_age_ms=kafka_options(settings)["metadata_max_age_ms"],
        logger=LOG,
        log_level=logging.DEBUG,
    )

    @broker.subscriber(
        SUBMITTED.name,
        group_id="router",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        session_timeout_ms=settings.kafka_session_ms,
        heartbeat_interval_ms=settings.kafka_heartbeat_ms,
    )
    async def route(submitted: LetterSubmitted, message: KafkaMessage) -> None:
        number, cause = key_of(message), message.headers["ce_id"]
        document = await letters.find_one({"_id": number})
        if document is None:
            document = routed(number, submitted, bare=bare, cause=cause)
            await letters.insert_one(document)
        if "sent_at" not in document:
            await send(broker, document)
            await letters.update_one({"_id": number}, {"$set": {"sent_at": utc_now()}})

    return broker


def key_of(message: KafkaMessage) -> str:
    """The letter number. Raises: TypeError, for an unrequested batch."""
    if isinstance(message.raw_message, tuple):
        raise TypeError("one message at a time")
    key: bytes = message.raw_message.key
    return key.decode()


def routed(number: str, submitted: LetterSubmitted, *, bare: Bare, cause: str) -> Document:
    """The letter's document with its unsent events. Raises: NoBureau."""
    words = opened(submitted, bare=bare, number=number)
    bureau = bureau_of(submitted, words)
    return bare.document(
        number, list(bare.said(number, words, bureau=bureau, cause=cause.encode()))
    )


def opened(submitted: LetterSubmitted, *, bare: Bare, number: str) -> LetterText:
    """The letter's words. Raises: BadEnvelope; TypeError, when nothing came sealed."""
    if not isinstance(submitted.words, Mapping):
        raise TypeError("words travel sealed")
    return bare.opened(submitted.words["router"], number)


def bureau_of(submitted: LetterSubmitted, words: LetterText) -> Bureau:
    """Its bureau, by the router's rules. Raises: NoBureau."""
    written = Written(
        subject=words.subject,
        body=words.body,
        category=submitted.category,
        city=submitted.place.city,
        addressed_to=submitted.addressed_to,
        is_about_police=submitted.about is not None,
    )
    bureau = sort(written, triage=submitted.triage.class_).bureau
    if bureau is None:
        raise NoBureau
    return bureau


async def send(broker: KafkaBroker, document: Document) -> None:
    """All that the letter leads to, in order, until it is acknowledged."""
    under_way = [
        await broker.publish(
            one["value"],
            one["topic"],
            key=one["key"],
            headers={name: value.decode() for name, value in one["headers"]},
            no_confirm=True,
        )
        for one in document["log"]
    ]
    await asyncio.gather(*under_way)


async def serve(settings: RouterSettings, shape: Shape, *, count: int) -> Figures:
    """Route that many letters, and return the figures."""
    found: list[Figures] = []

    def note(figures: Figures) -> None:
        found.append(figures)
        app.exit()

    watch = Watch(count, done=note)
    watch.over_envelopes()
    monitoring.register(watch)
    consumer = aiokafka.AIOKafkaConsumer
    aiokafka.AIOKafkaConsumer = lambda *given, **named: watch.over(consumer(*given, **named))
    letters = journalled(settings.mongo_uri.get_secret_value(), settings.database)
    app = FastStream(service(settings, Bare(settings, shape), letters), logger=LOG)
    await app.run()
    return found[0]


def main(count: int, result: Path, *, shape: Path) -> None:
    """Route `count` letters, and write down what that was like."""
    sizes = Shape.of(json.loads(shape.read_text()))
    figures = uvloop.run(serve(load(RouterSettings), sizes, count=count))
    result.write_text(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), shape=Path(sys.argv[3]))
