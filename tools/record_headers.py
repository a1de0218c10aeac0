"""JSON Schemas of record headers, by kind of writer and reader."""

from collections.abc import Mapping
from typing import Final

from shared.contracts.attributes import ALWAYS, AMONG_US, SOMETIMES
from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.catalogue import ACTIONS, ON_TOPIC
from shared.contracts.event import Event
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import RELEASES, letters_of
from tools.schemas import FORMATS, Json, View

_SLUGS: Final = f"({'|'.join(BUREAUS)})"
_ATTRIBUTE: Final = r"^[\x21-\x7e]{1,255}$"
_SUBJECT: Final = r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}"
_NUMBER: Final = "[1-9][0-9]{0,15}"
_PATTERNS: Final[Mapping[str, str]] = {
    "content-type": "^application/json *(;.*)?$",
    "ce_specversion": r"^1\.0$",
    "ce_subject": f"^{_SUBJECT}$",
    "ce_time": FORMATS["date-time"],
    "ce_sequence": f"^{_NUMBER}$",
    "ce_letterversion": f"^(0|{_NUMBER})$",
    "traceparent": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
}
_UUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ROUTER: Final = "^/services/router$"
_LETTERS: Final = rf"bureau\.{_SLUGS}\.letters"
_ORDERED: Final = ("ce_sequence",)


def record_headers(view: View) -> dict[str, Json]:
    """The header schemas that a document needs, by name."""
    kinds = {
        "ActionHeaders": _action(),
        "LetterHeaders": _from_router(rf"^{_LETTERS}/{_SUBJECT}/{_NUMBER}$", _ORDERED),
        "RefusalHeaders": _from_router(rf"^{_LETTERS}/({_SUBJECT}/{_NUMBER}|refused/.+)$", ()),
        "KeyHeaders": _from_router(rf"^mailbox\.keys/{_SUBJECT}/{_NUMBER}$", _ORDERED),
    }
    if view == "suite":
        kinds["InternalHeaders"] = _schema({**ALWAYS, **SOMETIMES, **AMONG_US})
        public = {**ALWAYS, "ce_sequence": SOMETIMES["ce_sequence"]}
        kinds["PublicHeaders"] = _schema(public, also=_ORDERED)
    return kinds


def headers_of(event: type[Event], view: View) -> str:
    """The name of that event's header schema."""
    if event in ACTIONS:
        return "ActionHeaders"
    if event is ActionRefused:
        return "RefusalHeaders"
    if event is KeyChanged:
        return "KeyHeaders"
    if event in ON_TOPIC[RELEASES.name]:
        return "PublicHeaders"
    topics = {name for name, events in ON_TOPIC.items() if event in events}
    is_told = view == "bureau" or topics <= {letters_of(slug).name for slug in BUREAUS}
    return "LetterHeaders" if is_told else "InternalHeaders"


def _action() -> Json:
    """For actions: without a number, and with the content's id."""
    texts = {**ALWAYS, "ce_cause": SOMETIMES["ce_cause"]}
    schema = _schema(texts, without=("content-type",))
    properties = schema["properties"]
    properties["ce_id"] = {
        "type": "string",
        "pattern": f"^{_UUID}$",
        "description": "The content's `action_id`, in lower case with hyphens.",
    }
    properties["ce_source"] = {
        "type": "string",
        "pattern": f"^/bureaus/{_SLUGS}$",
        "description": "`/bureaus/<slug>`, of the bureau whose topic it is.",
    }
    properties["ce_sequence"] = False
    return schema


def _from_router(ids: str, also: tuple[str, ...]) -> Json:
    """For the router's events to outsiders."""
    schema = _schema({**ALWAYS, **SOMETIMES}, also=also)
    schema["properties"]["ce_id"]["pattern"] = ids
    schema["properties"]["ce_source"]["pattern"] = _ROUTER
    return schema


def _schema(
    texts: Mapping[str, str], *, also: tuple[str, ...] = (), without: tuple[str, ...] = ()
) -> Json:
    return {
        "type": "object",
        "required": [name for name in (*ALWAYS, *also) if name not in without],
        "properties": {
            name: {
                "type": "string",
                "pattern": _PATTERNS.get(name, _ATTRIBUTE),
                "description": text,
            }
            for name, text in texts.items()
        },
    }
