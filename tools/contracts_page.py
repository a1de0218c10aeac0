"""The page about the contracts for programmers in other languages.

Its text is in `contracts_page.md`; numbers, names and tables are filled in from the code.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Final

from shared.contracts.bureau_v1 import LetterAssigned
from shared.contracts.catalogue import ACTIONS, EVENTS, ON_TOPIC, TO_BUREAUS
from shared.contracts.event import Event, kind_of_words
from shared.contracts.reading import MAX_HEADERS, MAX_RECORD
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import ALL
from shared.contracts.words import LARGEST_WORDS, MAX_ENVELOPE, Clear
from shared.sealing.compact_jwe import MAX_HEADER, header_of, opened
from tools.bureau_examples import READER, example_of, private_key
from tools.schemas import Json, fields_of_words, needs_words, plaintext_schema, plaintexts

TEMPLATE: Final = Path(__file__).parent / "contracts_page.md"


def page() -> str:
    """The content of `docs/contracts/README.md`."""
    sealed = example_of(LetterAssigned)["data"]["words"][READER]
    header = header_of(sealed)
    content = json.loads(opened(sealed, header, private=private_key(READER)))
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        record=f"{MAX_RECORD:,}",
        headers=MAX_HEADERS,
        slugs=", ".join(f"`{slug}`" for slug in BUREAUS),
        envelope=f"{MAX_ENVELOPE:,}",
        header=f"{MAX_HEADER:,}",
        words=f"{LARGEST_WORDS:,}",
        needing=", ".join(sorted(f"`{_short(e)}`" for e in ACTIONS if needs_words(e))),
        kinds="\n".join(_kind(kind) for kind in plaintexts(tuple(EVENTS.values()))),
        protected=json.dumps(header, ensure_ascii=False, indent=2),
        reader=READER,
        opened=json.dumps(content, ensure_ascii=False, indent=2),
        events="\n".join(_event(event) for event in EVENTS.values()),
    )


def _short(event: type[Event]) -> str:
    return event.type.split(".")[-2]


def _kind(kind: type[Clear]) -> str:
    members = "; ".join(_members(plaintext_schema(kind)))
    return f"| [`{kind.__name__}`](schemas/plaintext/{kind.__name__}.json) | {members} |"


def _members(schema: Json) -> Iterator[str]:
    for name, member in schema["properties"].items():
        shown = f"`{name}`" if name in schema.get("required", ()) else f"*`{name}`*"
        most = next(
            (choice["maxLength"] for choice in _choices(member) if "maxLength" in choice), None
        )
        inner = member.get("items", {}).get("$ref", "").rpartition("/")[2]
        if most is not None:
            yield f"{shown} {most:,}"
        elif inner:
            within = ", ".join(_members(schema["$defs"][inner]))
            yield f"{shown}: at most {member['maxItems']} of ({within})"
        else:
            yield shown


def _choices(member: Json) -> list[Json]:
    choices: list[Json] = member.get("anyOf", [member])
    return choices


def _event(event: type[Event]) -> str:
    return (
        f"| `{event.type}` | `{event.__name__}` | {_topics_of(event)} | {_fields(event)} "
        f"| {_words(event)} |"
    )


def _topics_of(event: type[Event]) -> str:
    names = [t.name for t in ALL if t.bureau is None and event in ON_TOPIC[t.name]]
    names += ["bureau.<slug>.letters"] if event in TO_BUREAUS else []
    names += ["bureau.<slug>.actions"] if event in ACTIONS else []
    return ", ".join(f"`{name}`" for name in names)


def _fields(event: type[Event]) -> str:
    names = {
        str(field.serialization_alias or name): field.is_required()
        for name, field in event.model_fields.items()
    }
    return ", ".join(name if needed else f"*{name}*" for name, needed in names.items())


def _words(event: type[Event]) -> str:
    return "; ".join(
        f"`{name}` → {', '.join(readers)}: {kind_of_words(event, name).__name__}"
        for name, readers in fields_of_words(event).items()
    )
