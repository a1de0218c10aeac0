"""Erasure of files that nobody uses, and of bytes and records that a crash has left alone.

A record precedes the first byte, so a file that is being uploaded is never without one. Records
whose bytes are missing although a letter names them are counted and kept: somebody must look why.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from services.intake.domain import IntakeState
from services.intake.domain.diversion import Diversion
from services.intake.domain.letter import IntakeLetter
from services.intake.files.file_desk import FileDesk
from services.intake.files.sealed_chunks import SealedChunks, StorageAway
from services.intake.metrics import FILES_ERASED, FILES_LOST
from services.intake.store import KeptFile, OrphanRecords
from shared.platform.letters.periodic import run_periodically
from shared.platform.mongo.database import DatabaseFault
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

PAUSE_S: Final = 60.0
SWEEP_PAUSE_S: Final = 86_400.0
UNUSED_AFTER: Final = timedelta(hours=24)
"""A file that no letter names for so long is erased."""
INCOMPLETE_AFTER: Final = timedelta(hours=1)
"""No upload takes so long."""
WITHOUT_RECORD: Final = timedelta(hours=24)
"""Bytes that are without a record for so long are erased."""
MOST_MISSED: Final = 10_000
"""Files without a record that are remembered from one sweep to the next."""

Why: TypeAlias = Literal["incomplete", "unused", "no_letter", "no_record"]
StateOf = Callable[[str], Awaitable[IntakeState | None]]


class FileOrphans:
    """Finds and erases what nobody uses."""

    def __init__(
        self,
        files: FileDesk,
        records: OrphanRecords,
        *,
        chunks: SealedChunks,
        state_of: StateOf,
        now: Now,
    ) -> None:
        self._files = files
        self._records = records
        self._chunks = chunks
        self._state_of = state_of
        self._now = now
        self._missed: dict[str, datetime] = {}
        """Files whose bytes had no record, with the time when that was first seen."""

    async def run(self) -> None:
        """Erase what became useless, until cancelled."""
        await run_periodically(self.look, name="erasing unused files", pause_s=PAUSE_S)

    async def run_sweep(self) -> None:
        """Compare all records with letters and bytes once a day, until cancelled."""
        await run_periodically(self.sweep, name="comparing files", pause_s=SWEEP_PAUSE_S)

    async def look(self) -> None:
        """Erase files that no letter took, and what broke off. Raises: DatabaseFault."""
        now = self._now()
        for file in await self._records.incomplete(before=now - INCOMPLETE_AFTER):
            await self._erase(file.id, "incomplete")
        for file in await self._records.unsettled(before=now - UNUSED_AFTER):
            await self._settle(file)

    async def sweep(self) -> None:
        """Erase files that their letters no longer have, and bytes without a record.

        Raises: DatabaseFault.
        """
        try:
            FILES_LOST.set(await self._sweep_records())
            await self._sweep_bytes()
        except StorageAway as fault:
            LOG.warning("files not compared", extra={"fault": type(fault).__name__})

    async def _settle(self, file: KeptFile) -> None:
        if await self._is_used(file):
            await self._records.look_again(file, since=self._now())
        elif await self._records.seize(file):
            if await self._is_used(file):  # its letter was stored in between
                await self._records.give_back(file)
            else:
                await self._erase(file.id, "unused" if file.letter is None else "no_letter")

    async def _is_used(self, file: KeptFile) -> bool:
        """Whether its letter needs it, as one does that can't be loaded. Raises: DatabaseFault."""
        if file.letter is None:
            return False
        try:
            state = await self._state_of(file.letter)
        except DatabaseFault:
            raise
        except Exception as fault:  # noqa: BLE001 - one letter's fault; its files stay
            LOG.warning("letter of a file not loaded", extra={"fault": type(fault).__name__})
            return True
        return uses(state, file.id)

    async def _sweep_records(self) -> int:
        """Return how many files of letters have a record and no bytes. Raises: StorageAway."""
        lost, last = 0, ""
        while page := await self._records.after(last):
            last = page[-1].id
            for file in page:
                if await self._is_used(file):
                    lost += not await self._chunks.has(file.id)
                elif file.is_settled and await self._records.seize(file):
                    await self._erase(file.id, "no_letter")
        return lost

    async def _sweep_bytes(self) -> None:
        """Erase bytes that have been without a record for a day. Raises: StorageAway."""
        now, missed = self._now(), dict[str, datetime]()
        async for page in self._chunks.listed():
            for file in page - await self._records.known(page):
                since = self._missed.get(file, now)
                if now - since >= WITHOUT_RECORD:
                    await self._erase(file, "no_record")
                elif len(missed) < MOST_MISSED:
                    missed[file] = since
        self._missed = missed

    async def _erase(self, file: str, why: Why) -> None:
        try:
            await self._files.erase([file])
        except StorageAway as fault:
            LOG.warning("file not erased", extra={"fault": type(fault).__name__})
        else:
            FILES_ERASED.labels(why).inc()


def uses(state: IntakeState | None, file: str) -> bool:
    """Whether this letter or diversion needs the file."""
    match state:
        case IntakeLetter():
            return any(each.id == file for each in state.files)
        case Diversion():
            return state.caught is not None
        case _:
            return False
