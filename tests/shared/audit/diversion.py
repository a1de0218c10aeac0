"""A diverted emergency as intake and the notifier will keep it: no service of ours says so yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.contracts.diverted_v1 import DutySeen, LetterDiverted
from shared.contracts.envelope import envelope
from shared.contracts.event import Event
from shared.contracts.topics import DIVERTED
from shared.contracts.values import By
from shared.platform.database import Document
from shared.platform.kept import outbound
from tests.support.doubles import as_kept

DIVERSION = "DV-0001"


def divert(letters: dict[str, dict[str, Document]], now: datetime) -> None:
    """An emergency that a person saw after two minutes."""
    at = now - timedelta(minutes=30)
    events: tuple[Event, ...] = (
        LetterDiverted(
            diverted_at=at, threshold="stop", reasons=("words.threat",),
            see_by=at + timedelta(minutes=5),
        ),
        DutySeen(by=By(role="duty", staff="d-1"), seen_at=at + timedelta(minutes=2)),
    )  # fmt: skip
    log = [_entry(event, number, at) for number, event in enumerate(events, 1)]
    common = {"_id": DIVERSION, "version": 2, "by": "0" * 32, "heard": {}, "early": {}}
    sent = {"sent": {"diverted": 2}, "seen": {}, "log": log, "state": {"kind": "diversion"}}
    heard = {"sent": {}, "seen": {"diverted": 2}, "log": [], "state": {"clocks": []}}
    letters["intake"][DIVERSION] = as_kept(common | sent)
    letters["notifier"][DIVERSION] = as_kept(common | heard)


def _entry(event: Event, number: int, at: datetime) -> Document:
    made = envelope(
        DIVERTED.name, DIVERSION, data=event, time=at, sequence=number, cause=f"seen-{number}"
    ).traced(None, number)
    record = outbound(made, DIVERTED.name)
    return {
        "topic": DIVERTED.name,
        "sequence": number,
        "type": event.type,
        "cause": f"seen-{number}",
        "at": at,
        "key": record.key,
        "value": record.value,
        "headers": [list(one) for one in record.headers],
    }
