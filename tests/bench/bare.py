"""The router's work on one letter without the router, for the programs compared with it.

They decrypt and seal the same envelopes with the same library, and store and send as many bytes.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import bson
import orjson

from services.router.settings import RouterSettings
from shared.contracts.bureau_v1 import LetterAssigned
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.words import LetterText
from shared.platform.crypto.key_sets import opener_in
from shared.sealing.envelopes import Address
from tests.bench.database import Document
from tests.bench.padding import padding
from tests.bench.shape import Shape
from tests.support.sealers import sealer_in

OVERHEAD = 20
"""Bytes of a document around the field that fills it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One record that goes out."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


class Bare:
    """The router's keys, and the sizes of its output for a letter."""

    def __init__(self, settings: RouterSettings, shape: Shape) -> None:
        self._opener = opener_in(settings.keys_dir / "router.private.jwks.json")
        self._sealer = sealer_in(settings.keys_dir / "public.jwks.json")
        self._shape = shape

    def opened(self, envelope: str, letter: str) -> LetterText:
        """The words that intake has sealed for the router. Raises: BadEnvelope."""
        address = Address("router", letter, LetterSubmitted.type)
        return self._opener.open(envelope, LetterText, address=address)

    def said(
        self, letter: str, words: LetterText, *, bureau: Bureau, cause: bytes
    ) -> Iterator[Sent]:
        """The events of a letter, its words sealed for its bureau."""
        to_bureau = Address(f"bureau:{bureau}", letter, LetterAssigned.type, 1)
        envelope = self._sealer.seal(words, to_bureau)
        for entry in self._shape.entries:
            topic = entry.topic or f"bureau.{bureau}.letters"
            content = b"" if entry.topic else orjson.dumps({"words": {to_bureau.reader: envelope}})
            yield Sent(
                topic,
                letter.encode(),
                content + padding(entry.value - len(content)),
                entry.headers_of(topic, letter, cause=cause),
            )

    def document(self, letter: str, sent: Sequence[Sent]) -> Document:
        """The stored document of a letter, before its events are sent."""
        log = [
            {
                "topic": one.topic,
                "sequence": entry.sequence,
                "key": one.key,
                "value": one.value,
                "headers": [list(header) for header in one.headers],
            }
            for entry, one in zip(self._shape.entries, sent, strict=True)
        ]
        document: Document = {"_id": letter, "version": 1, "by": uuid.uuid4().hex, "log": log}
        rest = self._shape.document - len(bson.encode(document)) - OVERHEAD
        return document | {"rest": padding(max(0, rest))}
