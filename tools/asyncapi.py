"""The AsyncAPI documents: of all topics, and of those that a bureau has."""

import json
from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.event import Event, kind_of_words
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import ALL, KEYS, RELEASES, Topic, actions_of, letters_of
from tools.bureau_examples import EXAMPLES, example_of
from tools.record_headers import headers_of, record_headers
from tools.schemas import Json, View, components, fields_of_words, plaintext_name

SLUG: Final = "{slug}"
Operation: TypeAlias = Literal["send", "receive"]
Channel: TypeAlias = tuple[str, Topic, tuple[Operation, ...]]

OF_BUREAU: Final[Sequence[Channel]] = (
    ("bureau.letters", letters_of("province"), ("receive",)),
    ("bureau.actions", actions_of("province"), ("send",)),
    (KEYS.name, KEYS, ("receive",)),
)
PASSWORD_PORT: Final = 9094
CERTIFICATE_PORT: Final = 9095
"""Ports for bureaus in production; tools/k8s checks that the manifests have them."""

GROUP: Final[Json] = {"type": "string", "pattern": f"^bureau\\.({'|'.join(BUREAUS)})\\..+$"}
"""Names of a bureau's consumer groups start with its user's name and a dot."""
SECURITY: Final[Json] = {
    "password": {
        "type": "scramSha512",
        "description": "SASL_SSL with the mechanism SCRAM-SHA-512. The user is `bureau.<slug>`.",
    },
    "certificate": {
        "type": "X509",
        "description": "SSL with a client certificate whose subject is `CN=bureau.<slug>` alone:"
        " the same user, for clients that can't sign in by SCRAM.",
    },
}
SERVERS: Final[Json] = {
    "production": {
        "host": f"{{host}}:{PASSWORD_PORT}",
        "protocol": "kafka-secure",
        "description": "By password. The province provides host and certificate authority.",
        "variables": {"host": {"default": "kafka.example.org"}},
        "security": [{"$ref": "#/components/securitySchemes/password"}],
    },
    "productionByCertificate": {
        "host": f"{{host}}:{CERTIFICATE_PORT}",
        "protocol": "kafka-secure",
        "description": "By client certificate.",
        "variables": {"host": {"default": "kafka.example.org"}},
        "security": [{"$ref": "#/components/securitySchemes/certificate"}],
    },
    "local": {
        "host": "{host}",
        "protocol": "kafka",
        "description": "`make run` on a developer's machine, without TLS or sign-in;"
        " `.local/env` has the port.",
        "variables": {"host": {"default": "127.0.0.1:19092"}},
    },
}


def asyncapi(view: View) -> Json:
    """The AsyncAPI 3.1 document of all topics (suite's view) or of those that a bureau has."""
    channels = _of_suite() if view == "suite" else OF_BUREAU
    shown = sorted({e for _, topic, _ in channels for e in ON_TOPIC[topic.name]}, key=_type)
    return {
        "asyncapi": "3.1.0",
        "info": _info(view),
        "defaultContentType": "application/json",
        "servers": SERVERS,
        "channels": {name: _channel(topic) for name, topic, _ in channels},
        "operations": dict(_operations(channels, view)),
        "components": {
            "securitySchemes": SECURITY,
            "messages": {event.__name__: _message(event, view) for event in shown},
            "schemas": dict(record_headers(view)) | components(shown, view),
        },
    }


def _of_suite() -> Sequence[Channel]:
    plain: list[Channel] = [
        (topic.name, topic, ("send",) if topic is RELEASES else ("send", "receive"))
        for topic in ALL
        if topic.bureau is None
    ]
    return (
        *plain,
        ("bureau.letters", letters_of("province"), ("send",)),
        ("bureau.actions", actions_of("province"), ("receive",)),
    )


def _info(view: View) -> Json:
    whose = {
        "suite": "As the suite sees it: `send` is what our services write.",
        "bureau": "As a bureau sees it: `send` is what the bureau writes, on its own topic."
        " Examples are guangzhou's, and open with the keys in `example-keys.jwks.json`.",
    }
    return {
        "title": "The Director's Mailbox",
        "version": "1.0.0",
        "description": f"{whose[view]} CloudEvents 1.0 over Kafka in binary mode. README.md beside"
        " this says how words are sealed.",
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
        channel["parameters"] = {"slug": {"enum": list(BUREAUS), "description": "The bureau."}}
    return channel


def _who(names: tuple[str, ...]) -> str:
    bureaus = [name for name in names if name.startswith("bureau:")]
    others = [name for name in names if not name.startswith("bureau:")]
    generic = ["that bureau" if len(bureaus) == 1 else "all bureaus"] if bureaus else []
    return ", ".join([*others, *generic])


def _kafka(topic: Topic) -> Json:
    retention = topic.retention
    return {
        "partitions": topic.partitions,
        "replicas": topic.replication,
        "topicConfiguration": {
            "cleanup.policy": ["compact"] if topic.compacted else ["delete"],
            "retention.ms": -1 if retention is None else int(retention.total_seconds() * 1000),
        },
        "bindingVersion": "0.5.0",
    }


def _operations(channels: Sequence[Channel], view: View) -> Iterator[tuple[str, Json]]:
    for name, topic, operations in channels:
        for operation in operations:
            content: Json = {
                "action": operation,
                "channel": {"$ref": f"#/channels/{name}"},
                "messages": [
                    {"$ref": f"#/channels/{name}/messages/{event.__name__}"}
                    for event in sorted(ON_TOPIC[topic.name], key=_type)
                ],
            }
            if view == "bureau" and operation == "receive":
                content["bindings"] = {"kafka": {"groupId": GROUP, "bindingVersion": "0.5.0"}}
            yield f"{operation}.{name}", content


def _message(event: type[Event], view: View) -> Json:
    example = _example(event, view)
    return {
        "name": event.type,
        "title": event.__name__,
        "summary": (event.__doc__ or "").partition("\n")[0],
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "allOf": [
                {"$ref": f"#/components/schemas/{headers_of(event, view)}"},
                {"properties": {"ce_type": {"const": event.type}}},
            ],
        },
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
        "examples": [
            {"name": "invented", "headers": _shown_headers(example), "payload": example["data"]}
        ],
        **_plaintexts(event),
    }


def _plaintexts(event: type[Event]) -> Json:
    """The schemas of each field's words inside envelopes."""
    within = {
        field: {"$ref": f"#/components/schemas/{plaintext_name(kind_of_words(event, field))}"}
        for field in fields_of_words(event)
    }
    return {"x-plaintext": within} if within else {}


def _example(event: type[Event], view: View) -> Json:
    if view == "bureau":
        return example_of(event)
    loaded: Json = json.loads((EXAMPLES / f"{event.type}.json").read_text(encoding="utf-8"))
    return loaded


def _shown_headers(example: Json) -> Json:
    """The headers of an example, all as text."""
    attributes_of = example["envelope"]
    names = ("id", "source", "type", "subject", "time", "sequence", "cause", "letterversion")
    attributes = {f"ce_{name}": str(attributes_of[name]) for name in names if name in attributes_of}
    trace = {"traceparent": attributes_of["traceparent"]} if "traceparent" in attributes_of else {}
    return {"content-type": "application/json", "ce_specversion": "1.0", **attributes, **trace}


def _type(event: type[Event]) -> str:
    return event.type
