"""Events that start a clock, and events that stop it; read from plain data."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final

from shared.kernel import plain
from shared.kernel.errors import BadData

CONDITIONS: Final = ("has_signers", "has_next")


@dataclass(frozen=True, slots=True)
class Start:
    """What starts a clock: one event, or the later of two, under a condition."""

    events: tuple[str, ...]
    when: str | None = None
    """`has_signers`, `has_next` or `to_state=<state>`."""

    def is_met(self, event: str, *, conditions: Set[str], happened: Set[str]) -> bool:
        """Whether `event` starts the clock, given its conditions and earlier events."""
        complete = event in self.events and set(self.events) <= happened | {event}
        return complete and (self.when is None or self.when in conditions)


def starts(value: object, where: str) -> tuple[Start, ...]:
    """Read events, `{event, when}` and `{both: [event, event]}`. Raises: BadData."""
    listed = plain.a_list(value, where)
    found = tuple(_start(start, f"{where}[{number}]") for number, start in enumerate(listed))
    return _each_once(found, where)


def stops(value: object, where: str) -> tuple[str, ...]:
    """Read names of events, each once. Raises: BadData."""
    return _each_once(plain.texts(value, where), where)


def _start(value: object, where: str) -> Start:
    if isinstance(value, str):
        return Start((plain.a_text(value, where),))
    row = plain.only(plain.a_map(value, where), "event", "when", "both", where=where)
    if "both" not in row:
        event = plain.a_text(row.get("event"), f"{where}.event")
        return Start((event,), _condition(row.get("when"), f"{where}.when"))
    both = plain.texts(plain.only(row, "both", where=where)["both"], f"{where}.both")
    if len(set(both)) != 2:
        raise BadData(f"{where}.both: two events are needed")
    return Start(both)


def _condition(value: object, where: str) -> str:
    if isinstance(value, Mapping):
        row = plain.only(plain.a_map(value, where), "to_state", where=where)
        return f"to_state={plain.a_text(row.get('to_state'), f'{where}.to_state')}"
    return plain.one_of(value, *CONDITIONS, where=where)


def _each_once(found: tuple[plain.T, ...], where: str) -> tuple[plain.T, ...]:
    if not found or len(set(found)) < len(found):
        raise BadData(f"{where}: each event once, and at least one")
    return found
