"""All possible events: hypothesis strategies made from the JSON Schemas."""

import json
import math
import string
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from shared.contracts.bureau_v1 import ActionRefused
from shared.contracts.catalogue import EVENTS, ON_TOPIC
from shared.contracts.envelope import Envelope, envelope
from shared.contracts.event import Action, Event
from shared.contracts.topics import BY_NAME

EXAMPLES = Path(__file__).parents[2] / "shared" / "contracts" / "examples"
EARLIEST, LATEST = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2100-01-01")
"""Without a zone, which is how Hypothesis takes its bounds."""

BASE64URL = string.ascii_letters + string.digits + "-_"
TYPES = sorted(EVENTS)
PLACES = sorted(
    (event.type, name)
    for name, events in ON_TOPIC.items()
    for event in events
    if BY_NAME[name].bureau in {None, "province", "guangzhou"}
)
"""Every event with every topic that it may be on, two bureaus standing for all."""

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def example(event_type: str) -> dict[str, Any]:
    """The committed example of that type."""
    loaded: dict[str, Any] = json.loads((EXAMPLES / f"{event_type}.json").read_text("utf-8"))
    return loaded


def from_example(event_type: str, topic: str | None = None) -> tuple[Envelope[Event], str]:
    """The committed example as an envelope without a trace, and its topic (or another one)."""
    loaded = example(event_type)
    place, about = topic or loaded["topic"], loaded["envelope"]
    made = envelope(
        place,
        about["subject"],
        data=EVENTS[event_type].model_validate_json(json.dumps(loaded["data"])),
        time=datetime.fromisoformat(about["time"]),
        sequence=about.get("sequence"),
        cause=about.get("cause"),
    )
    assert topic or (made.id, made.source) == (about["id"], about["source"])
    return made, place


@cache
def data_of(event: type[Event]) -> st.SearchStrategy[dict[str, Any]]:
    """JSON data that the schema of `event` allows."""
    schema = event.model_json_schema()
    return from_schema(schema, schema.get("$defs", {}))


@cache
def envelopes(event: type[Event], topic: str) -> st.SearchStrategy[Envelope[Event]]:
    """Envelopes in which such an event may go to that topic."""
    parsed = data_of(event).map(lambda data: event.model_validate_json(json.dumps(data)))
    unordered = issubclass(event, Action) or not BY_NAME[topic].is_sequenced
    ordered = st.integers(1, 2**53 - 1)
    numbers: st.SearchStrategy[int | None] = st.none() if unordered else ordered
    if event is ActionRefused:
        numbers = st.one_of(st.none(), ordered)
    return st.builds(
        lambda data, sequence, subject, time, cause: envelope(
            topic, subject, data=data, time=time, sequence=sequence, cause=cause
        ),
        parsed,
        numbers,
        st.from_regex(r"GD-[0-9A-Z]{4}(-[0-9A-Z]{4}){3}-[0-9A-Z]", fullmatch=True),
        st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
        st.from_regex(r"[a-z./0-9-]{1,40}", fullmatch=True),
    )


def from_schema(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    """JSON that the schema allows; understands what pydantic writes for the contracts."""
    if "$ref" in schema:
        return from_schema(defs[schema["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in schema:
        return st.one_of([from_schema(choice, defs) for choice in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    match schema["type"]:
        case "object":
            return _object(schema, defs)
        case "array":
            least = schema.get("minItems", 0)
            most = min(schema.get("maxItems", 3), least + 2)
            return st.lists(from_schema(schema["items"], defs), min_size=least, max_size=most)
        case kind:
            return _scalar(kind, schema)


def _object(schema: dict[str, Any], defs: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "patternProperties" in schema:
        return st.dictionaries(
            st.sampled_from(["router", "intake", "bureau:guangzhou"]), _jwe(), min_size=1
        )
    fields = {name: from_schema(field, defs) for name, field in schema["properties"].items()}
    needed = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name in needed},
        optional={name: field for name, field in fields.items() if name not in needed},
    )


def _scalar(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    match kind:
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "integer":
            return st.integers(schema["minimum"], schema["maximum"])
        case "number":
            return st.floats(schema["minimum"], schema["maximum"])
        case _:
            return _text(schema)


def _text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    match schema.get("format"):
        case "date":
            return st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(date.isoformat)
        case "date-time":
            return st.datetimes(EARLIEST, LATEST).map(lambda naive: naive.isoformat() + "Z")
        case "uuid":
            return st.uuids().map(str)
        case _:
            return _bounded(schema)


def _bounded(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        most = schema.get("maxLength", math.inf)
        fitting = st.from_regex(schema["pattern"].replace("$", r"\Z"))
        return fitting.filter(lambda text: len(text) <= most)
    return st.text(
        st.characters(exclude_categories=["Cs"]),
        min_size=schema.get("minLength", 0),
        max_size=min(schema["maxLength"], 30),
    )


def _jwe() -> st.SearchStrategy[str]:
    part = st.text(BASE64URL, min_size=1, max_size=20)
    return st.lists(part, min_size=5, max_size=5).map(".".join)
