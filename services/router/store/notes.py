"""The notes of a letter, from the log: they are many, and no decision needs their words."""

import logging
from collections.abc import Sequence

from shared.contracts.envelope import Foreign, Unreadable, from_record
from shared.contracts.progress_v1 import NoteAdded
from shared.contracts.topics import PROGRESS
from shared.platform.letters.event_log import EventLog
from shared.platform.letters.seals import Seals
from shared.platform.letters.stored_letter import LogEntry
from shared.sealing.envelopes import BadEnvelope, open_event

LOG = logging.getLogger(__name__)

MOST_SHOWN = 50


class Notes:
    """Reads notes from the router's log."""

    def __init__(self, history: EventLog, seals: Seals) -> None:
        self._history = history
        self._seals = seals

    async def newest(self, letter: str) -> Sequence[NoteAdded]:
        """Return the letter's newest notes, oldest first. Raises: DatabaseFault."""
        entries = (await self._history.of([letter])).get(letter, [])
        notes = [entry for entry in entries if _is_note(entry)]
        read = (self._read(note) for note in notes[-MOST_SHOWN:])
        return [one for one in read if one is not None]

    def _read(self, entry: LogEntry) -> NoteAdded | None:
        """The note with its words; None, with a warning, if no key opens it."""
        record = entry.record
        foreign = Foreign(record.key, record.value, record.headers)
        try:
            sealed = from_record(foreign, topic=record.topic)
            note = open_event(
                sealed.data,
                self._seals.opener,
                reader=self._seals.service,
                topic=record.topic,
                letter=sealed.subject,
            )
        except (BadEnvelope, Unreadable) as fault:
            LOG.warning("a note can't be read", extra={"fault": type(fault).__name__})
            return None
        return note if isinstance(note, NoteAdded) else None


def _is_note(entry: LogEntry) -> bool:
    return entry.record.topic == PROGRESS.name and entry.type == NoteAdded.type
