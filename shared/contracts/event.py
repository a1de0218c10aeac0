"""The base models of all events."""

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
"""Field with a list of items → the items' field of words, and its readers."""


def read_by(**readers: tuple[str, ...]) -> Readers:
    """A table of fields and the readers that their words are sealed for."""
    return MappingProxyType(readers)


class Event(BaseModel):
    """An event on a topic; frozen, ignores unknown fields."""

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
        """The values of the fields with words: sealed, clear, or None if erased."""
        return {name: getattr(self, name) for name in self.sealed}

    def map_words(self, change: Callable[[str, Any], Any]) -> Self:
        """Replace all words of the event by `change(field, words)`."""
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
        """The event as it is sent under that number; most types don't contain it."""
        del sequence
        return self

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """The event as a dict.

        Raises: Unsealed, if any words are still clear.
        """
        with REFUSING_CLEAR_WORDS:
            return super().model_dump(**options)

    def model_dump_json(self, **options: Any) -> str:
        """The event as JSON.

        Raises: Unsealed, if any words are still clear.
        """
        with REFUSING_CLEAR_WORDS:
            return super().model_dump_json(**options)


class Unknown(Event):
    """An event of a type unknown to this version; it is ignored, and counts as seen."""


class Action(Event):
    """An action of a bureau, which the topic identifies."""

    action_id: UUID
    assignment: Ordinal
    """The holding of the letter to which this belongs."""
    made_at: Instant
    staff: OpaqueId


class Fact(Event):
    """A decision of the router about a letter, with the state after it."""

    state: State
    holder: Holder
    assignment: Count
    """Number of the current holding by a bureau, or of the last one; 0 before the first."""
    by: By
    at: Instant | None = None
    """The effective time: the broker's append time, intake's time for writers, or else `time`."""
    clocks: Annotated[tuple[ClockChange, ...], Field(max_length=32)] = ()
    """Clocks that this event started, stopped, paused, resumed or moved."""


def readers_of(event: Event, field: str, *, topic: str) -> tuple[str, ...]:
    """The readers for whom the words in `field` are sealed when `event` is sent on `topic`.

    `field` may name words within items, such as `commitments.words`. Facts on a bureau's topic are
    its copies, so their words are for that bureau alone.
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
    """The class of words in `field`, which may name words within items."""
    outer, _, inner = field.partition(".")
    model: type[BaseModel] = event
    if inner:
        model, outer = next(models_in(event, outer)), inner
    return next(each for each in models_in(model, outer) if issubclass(each, Clear))


def models_in(model: type[BaseModel], field: str) -> Iterator[type[BaseModel]]:
    """The models in a field, including those in lists and alternatives."""
    yield from _models_in(model.model_fields[field].annotation)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
