"""Sealing and opening of words: in flight for each reader, at rest under the service's key ring.

Domains hold words in the clear, in memory only; everything that leaves the process passes here.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from shared.contracts import envelope
from shared.contracts.event import Event
from shared.contracts.text import CAME_BEFORE
from shared.contracts.topics import bureau_of
from shared.contracts.words import Clear
from shared.platform.crypto.key_metrics import WITHHELD
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.kafka.bus import Inbound
from shared.platform.letters.bad_actions import ACTION_ID
from shared.platform.letters.service_decider import Record, S
from shared.sealing.envelopes import Opener, Sealer, has_words, open_event, seal_event


@dataclass(frozen=True, slots=True, repr=False)
class Seals:
    """The keys of one service."""

    service: str
    ring: KeyRing
    sealer: Sealer
    opener: Opener

    def read(self, raw: Inbound) -> Record:
        """Read a record's envelope and open the words for this service.

        Raises: Unreadable, if it isn't one of ours; BadEnvelope, if its words can't be opened.
        """
        sealed = envelope.from_record(
            envelope.Foreign(raw.key, raw.value, raw.headers), topic=raw.topic
        )
        if sealed.sequence is None and bureau_of(raw.topic) and not ACTION_ID.fullmatch(sealed.id):
            raise envelope.Unreadable("bad_id")
        data = open_event(
            sealed.data,
            self.opener,
            reader=self.service,
            topic=raw.topic,
            letter=sealed.subject,
        )
        return Record(replace(sealed, data=data), raw)

    def seal(self, event: Event, *, topic: str, letter: str) -> Event:
        """Return `event` with its words sealed for those who may read it on `topic`.

        A bureau without a valid key gets it without words (ADR-0013). Raises: NoKey, for other
        readers.
        """
        bureau = bureau_of(topic)
        if bureau and has_words(event) and self.sealer.lack(f"bureau:{bureau}"):
            WITHHELD.inc()
            event = event.map_words(_without_clear)
        return seal_event(event, self.sealer, topic=topic, letter=letter)

    def seal_state(self, adapter: TypeAdapter[S], state: S, *, letter: str) -> Any:
        """The stored form: JSON values, words as ciphertext bound to the letter and their kind."""

        def seal(kind: str, plain: dict[str, Any]) -> str:
            return self.ring.seal(to_json(plain), letter=letter, field=kind)

        return adapter.dump_python(state, mode="json", context={"seal": seal})

    def open_state(self, adapter: TypeAdapter[S], kept: Any, *, letter: str) -> S:
        """Read the stored form. Raises: CannotOpen."""

        def opened(kind: str, sealed: str) -> Any:
            return json.loads(self.ring.open(sealed, letter=letter, field=kind))

        return adapter.validate_python(kept, context={"open": opened, **CAME_BEFORE})


def _without_clear(_: str, words: Any) -> Any:
    """Remove clear words; keep words sealed elsewhere, whose reader has the key."""
    return None if isinstance(words, Clear) else words
