"""The JSON Schemas that we publish for programmers of any language.

A model defines what both sides must keep forever. The published schema adds what readers refuse:
instants without Z, missing readers, and actions that the router refuses for any letter. A record
that is valid by it is refused only because of its envelopes' content or the letter's state.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from pydantic.json_schema import models_json_schema

from services.router.domain.replies import ELSEWHERE, NEEDS_FINDING
from shared.contracts import actions_v1 as actions
from shared.contracts.catalogue import ACTIONS, TO_BUREAUS
from shared.contracts.event import Action, Event, kind_of_words, models_in
from shared.contracts.words import Clear

Json: TypeAlias = dict[str, Any]
View: TypeAlias = Literal["suite", "bureau"]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
URN: Final = "urn:gd-mailbox:"
FORMATS: Final[Mapping[str, str]] = {
    "date-time": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?Z$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "uuid": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
}
"""For validators that ignore `format`; only instants with Z are accepted."""
FORBIDDEN: Final = (
    r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
"""Characters forbidden in texts; a test compares them with the rule itself."""
BLANK: Final = (
    r"\u0009\u000a\u0020\u00a0\u00ad\u115f\u1160\u1680\u2000-\u200d\u2028\u2029\u202f\u205f"
    r"\u2060-\u2064\u2800\u3000\u3164\ufeff\uffa0"
)
"""The usual invisible characters."""
TEXT: Final[Json] = {
    "pattern": f"^[^{FORBIDDEN}]*$",
    "allOf": [{"pattern": f"[^{BLANK}]"}],
}
"""The rule for texts of bureaus, as far as a pattern can express it."""
LETTER_NUMBER: Final = "^GD(-[0-9A-Z]{4}){4}-[0-9A-Z]$"
CAMPAIGN: Final = r"^[a-z0-9][a-z0-9_.:\-]{0,63}$"
_ONE_BUREAU: Final[Json] = {
    "propertyNames": {"pattern": "^bureau:[a-z]{1,16}$"},
    "maxProperties": 1,
}
_WORDS: Final[Json] = {
    "type": "object",
    "required": ["words"],
    "properties": {"words": {"type": "object"}},
}


def _needs(name: str) -> Json:
    return {"required": [name], "properties": {name: {"type": "string"}}}


def _like(name: str, pattern: str) -> Json:
    return {"properties": {name: {"type": "string", "pattern": pattern}}}


def _when(field: str, codes: Sequence[str], then: Json) -> Json:
    chosen = {"required": [field], "properties": {field: {"enum": list(codes)}}}
    return {"if": chosen, "then": then}


REFUSED: Final[Mapping[type[Action], tuple[Json, ...]]] = {
    actions.Ask: (_WORDS,),
    actions.Note: (_WORDS,),
    actions.AnswerInstruction: (_WORDS,),
    actions.Fulfil: (_WORDS,),
    actions.Decline: (_WORDS, _when("decline_reason", ELSEWHERE, _needs("where_to_turn"))),
    actions.Reply: (
        _WORDS,
        {"properties": {"commitments": {"type": "array", "items": _WORDS}}},
        _when("outcome", NEEDS_FINDING, _needs("finding")),
        _when("outcome", ("malicious",), _needs("referred_to")),
    ),
    actions.Link: (
        _when("kind", ("duplicate",), _like("with", LETTER_NUMBER)),
        _when("kind", ("campaign",), _like("with", CAMPAIGN)),
    ),
}
"""Required fields of actions for any letter; without them the router answers `bad_value`."""


def model_schema(event: type[Event]) -> Json:
    """The model's own schema, by which released versions are compared."""
    schema = event.model_json_schema(mode="validation")
    return {"$schema": DIALECT, "$id": f"{URN}{event.type}", **schema}


def published_schema(event: type[Event]) -> Json:
    """The schema of one event's data, including what its readers refuse."""
    schema = model_schema(event)
    _demand(event, schema, schema.get("$defs", {}), view="suite")
    return {**_with_patterns(schema)}


def plaintext_schema(kind: type[Clear]) -> Json:
    """The schema of an envelope's content."""
    schema = _ruled(kind, kind.model_json_schema(mode="validation"))
    named = {"$schema": DIALECT, "$id": f"{URN}plaintext:{kind.__name__}"}
    return {**named, **_with_patterns(schema)}


def plaintexts(events: Sequence[type[Event]]) -> tuple[type[Clear], ...]:
    """All kinds of words in these events, by name."""
    kinds = {kind_of_words(event, field) for event in events for field in fields_of_words(event)}
    return tuple(sorted(kinds, key=lambda kind: kind.__name__))


def fields_of_words(event: type[Event]) -> dict[str, tuple[str, ...]]:
    """Fields of words → readers; `commitments.words` if each item of a list has some."""
    within = {f"{outer}.{inner}": who for outer, (inner, who) in event.sealed_within.items()}
    return {**event.sealed, **within}


def needs_words(event: type[Event]) -> bool:
    """Whether the router refuses such an action without words."""
    return issubclass(event, Action) and _WORDS in REFUSED.get(event, ())


def components(shown: Sequence[type[Event]], view: View) -> Json:
    """The schemas of these events and their words, for one document."""
    template = "#/components/schemas/{model}"
    _, made = models_json_schema([(event, "validation") for event in shown], ref_template=template)
    schemas: Json = made["$defs"]
    for event in shown:
        _demand(event, schemas[event.__name__], schemas, view=view)
    for kind in plaintexts(shown):
        schema = _ruled(kind, kind.model_json_schema(mode="validation", ref_template=template))
        schemas |= schema.pop("$defs", {})
        schemas[plaintext_name(kind)] = schema
    return {name: _with_patterns(schema) for name, schema in sorted(schemas.items())}


def plaintext_name(kind: type[Clear]) -> str:
    """The name of that kind of words among a document's schemas."""
    return f"Plaintext{kind.__name__}"


def _demand(event: type[Event], schema: Json, defs: Json, *, view: View) -> None:
    """Add what readers refuse beyond the model."""
    for field, declared in fields_of_words(event).items():
        outer, _, inner = field.partition(".")
        holder = defs[next(models_in(event, outer)).__name__] if inner else schema
        words = holder["properties"][inner or outer]
        _sealed(words).update(_readers(event, declared, view=view))
        words["description"] = _about(event, field, declared, view=view)
    if issubclass(event, Action) and event in REFUSED:
        schema["allOf"] = list(REFUSED[event])


def _sealed(words: Json) -> Json:
    """The alternative of a words field that isn't null."""
    found: Json = next(choice for choice in words["anyOf"] if choice["type"] == "object")
    return found


def _readers(event: type[Event], declared: tuple[str, ...], *, view: View) -> Json:
    if "bureau" in declared or (view == "bureau" and event in TO_BUREAUS):
        return _ONE_BUREAU
    named = {reader: {"type": "string"} for reader in declared}
    among_us: Json = {"required": list(declared), "properties": named}
    return {"anyOf": [among_us, _ONE_BUREAU] if event in TO_BUREAUS else [among_us]}


def _about(event: type[Event], field: str, declared: tuple[str, ...], *, view: View) -> str:
    who = ", ".join(f"`{reader}`" for reader in declared)
    if "bureau" in declared or (view == "bureau" and event in TO_BUREAUS):
        who = "`bureau:<slug>`"
    elif event in TO_BUREAUS:
        who += "; on a bureau's topic `bureau:<slug>` alone"
    gone = "" if event in ACTIONS else " Null once erased, or where nobody wrote anything."
    return f"Reader → compact JWE of {kind_of_words(event, field).__name__}, for {who}.{gone}"


def _ruled(kind: type[Clear], schema: Json) -> Json:
    """Add the rule for texts, if bureaus write words of that kind."""
    if kind in plaintexts(sorted(ACTIONS, key=lambda one: one.type)):
        schema["properties"]["text"] |= TEXT
        schema["description"] += (
            " The text has visible characters, at most eight combining marks on one character, and"
            " lines end with LF alone."
        )
    return schema


def _with_patterns(part: Any) -> Any:
    """Add a pattern beside each format."""
    if isinstance(part, list):
        return [_with_patterns(one) for one in part]
    if not isinstance(part, dict):
        return part
    walked = {name: _with_patterns(one) for name, one in part.items()}
    form = walked.get("format")
    return walked | {"pattern": FORMATS[form]} if isinstance(form, str) else walked
