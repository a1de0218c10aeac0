"""The examples of the contracts as a service receives them, one for each event, words still sealed.

Their keys don't exist, so tests of whole stories use words of their own.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

import shared.contracts
from shared.contracts.catalogue import EVENTS, ON_TOPIC
from shared.contracts.envelope import Envelope, envelope
from shared.contracts.event import Event

FOLDER = Path(shared.contracts.__file__).parent / "examples"


@cache
def examples(topic: str) -> tuple[Envelope[Event], ...]:
    """The examples on that topic: by letter, in order."""
    found = []
    for file in FOLDER.glob("*.json"):
        example = json.loads(file.read_text("utf-8"))
        if example["topic"] == topic:
            found.append(_read(topic, example))
    assert {type(one.data) for one in found} == ON_TOPIC[topic], "each event has its example"
    return tuple(sorted(found, key=lambda one: (one.subject, one.sequence or 0)))


def example(kind: type[Event], *, topic: str) -> Envelope[Event]:
    """The example of that event on that topic."""
    return next(one for one in examples(topic) if type(one.data) is kind)


def named(said: Envelope[Event]) -> str:
    """The event's type without the prefix of all types."""
    return said.type.removeprefix("gd.mailbox.")


def _read(topic: str, example: dict[str, object]) -> Envelope[Event]:
    said = example["envelope"]
    assert isinstance(said, dict)
    data = EVENTS[said["type"]].model_validate_json(json.dumps(example["data"]))
    return envelope(
        topic,
        said["subject"],
        data=data,
        time=datetime.fromisoformat(said["time"]),
        sequence=said.get("sequence"),
        cause=said.get("cause"),
    )
