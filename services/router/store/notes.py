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
    """The notes that the router keeps of letters."""

    def __init__(self, history: EventLog, seals: Seals) -> None:
        self._history = history
        self._seals = seals

    async def newest(self, letter: str) -> Sequence[NoteAdded]:
        """The letter's newest notes, oldest first. Raises: DatabaseFault."""
        entries = (await self._history.of([letter])).get(letter, [])
        notes = [one for one in entries if _is_note(one)]
        read = (self._read(one) for one in notes[-MOST_SHOWN:])
        return [one for one in read if one is not None]

    def _read(self, entry: LogEntry) -> NoteAdded | None:
        """The note with its words; None, and a line in the log, if no key opens it any more."""
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
