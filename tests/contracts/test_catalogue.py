"""Events, examples, vocabularies and topics agree."""

import inspect
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError as NotValid

from shared.contracts import slugs, vocabulary
from shared.contracts.catalogue import COPIED, EVENTS, ON_TOPIC
from shared.contracts.event import Action, Event, Fact, read_by
from shared.contracts.topics import ALL, BY_NAME, PROGRESS, actions_of, letters_of, mark_of, rights
from shared.contracts.words import Clear
from tests.contracts.strategies import EXAMPLES, TYPES, example
from tools.schemas import model_schema, published_schema

DATA = Path(__file__).parents[2] / "shared" / "data"


def of_data(name: str) -> Any:
    """One of the product's data files."""
    return yaml.safe_load((DATA / name).read_text("utf-8"))


def kebab(name: str) -> str:
    """`LetterSubmitted` → `letter.submitted`: class names are the words of the type."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", ".", name).lower()


@pytest.mark.parametrize("event_type", TYPES)
def test_a_class_is_named_as_its_type(event_type: str) -> None:
    event = EVENTS[event_type]
    name = kebab(event.__name__)
    if issubclass(event, Action):
        name = f"action.{name.replace('.', '_')}"
    assert event_type == event.type
    assert event_type.replace("_", ".") == f"gd.mailbox.{name}.v1".replace("_", ".")
    assert "." in str(event.__doc__)
    assert "\n" not in str(event.__doc__).partition("\n\n")[0]


@pytest.mark.parametrize("event_type", TYPES)
def test_a_family_names_its_owner_and_topic(event_type: str) -> None:
    module = inspect.getmodule(EVENTS[event_type])
    text = str(module.__doc__ if module else "")
    generic = {re.sub(r"bureau\.[a-z]+\.", "bureau.<slug>.", place) for place in places(event_type)}
    assert "Owner: " in text
    assert any(f"Topic: `{place}`" in text for place in generic)


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_is_read_and_written_the_same(event_type: str) -> None:
    data = example(event_type)["data"]
    event = EVENTS[event_type].model_validate_json(json.dumps(data), strict=True)
    assert json.loads(event.model_dump_json()) == data
    assert example(event_type)["envelope"]["type"] == event_type
    assert example(event_type)["topic"] in places(event_type)


@pytest.mark.parametrize("event_type", TYPES)
def test_an_example_is_valid_by_its_schema_and_shows_every_word(event_type: str) -> None:
    schema = published_schema(EVENTS[event_type])
    Draft202012Validator.check_schema(schema)
    checker = Draft202012Validator(schema, format_checker=FormatChecker())
    data = example(event_type)["data"]
    checker.validate(data)
    for field in EVENTS[event_type].sealed:
        if field != "earlier":
            assert data[field]
        with pytest.raises(NotValid):
            checker.validate(data | {field: {"text": "clear"}})
    for name in schema.get("required", ()):
        with pytest.raises(NotValid):
            checker.validate({other: held for other, held in data.items() if other != name})


def test_there_is_an_example_for_each_event_and_no_other() -> None:
    assert {path.stem for path in EXAMPLES.iterdir()} == EVENTS.keys()


def test_events_are_those_of_this_version() -> None:
    assert len(EVENTS) == 95
    assert set(EVENTS.values()) == leaves(Event) - {
        event for event in leaves(Event) if not event.type
    }


@pytest.mark.parametrize("event_type", TYPES)
def test_everything_written_is_bounded(event_type: str) -> None:
    unbounded = [
        where for where, part in parts(model_schema(EVENTS[event_type]), "") if not is_bounded(part)
    ]
    assert unbounded == []


def test_the_search_for_unbounded_fields_finds_them() -> None:
    loose = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "array"}}}
    found = [where for where, part in parts(loose, "") if not is_bounded(part)]
    assert found == [".properties.a", ".properties.b"]


def test_readers_of_words_are_known() -> None:
    known = {*vocabulary.SERVICES, "bureau"}
    declared = {
        reader
        for event in EVENTS.values()
        for readers in event.sealed.values()
        for reader in readers
    }
    assert declared <= known
    table: Any = read_by(words=("router",))
    with pytest.raises(TypeError):
        table["words"] = ("notifier",)


def test_every_field_of_words_is_declared_sealed() -> None:
    for event in EVENTS.values():
        wordy = {
            name for name, field in event.model_fields.items() if Clear in bases(field.annotation)
        }
        assert wordy == set(event.sealed), event.type


def test_slugs_are_those_of_the_data() -> None:
    data = of_data("cities.yaml")
    cities = tuple(bureau["slug"] for bureau in data["bureaus"])
    assert cities == slugs.CITIES
    assert (data["province"]["slug"], *cities) == slugs.BUREAUS
    assert len(slugs.BUREAUS) == 22
    assert set(get_args(slugs.Holder)) == {"triage", *slugs.BUREAUS}


def test_vocabularies_are_those_of_the_data() -> None:
    data, clocks = of_data("categories.yaml"), of_data("deadline_policies.yaml")

    def keys(rows: list[dict[str, Any]], name: str = "key") -> list[str]:
        return [row[name] for row in rows]

    assert set(keys(data["categories"])) == set(get_args(vocabulary.Category))
    assert set(keys(data["triage"])) == set(get_args(vocabulary.TriageClass))
    assert set(keys(data["statuses"])) - {"diverted"} == set(get_args(vocabulary.State))
    assert set(keys(data["declined_reasons"])) == set(get_args(vocabulary.DeclineReason))
    types = of_data("police_types.yaml")["police_types"]
    assert keys(types) == list(get_args(vocabulary.PoliceType))
    assert set(keys(clocks["clocks"], "id")) == set(get_args(vocabulary.ClockName))
    levels = [row for rows in clocks["levels"].values() for row in rows]
    assert {*keys(levels, "id"), "effect"} == set(get_args(vocabulary.LevelName))


def test_topics_have_their_size() -> None:
    sizes = {topic.name: topic.partitions for topic in ALL}
    assert len(ALL) == len(BY_NAME) == 9 + 44
    assert {size for name, size in sizes.items() if name.startswith("letters.")} == {6}
    assert {size for name, size in sizes.items() if name.startswith("bureau.")} == {3}
    assert {size for name, size in sizes.items() if name.startswith("mailbox.")} == {1}
    assert sizes["public.releases"] == 3
    assert {(topic.replication, topic.min_in_sync) for topic in ALL} == {(3, 2)}
    assert {topic.name for topic in ALL if topic.compacted} == {"mailbox.keys", "mailbox.topics"}
    assert all((topic.retention_days is None) == topic.compacted for topic in ALL)


def test_marks_can_be_keys_of_a_document() -> None:
    marks = [topic.mark for topic in ALL if topic.mark]
    assert len(set(marks)) == len(marks)
    assert all(re.fullmatch(r"[a-z_]+", mark) for mark in marks)
    assert mark_of("bureau.guangzhou.letters") == "bureau_guangzhou"
    assert mark_of("letters.progress") == "progress"
    assert mark_of(actions_of("guangzhou").name) is None


def test_every_topic_has_its_events() -> None:
    assert ON_TOPIC.keys() == BY_NAME.keys()
    assert ON_TOPIC[PROGRESS.name] & ON_TOPIC[letters_of("yunfu").name] >= COPIED
    assert {event for event in EVENTS.values() if issubclass(event, Fact)} > COPIED


def test_a_bureau_may_do_three_things_and_no_fourth() -> None:
    may = {(r.operation, r.resource) for r in rights() if r.principal == "bureau:foshan"}
    assert may == {
        ("read", "bureau.foshan.letters"),
        ("write", "bureau.foshan.actions"),
        ("read", "mailbox.keys"),
        ("group", "bureau.foshan."),
    }


def test_the_auditor_may_look_and_change_nothing() -> None:
    may = {(r.operation, r.resource) for r in rights() if r.principal == "auditor"}
    assert {operation for operation, _ in may} == {"read", "describe"}
    assert {what for how, what in may if how == "describe"} == set(vocabulary.SERVICES)
    assert ("read", "letters.progress") in may
    assert ("read", "bureau.foshan.actions") in may
    assert not {what for _, what in may} & {"public.releases", "bureau.foshan.letters"}


def test_each_topic_but_one_has_one_writer() -> None:
    for topic in ALL:
        writers = {
            r.principal for r in rights() if (r.operation, r.resource) == ("write", topic.name)
        }
        assert writers == set(topic.writers)
        assert len(writers) == (4 if topic.name == "letters.resends" else 1)


def places(event_type: str) -> set[str]:
    """The topics that an event may be on."""
    return {name for name, events in ON_TOPIC.items() if EVENTS[event_type] in events}


def leaves(event: type[Event]) -> set[type[Event]]:
    """All classes below this one."""
    return {event} | {leaf for below in event.__subclasses__() for leaf in leaves(below)}


def bases(annotation: Any) -> set[Any]:
    """All classes that an annotation names, with theirs."""
    found = set(annotation.__mro__) if isinstance(annotation, type) else set()
    return found.union(*(bases(part) for part in get_args(annotation) if not isinstance(part, str)))


def parts(schema: Any, at: str) -> list[tuple[str, dict[str, Any]]]:
    """All schemas within a schema that mention a type, with their paths."""
    if isinstance(schema, list):
        return [found for n, part in enumerate(schema) for found in parts(part, f"{at}.{n}")]
    if not isinstance(schema, dict):
        return []
    here = [(at, schema)] if isinstance(schema.get("type"), str) else []
    return here + [found for name, part in schema.items() for found in parts(part, f"{at}.{name}")]


def is_bounded(schema: dict[str, Any]) -> bool:
    """Whether texts, lists and numbers have a greatest size."""
    match schema["type"]:
        case "string":
            return bool({"maxLength", "format", "enum", "const", "pattern"} & schema.keys())
        case "array":
            return "maxItems" in schema
        case "integer" | "number":
            return {"minimum", "maximum"} <= schema.keys() or "enum" in schema
        case _:
            return True
