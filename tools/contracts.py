"""What do the contracts look like from outside? Writes `docs/contracts/`, or checks it.

`python -m tools.contracts write` makes schemas, both AsyncAPI documents and the table anew,
`check` says what differs and what breaks a released version, `release 1.1` freezes the schemas.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic.json_schema import models_json_schema

from shared.contracts.attributes import ALWAYS, AMONG_US, SOMETIMES
from shared.contracts.catalogue import ACTIONS, EVENTS, ON_TOPIC, TO_BUREAUS
from shared.contracts.compatibility import breaks
from shared.contracts.event import Event
from shared.contracts.topics import ALL, KEYS, RELEASES, Topic, actions_of, letters_of

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "contracts"
EXAMPLES = ROOT / "shared" / "contracts" / "examples"
RELEASED = ROOT / "shared" / "contracts" / "released"
SLUG = "{slug}"

Json: TypeAlias = dict[str, Any]
Action: TypeAlias = Literal["send", "receive"]
Channel: TypeAlias = tuple[str, Topic, tuple[Action, ...]]
OF_BUREAU: list[Channel] = [
    ("bureau.letters", letters_of("province"), ("receive",)),
    ("bureau.actions", actions_of("province"), ("send",)),
    (KEYS.name, KEYS, ("receive",)),
]


def main(arguments: list[str]) -> int:
    """Do what the command line says; 1 when a check fails, 2 when it says nothing known."""
    match arguments:
        case ["write"]:
            return write(DOCS)
        case ["check"]:
            return _report([*differences(DOCS), *broken()])
        case ["release", version]:
            return _freeze(RELEASED / version)
        case _:
            print(__doc__)
            return 2


def write(folder: Path) -> int:
    """Make everything in the folder anew, and remove schemas of events that are no more."""
    wanted = documents()
    for stale in _present(folder) - wanted.keys():
        (folder / stale).unlink()
    for name, text in wanted.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return 0


def differences(folder: Path) -> list[str]:
    """Files of the folder that are not what the contracts say now."""
    wanted, present = documents(), _present(folder)
    return [f"{name}: not generated" for name in sorted(present - wanted.keys())] + [
        f"{name}: differs, run `python -m tools.contracts write`"
        for name, text in sorted(wanted.items())
        if name not in present or (folder / name).read_text(encoding="utf-8") != text
    ]


def broken(released: Path = RELEASED) -> list[str]:
    """What breaks a reader of any released version."""
    found: list[str] = []
    for path in sorted(released.glob("*/*.json")):
        old = json.loads(path.read_text(encoding="utf-8"))
        event = EVENTS.get(path.stem)
        problems = breaks(old, schema_of(event)) if event else [": the event is gone"]
        found += [f"{path.parent.name} {path.stem}{problem}" for problem in problems]
    return found


def documents() -> dict[str, str]:
    """Everything that is generated: path below `docs/contracts` → text."""
    schemas = {f"schemas/{name}.json": _json(schema_of(event)) for name, event in EVENTS.items()}
    return schemas | {
        "asyncapi.json": _json(asyncapi("suite")),
        "asyncapi-bureau.json": _json(asyncapi("bureau")),
        "README.md": table(),
    }


def schema_of(event: type[Event]) -> Json:
    """The JSON Schema of one event's data, as its readers see it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{event.type}",
        **event.model_json_schema(mode="validation"),
    }


def asyncapi(view: Literal["suite", "bureau"]) -> Json:
    """The AsyncAPI 3.0 document of all topics (suite's view) or of those that a bureau has."""
    channels = _of_suite() if view == "suite" else OF_BUREAU
    shown = sorted({e for _, topic, _ in channels for e in ON_TOPIC[topic.name]}, key=_type)
    _, schemas = models_json_schema(
        [(event, "validation") for event in shown], ref_template="#/components/schemas/{model}"
    )
    return {
        "asyncapi": "3.0.0",
        "info": _info(view),
        "defaultContentType": "application/json",
        "channels": {name: _channel(topic) for name, topic, _ in channels},
        "operations": dict(_operations(channels)),
        "components": {
            "messages": {event.__name__: _message(event) for event in shown},
            "schemas": {"RecordHeaders": _headers(view), **schemas["$defs"]},
        },
    }


def table() -> str:
    """The table of events for people."""
    rows = [
        f"| `{event.type}` | `{event.__name__}` | {_topics_of(event)} | {_fields(event)} "
        f"| {_words(event)} |"
        for event in EVENTS.values()
    ]
    return "\n".join([*_ABOVE_TABLE, *rows, ""])


_ABOVE_TABLE = (
    "# Contracts v1",
    "",
    "Made by `python -m tools.contracts write` from `shared/contracts`; don't edit. Schemas are in",
    "`schemas/`, the suite's view of all topics in `asyncapi.json`, a bureau's in",
    "`asyncapi-bureau.json`. Fields in *italics* may be left out. Words travel sealed, one compact",
    "JWE for each reader; on a bureau's topic they are sealed for that bureau alone.",
    "",
    "| type | class | topics | fields | readers of words |",
    "|---|---|---|---|---|",
)


def _of_suite() -> list[Channel]:
    plain: list[Channel] = [
        (topic.name, topic, ("send",) if topic is RELEASES else ("send", "receive"))
        for topic in ALL
        if topic.bureau is None
    ]
    return [
        *plain,
        ("bureau.letters", letters_of("province"), ("send",)),
        ("bureau.actions", actions_of("province"), ("receive",)),
    ]


def _info(view: str) -> Json:
    whose = {
        "suite": "As the suite sees it: `send` is what our services write.",
        "bureau": "As a bureau sees it: `send` is what the bureau writes, on its own topic.",
    }
    return {
        "title": "The Director's Mailbox",
        "version": "1.0.0",
        "description": f"{whose[view]} CloudEvents 1.0 over Kafka in binary mode.",
    }


def _channel(topic: Topic) -> Json:
    address = topic.name
    if topic.bureau is not None:
        address = topic.name.replace(topic.bureau, SLUG)
    channel: Json = {
        "address": address,
        "description": f"Key: {topic.key}. Written by {_who(topic.writers)}, "
        f"read by {_who(topic.readers)}.",
        "messages": {
            event.__name__: {"$ref": f"#/components/messages/{event.__name__}"}
            for event in sorted(ON_TOPIC[topic.name], key=_type)
        },
        "bindings": {"kafka": _kafka(topic)},
    }
    if topic.bureau is not None:
        slugs = [other.bureau for other in ALL if other.bureau and other.name.endswith(".letters")]
        channel["parameters"] = {"slug": {"enum": slugs, "description": "The bureau."}}
    return channel


def _who(names: tuple[str, ...]) -> str:
    bureaus = [name for name in names if name.startswith("bureau:")]
    others = [name for name in names if not name.startswith("bureau:")]
    generic = ["that bureau" if len(bureaus) == 1 else "all bureaus"] if bureaus else []
    return ", ".join([*others, *generic])


def _kafka(topic: Topic) -> Json:
    kept = topic.retention
    return {
        "partitions": topic.partitions,
        "replicas": topic.replication,
        "topicConfiguration": {
            "cleanup.policy": ["compact"] if topic.compacted else ["delete"],
            "retention.ms": -1 if kept is None else int(kept.total_seconds() * 1000),
        },
        "bindingVersion": "0.5.0",
    }


def _operations(channels: list[Channel]) -> Iterator[tuple[str, Json]]:
    for name, topic, actions in channels:
        for action in actions:
            yield (
                f"{action}.{name}",
                {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{name}"},
                    "messages": [
                        {"$ref": f"#/channels/{name}/messages/{event.__name__}"}
                        for event in sorted(ON_TOPIC[topic.name], key=_type)
                    ],
                },
            )


def _message(event: type[Event]) -> Json:
    example = json.loads((EXAMPLES / f"{event.type}.json").read_text(encoding="utf-8"))
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").partition("\n")[0],
        "headers": {"$ref": "#/components/schemas/RecordHeaders"},
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
        "examples": [{"name": "invented", "payload": example["data"]}],
    }


def _headers(view: str) -> Json:
    shown = ALWAYS | SOMETIMES | (AMONG_US if view == "suite" else {})
    return {
        "type": "object",
        "required": list(ALWAYS),
        "properties": {
            name: {"type": "string", "description": text} for name, text in shown.items()
        },
    }


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
    within = {f"{outer}.{inner}": who for outer, (inner, who) in event.sealed_within.items()}
    return "; ".join(
        f"`{name}` → {', '.join(readers)}" for name, readers in {**event.sealed, **within}.items()
    )


def _type(event: type[Event]) -> str:
    return event.type


def _present(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _json(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _freeze(folder: Path) -> int:
    if folder.exists() and any(folder.iterdir()):
        return _report([f"{folder.name} is released already"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, event in EVENTS.items():
        (folder / f"{name}.json").write_text(_json(schema_of(event)), encoding="utf-8")
    return 0


def _report(problems: list[str]) -> int:
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
