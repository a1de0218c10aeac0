"""Scanning of files that wait, and telling their letters what was found.

While the scanner is away or slow, files wait and are handed out to nobody.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from services.intake.domain import Command, IntakeState
from services.intake.domain.files import FileRecord, RecordFileScan
from services.intake.domain.letter import IntakeLetter
from services.intake.files.file_desk import FileDesk
from services.intake.files.scanning import NoScanner, Scanner, ScannerAway
from services.intake.files.sealed_chunks import StorageAway
from services.intake.metrics import FILES_SCANNED, FILES_WAITING, OLDEST_WAITING_FILE, SCANS_FAILED
from shared.kernel.errors import NotFound
from shared.platform.crypto.key_ring import CannotOpen
from shared.platform.letters.periodic import run_periodically
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.repair.passes import each
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

PAUSE_S: Final = 1.0
SHORTEST: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(minutes=5)
"""Delay before the scanner is asked about a file again; it doubles from the shortest."""
TELL_AGAIN: Final = timedelta(minutes=1)
"""Delay before a letter that isn't stored yet is told again."""

Tell = Callable[[IdempotentCommand[Command]], Awaitable[IntakeState]]


class FileScanning:
    """Scans files one after another, those first that have waited longest."""

    def __init__(self, files: FileDesk, scanner: Scanner, *, tell: Tell, now: Now) -> None:
        self._files = files
        self._records = files.records
        self._scanner = scanner
        self._tell = tell
        self._now = now

    async def run(self) -> None:
        """Scan until cancelled; retries after database faults and lost races."""
        if isinstance(self._scanner, NoScanner):
            LOG.warning("files are handed out unscanned")
        await run_periodically(self.look, name="scanning files", pause_s=PAUSE_S)

    async def look(self) -> None:
        """Scan what waits, tell letters, set the gauges. Raises: DatabaseFault, TooManyRaces."""
        for record in await self._records.to_scan():
            await self._scan(record)
        await each(
            {record.id: self._tell_letter(record) for record in await self._records.to_tell()}
        )
        count, oldest = await self._records.waiting()
        FILES_WAITING.set(count)
        age = (self._now() - oldest).total_seconds() if oldest else 0.0
        OLDEST_WAITING_FILE.set(max(0.0, age))

    async def _scan(self, record: FileRecord) -> None:
        try:
            found = await self._scanner.scan(self._files.content(record))
        except (ScannerAway, StorageAway, CannotOpen) as fault:
            LOG.warning("file not scanned", extra={"fault": type(fault).__name__})
            SCANS_FAILED.inc()
            after = min(LONGEST, SHORTEST * 2 ** min(record.scans, 10))
            await self._records.scan_later(record.id, after)
            return
        FILES_SCANNED.labels(found).inc()
        await self._records.scanned(record.id, found)

    async def _tell_letter(self, record: FileRecord) -> None:
        """A letter that isn't stored, or doesn't list the file, may do so later, or never.

        The rule knows whether the letter was told before.
        """
        command = RecordFileScan(record.id, record.state)
        name = f"scan-{record.id}-{self._now():%Y%m%dT%H%M%S%f}"
        try:
            state = await self._tell(IdempotentCommand(record.letter or "", command, name))
        except NotFound:
            state = None
        if isinstance(state, IntakeLetter) and _knows(state, record.id):
            await self._records.told(record.id)
        else:
            await self._records.tell_later(record.id, TELL_AGAIN)


def _knows(letter: IntakeLetter, file: str) -> bool:
    return any(each.id == file and each.scan is not None for each in letter.files)
