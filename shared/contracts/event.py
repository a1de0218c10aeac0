"""What do all events have in common? The models that every event is made of. Pure."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Self, TypeAlias, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.fields import Count, Instant, OpaqueId, Ordinal
from shared.contracts.slugs import Holder
from shared.contracts.topics import bureau_of
from shared.contracts.values import By, ClockChange
from shared.contracts.vocabulary import State
from shared.contracts.words import REFUSING_CLEAR_WORDS, Clear

Readers: TypeAlias = Mapping[str, tuple[str, ...]]
"""Field → readers; the reader `bureau` means the one of the topic, or of the event."""


ReadersWithin: TypeAlias = Mapping[str, tuple[str, tuple[str, ...]]]
"""Field that holds items → the field of an item that holds words, and its readers."""


def read_by(**readers: tuple[str, ...]) -> Readers:
    """A table of fields and the readers that their words are sealed for."""
    return MappingProxyType(readers)


class Event(BaseModel):
    """Something that was said on a topic; frozen, and deaf to fields it doesn't know."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )

    type: ClassVar[str] = ""
    sealed: ClassVar[Readers] = read_by()
    sealed_within: ClassVar[ReadersWithin] = MappingProxyType({})

    def sealed_fields(self) -> dict[str, Any]:
        """What stands in the fields that hold words: sealed, clear, or None when erased."""
        return {name: getattr(self, name) for name in self.sealed}

    def map_words(self, change: Callable[[str, Any], Any]) -> Self:
        """The same event with `change(field, words)` in place of all its words."""
        update: dict[str, Any] = {
            name: change(name, words) for name, words in self.sealed_fields().items()
        }
        for name, (inner, _) in self.sealed_within.items():
            update[name] = tuple(
                item.model_copy(update={inner: change(f"{name}.{inner}", getattr(item, inner))})
                for item in getattr(self, name)
            )
        return self.model_copy(update=update)

    def numbered(self, sequence: int) -> Self:
        """The event as it is sent under that number; most don't speak of it."""
        del sequence
        return self

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """The event as a dict.

        Raises: Unsealed when any words are still clear.
        """
        with REFUSING_CLEAR_WORDS:
            return super().model_dump(**options)

    def model_dump_json(self, **options: Any) -> str:
        """The event as JSON.

        Raises: Unsealed when any words are still clear.
        """
        with REFUSING_CLEAR_WORDS:
            return super().model_dump_json(**options)


class Unknown(Event):
    """Something of a type that this version doesn't know; it is ignored, and counts as seen."""


class Action(Event):
    """Something that a bureau asks for. The topic says who asks."""

    action_id: UUID
    assignment: Ordinal
    """The holding of the letter that this answers."""
    made_at: Instant
    staff: OpaqueId


class Fact(Event):
    """Something that the router has decided about a letter, with what holds after it."""

    state: State
    holder: Holder
    assignment: Count
    """Number of the present holding by a bureau, or of the last one; 0 before the first."""
    by: By
    at: Instant | None = None
    """As of when it counts: the broker's append time, intake's time for writers, else `time`."""
    clocks: Annotated[tuple[ClockChange, ...], Field(max_length=32)] = ()
    """Clocks that this started, stopped, paused, resumed or moved."""


def readers_of(event: Event, field: str, *, topic: str) -> tuple[str, ...]:
    """For whom the words in `field` are sealed when `event` is sent on `topic`.

    `field` may name words within items, such as `commitments.words`. Facts on the topic of a
    bureau are its copies, so that their words are for that bureau alone.
    """
    outer, _, inner = field.partition(".")
    declared = event.sealed_within[outer][1] if inner else event.sealed[outer]
    bureau = bureau_of(topic)
    if bureau and not isinstance(event, Action):
        return (f"bureau:{bureau}",)
    if "bureau" not in declared:
        return declared
    slug = bureau or getattr(event, "bureau", None)
    return tuple(f"bureau:{slug}" if reader == "bureau" else reader for reader in declared)


@cache
def kind_of_words(event: type[Event], field: str) -> type[Clear]:
    """What kind of words `field` holds, which may name words within items."""
    outer, _, inner = field.partition(".")
    model: type[BaseModel] = event
    if inner:
        model, outer = next(models_in(event, outer)), inner
    return next(each for each in models_in(model, outer) if issubclass(each, Clear))


def models_in(model: type[BaseModel], field: str) -> Iterator[type[BaseModel]]:
    """The models that stand in a field, in lists and alternatives too."""
    yield from _models_in(model.model_fields[field].annotation)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
