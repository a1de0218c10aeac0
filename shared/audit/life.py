"""One letter's life in order of time, as rows without words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.audit.looking import LoggedEvent, Look
from shared.audit.story import LetterStanding, story_of
from shared.contracts.topics import BY_NAME, DIVERTED, PROGRESS, bureau_of
from shared.contracts.values import By, ClockChange
from shared.contracts.vocabulary import SERVICES

SIGNS = {"started": "▲", "stopped": "■", "paused": "‖", "resumed": "△", "moved": "±"}
SHORT = 20
_ACTION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One event or message."""

    at: datetime
    service: str
    where: str
    """Topic and number; empty if it is on no topic."""
    what: str
    by: str = ""
    cause: str = ""
    after: str = ""
    """State and desk afterwards, if the router's event says so."""
    clocks: tuple[str, ...] = ()


def life(look: Look) -> list[LifeRow]:
    """All events of the letter, and the messages to its writer, oldest first."""
    standings = {step.said.entry.id: step.after for step in story_of(look).steps}
    rows = [
        _row(service, said, look.letter, standings.get(said.entry.id))
        for service in SERVICES
        if service in look.sheets
        for said in look.sheets[service].everything()
    ]
    return sorted([*rows, *_messages(look)], key=lambda row: row.at)


def _row(service: str, said: LoggedEvent, letter: str, after: LetterStanding | None) -> LifeRow:
    event = said.data
    by = getattr(event, "by", None)
    shown_by = _by(by) if isinstance(by, By) else ""
    return LifeRow(
        said.at,
        service,
        said.place,
        _name(said),
        by=shown_by,
        cause=_cause(said, letter),
        after=f"{after.state} {after.holder} {after.assignment}" if after else "",
        clocks=tuple(_clock(change) for change in getattr(event, "clocks", ()))
        if said.topic in {PROGRESS.name, DIVERTED.name}
        else (),
    )


def _by(by: By) -> str:
    return f"{by.role} {by.bureau}" if by.bureau else by.role


def _name(said: LoggedEvent) -> str:
    name = said.entry.type.removeprefix("gd.mailbox.").removesuffix(".v1")
    return f"{name} ({said.fault})" if said.fault else name


def _cause(said: LoggedEvent, letter: str) -> str:
    """The cause: an event by topic and number, an action by its bureau, or else a short name."""
    cause, by = said.entry.cause, getattr(said.data, "by", None)
    if event := _event(cause):
        return event
    bureau = bureau_of(said.topic)
    if isinstance(by, By) and by.role == "bureau":
        bureau = by.bureau
    if bureau and _ACTION.fullmatch(cause):
        return f"bureau.{bureau}.actions {cause[:8]}…"
    short = cause.replace(letter, "…")
    return short if len(short) <= SHORT else f"{short[: SHORT - 1]}…"


def _event(cause: str) -> str:
    """An event's id as topic and number; empty if it is not an event's."""
    topic, _, rest = cause.partition("/")
    return f"{topic} {rest.rpartition('/')[2]}" if topic in BY_NAME else ""


def _clock(change: ClockChange) -> str:
    shown = f"{SIGNS[change.change]} {change.clock}"
    if change.round > 1:
        shown += f" #{change.round}"
    if change.due_on is not None:
        shown += f" due {change.due_on}{' provisional' if change.provisional else ''}"
    return shown


def _messages(look: Look) -> Iterator[LifeRow]:
    """The notifier's messages, with their time and status."""
    notifier = look.sheets.get("notifier")
    deliveries: list[dict[str, Any]] = notifier.state.get("deliveries", []) if notifier else []
    for delivery in deliveries:
        event = "/".join(str(delivery["id"]).split("/")[1:4])
        yield LifeRow(
            datetime.fromisoformat(delivery["queued_at"]),
            "notifier",
            "",
            f"message {delivery['message']}: {_ending(delivery)}",
            cause=_event(event),
        )


def _ending(message: dict[str, Any]) -> str:
    """How a message stands; with what the gateway said, where it was refused or given up."""
    code = message.get("code")
    return f"{message['standing']} ({code})" if code else str(message["standing"])
