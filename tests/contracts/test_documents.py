"""The generated documents are up to date, well formed and true."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from shared.contracts.catalogue import ACTIONS, EVENTS, ON_TOPIC, TO_BUREAUS
from shared.contracts.keys_v1 import KeyChanged
from shared.contracts.slugs import BUREAUS
from shared.contracts.topics import ALL, group_prefix
from tools.asyncapi import asyncapi
from tools.contracts import DOCS, differences, main, write

Json = dict[str, Any]
SUITE, BUREAU = asyncapi("suite"), asyncapi("bureau")
VIEWS = pytest.mark.parametrize("document", [SUITE, BUREAU], ids=["suite", "bureau"])


def faults(document: Json) -> list[str]:
    """Faults in an AsyncAPI 3.1 document, as far as ours need it."""
    found = [
        f"no {name}"
        for name in ("asyncapi", "info", "channels", "operations", "components")
        if name not in document
    ]
    if found or document["asyncapi"] != "3.1.0":
        return [*found, "not AsyncAPI 3.1.0"]
    found += [f"dangling {ref}" for ref in references(document) if not resolves(document, ref)]
    found += [f"info has no {name}" for name in {"title", "version"} - document["info"].keys()]
    for name, channel in document["channels"].items():
        found += channel_faults(name, channel)
    for name, operation in document["operations"].items():
        found += operation_faults(name, operation)
    addresses = [channel.get("address") for channel in document["channels"].values()]
    return found + ["two channels of one address"] * (len(addresses) != len(set(addresses)))


def channel_faults(name: str, channel: Json) -> list[str]:
    """Faults in one channel."""
    found = [] if channel.get("address") else [f"{name} has no address"]
    wanted = {"slug"} if "{slug}" in channel.get("address", "") else set()
    if channel.get("parameters", {}).keys() != wanted:
        found.append(f"{name} has other parameters")
    if channel.get("bindings", {}).get("kafka", {}).get("partitions", 0) < 1:
        found.append(f"{name} has no partitions")
    return found


def operation_faults(name: str, operation: Json) -> list[str]:
    """Faults in one operation."""
    found = [] if operation.get("action") in {"send", "receive"} else [f"{name} does nothing"]
    own = operation["channel"]["$ref"] + "/messages/"
    strangers = [m for m in operation["messages"] if not m["$ref"].startswith(own)]
    return found + [f"{name} names a message of another channel" for _ in strangers]


def references(part: Any) -> Iterator[str]:
    """All references in a document."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for below in part.values():
            yield from references(below)
    elif isinstance(part, list):
        for below in part:
            yield from references(below)


def resolves(document: Json, ref: str) -> bool:
    """Whether a reference leads anywhere in the document."""
    place: Any = document
    for step in ref.removeprefix("#/").split("/"):
        if not isinstance(place, dict) or step not in place:
            return False
        place = place[step]
    return ref.startswith("#/")


def test_the_committed_documents_are_what_the_contracts_say() -> None:
    assert differences(DOCS) == []


def test_a_document_that_differs_lacks_or_lies_about_is_seen(tmp_path: Path) -> None:
    write(tmp_path)
    assert differences(tmp_path) == []
    (tmp_path / "asyncapi.json").write_text("{}", "utf-8")
    (tmp_path / "README.md").unlink()
    (tmp_path / "schemas" / "gone.v1.json").write_text("{}", "utf-8")
    assert [line.partition(":")[0] for line in differences(tmp_path)] == [
        "schemas/gone.v1.json",
        "README.md",
        "asyncapi.json",
    ]
    write(tmp_path)
    assert differences(tmp_path) == []


def test_an_event_without_an_example_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.contracts.EXAMPLES", tmp_path)
    assert main(["check"]) == main(["write"]) == 1
    told = "gd.mailbox.letter.rated.v1: no example, write shared/contracts/examples/"
    assert told in capsys.readouterr().out


def test_the_command_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert main(["release", "1.0"]) == 1
    assert main([]) == 2
    assert "released already" in capsys.readouterr().out


@VIEWS
def test_a_document_is_well_formed(document: Json) -> None:
    assert faults(document) == []


def rename_address(document: Json) -> None:
    document["channels"]["bureau.letters"]["address"] = "bureau.letters"


def same_address(document: Json) -> None:
    document["channels"]["bureau.letters"]["address"] = "bureau.{slug}.actions"


PLANTED: dict[str, Callable[[Json], object]] = {
    "no info": lambda d: d.pop("info"),
    "an old version": lambda d: d.update(asyncapi="2.6.0"),
    "no title": lambda d: d["info"].pop("title"),
    "a schema is gone": lambda d: d["components"]["schemas"].pop("By"),
    "a message is gone": lambda d: d["components"]["messages"].pop("Accept"),
    "a channel is gone": lambda d: d["channels"].pop("bureau.letters"),
    "an action that is none": lambda d: (
        d["operations"]["receive.bureau.actions"].update(action="x")
        if "receive.bureau.actions" in d["operations"]
        else d["operations"]["send.bureau.actions"].update(action="x")
    ),
    "another channel's message": lambda d: next(iter(d["operations"].values()))["messages"].append(
        {"$ref": "#/components/messages/Accept"}
    ),
    "a parameter too many": rename_address,
    "an address twice": same_address,
    "no partitions": lambda d: d["channels"]["bureau.letters"]["bindings"].clear(),
}


@VIEWS
@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
def test_a_planted_fault_is_seen(document: Json, plant: Callable[[Json], object]) -> None:
    broken = deepcopy(document)
    plant(broken)
    assert faults(broken) != []


@VIEWS
def test_examples_are_valid_by_the_payloads_of_their_messages(document: Json) -> None:
    for message in document["components"]["messages"].values():
        schema = {**message["payload"], "components": document["components"]}
        payload = message["examples"][0]["payload"]
        Draft202012Validator(schema).validate(payload)
        with pytest.raises(ValidationError):
            Draft202012Validator(schema).validate([payload])


def test_the_suite_s_document_shows_every_topic_and_event() -> None:
    addresses = {channel["address"] for channel in SUITE["channels"].values()}
    plain = {topic.name for topic in ALL if topic.bureau is None}
    assert addresses == plain | {"bureau.{slug}.letters", "bureau.{slug}.actions"}
    assert SUITE["channels"]["bureau.letters"]["parameters"]["slug"]["enum"] == list(BUREAUS)
    shown = {message["name"] for message in SUITE["components"]["messages"].values()}
    assert shown == EVENTS.keys()
    for channel in SUITE["channels"].values():
        topic = channel["address"].replace("{slug}", "foshan")
        assert channel["messages"].keys() == {event.__name__ for event in ON_TOPIC[topic]}


def test_a_bureau_sees_its_own_topics_the_other_way_round() -> None:
    def actions(document: Json) -> dict[str, str]:
        return {
            operation["channel"]["$ref"]: operation["action"]
            for operation in document["operations"].values()
            if "bureau." in operation["channel"]["$ref"]
        }

    flipped = {"send": "receive", "receive": "send"}
    assert actions(BUREAU) == {ref: flipped[action] for ref, action in actions(SUITE).items()}
    assert BUREAU["operations"].keys() == {
        "receive.bureau.letters",
        "send.bureau.actions",
        "receive.mailbox.keys",
    }
    shown = {message["name"] for message in BUREAU["components"]["messages"].values()}
    assert shown == {event.type for event in TO_BUREAUS | ACTIONS | {KeyChanged}}
    for name, schema in BUREAU["components"]["schemas"].items():
        assert not name.endswith("Headers") or not {"traceparent", "ce_letterversion"} & {
            *schema["properties"]
        }


def test_a_bureau_is_told_how_to_sign_in_and_what_its_groups_are_called() -> None:
    servers = BUREAU["servers"]
    schemes = [one["$ref"] for one in servers["production"]["security"]]
    assert schemes == ["#/components/securitySchemes/password"]
    assert BUREAU["components"]["securitySchemes"]["password"]["type"] == "scramSha512"
    for name in ("receive.bureau.letters", "receive.mailbox.keys"):
        group = BUREAU["operations"][name]["bindings"]["kafka"]["groupId"]["pattern"]
        for slug in BUREAUS:
            assert re.fullmatch(group, f"{group_prefix(f'bureau:{slug}')}desk")
        assert not re.fullmatch(group, "desk")


def test_the_table_names_every_event_once() -> None:
    rows = (DOCS / "README.md").read_text("utf-8").splitlines()
    named = [row.split("`")[1] for row in rows if row.startswith("| `gd.")]
    assert named == list(EVENTS)
    assert json.loads((DOCS / "asyncapi.json").read_text("utf-8")) == SUITE
