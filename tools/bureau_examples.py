"""Examples of a bureau's events, sealed under publicly known keys.

The private keys are those of RFC 7515 and RFC 7517; the router refuses them. Sealing never gives
the same result twice, so `python -m tools.contracts examples` only adds missing examples.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from joserfc.jwk import ECKey

from shared.contracts.catalogue import ACTIONS, COPIED, TO_BUREAUS
from shared.contracts.envelope import envelope
from shared.contracts.event import Event, Fact, kind_of_words
from shared.contracts.keys_v1 import HolderKey, PublicJwk
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.topics import letters_of
from shared.contracts.words import (
    Clear,
    Comment,
    Conversation,
    Identity,
    LetterText,
    Note,
    Reason,
    ReplyText,
    Turn,
    WriterText,
)
from shared.sealing.compact_jwe import of_private_jwk
from shared.sealing.envelopes import Sealer, seal_event
from shared.sealing.key_directory import KeyDirectory

ROOT = Path(__file__).parent.parent / "shared" / "contracts"
EXAMPLES, OF_BUREAU = ROOT / "examples", ROOT / "bureau_examples"
SLUG: Final[Bureau] = "guangzhou"
READER: Final = f"bureau:{SLUG}"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

Json: TypeAlias = dict[str, Any]

KEYS: Final[dict[str, Json]] = {
    "router": {
        "kty": "EC",
        "crv": "P-256",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
        "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
    },
    READER: {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    },
}
"""RFC 7517, appendix A.2, and RFC 7515, appendix A.3."""
TEXTS: Final[tuple[Clear, ...]] = (
    LetterText(subject="红绿灯不亮", body="村口的红绿灯坏了三个月，车开得很快。"),
    Identity(name="陈一", id_number="440100199001010000", phone="13800000000"),
    Conversation(turns=(Turn(at=SINCE, who="writer", text="村口的红绿灯坏了。"),)),
    Comment(text="谢谢，灯亮了。"),
    WriterText(text="事发在上周三下午。"),
    ReplyText(text="您好，红绿灯已修好。"),
    Note(text="已电话核对。"),
    Reason(text="需现场勘查。"),
)
"""One invented text for each kind of words that a bureau reads or writes."""


def private_jwks() -> Json:
    """The key set that opens the examples."""
    return {"keys": [{**jwk, "kid": holder} for holder, jwk in KEYS.items()]}


def private_key(holder: str) -> ECKey:
    """One of these keys."""
    return of_private_jwk(KEYS[holder])


def example_of(event: type[Event]) -> Json:
    """The example of that event on a bureau's topics, or on `mailbox.keys`."""
    folder = OF_BUREAU if event in TO_BUREAUS | ACTIONS else EXAMPLES
    loaded: Json = json.loads((folder / f"{event.type}.json").read_text(encoding="utf-8"))
    return loaded


def write_missing() -> int:
    """Write the missing examples of events on a bureau's topics."""
    OF_BUREAU.mkdir(exist_ok=True)
    for event in sorted(TO_BUREAUS | ACTIONS, key=lambda kind: kind.type):
        path = OF_BUREAU / f"{event.type}.json"
        if not path.exists():
            path.write_text(_json(_made(event)), encoding="utf-8")
    return 0


def _made(event: type[Event]) -> Json:
    suite = json.loads((EXAMPLES / f"{event.type}.json").read_text(encoding="utf-8"))
    suite_envelope = suite["envelope"]
    is_copy = event in COPIED or event is IdentityWithheld
    topic: str = letters_of(SLUG).name if is_copy else suite["topic"]
    data = event.model_validate_json(json.dumps(suite["data"]))
    if isinstance(data, Fact):
        data = data.model_copy(update={"by": data.by.model_copy(update={"staff": None})})
    if "kid" in type(data).model_fields:
        data = data.model_copy(update={"kid": READER})
    clear = data.map_words(lambda field, _: _text(event, field))
    made = envelope(
        topic,
        suite_envelope["subject"],
        data=seal_event(clear, _sealer(), topic=topic, letter=suite_envelope["subject"]),
        time=datetime.fromisoformat(suite_envelope["time"]),
        sequence=suite_envelope.get("sequence"),
        cause=suite_envelope.get("cause"),
    )
    about = {
        name: suite_envelope[name]
        for name in ("type", "subject", "time", "sequence", "cause")
        if name in suite_envelope
    }
    return {
        "topic": topic,
        "envelope": {"id": made.id, "source": made.source, **about},
        "data": json.loads(made.data.model_dump_json()),
    }


def _text(event: type[Event], field: str) -> Clear:
    kind = kind_of_words(event, field)
    return next(text for text in TEXTS if type(text) is kind)


def _sealer() -> Sealer:
    directory = KeyDirectory()
    for holder, jwk in KEYS.items():
        public = PublicJwk.model_validate(jwk)
        key = HolderKey(kid=holder, jwk=public, fingerprint=public.fingerprint, valid_from=SINCE)
        directory.take(holder, (key,), sequence=1)
    return Sealer(directory, now=lambda: SINCE)


def _json(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
