"""Key rotation of files: names in their records, and the chunks of their bytes."""

import logging
from collections.abc import AsyncIterator

from services.intake.domain.files import FileRecord
from services.intake.files.sealed_chunks import Part, SealedChunks, StorageAway
from services.intake.store import FILE_FIELDS, FileRecords
from shared.platform.crypto.key_ring import CannotOpen, KeyRing
from shared.platform.mongo.database import Collection
from shared.platform.repair.key_rotation import Tally, of_fields

LOG = logging.getLogger(__name__)


class FileRotation:
    """Brings all that is stored of files under the current key."""

    def __init__(self, files: Collection, records: FileRecords, *, chunks: SealedChunks) -> None:
        self._files = files
        self._records = records
        self._chunks = chunks

    async def run(self, ring: KeyRing, tally: Tally, *, is_dry: bool) -> AsyncIterator[Tally]:
        """Rotate names, then bytes, yielding the tally. Raises: DatabaseFault."""
        names = of_fields(self._files, ring, fields=FILE_FIELDS)
        async for now in names.run(tally, is_dry=is_dry):
            yield now
        async for record in self._records.every():
            for part in _parts(record):
                await self._part(record.id, part, tally, is_dry=is_dry)
            yield tally

    async def _part(self, file: str, part: Part, tally: Tally, *, is_dry: bool) -> None:
        tally.looked += 1
        try:
            old = await self._chunks.reseal(file, part, is_dry=is_dry)
        except (CannotOpen, StorageAway):
            if await self._records.one(file) is not None:
                LOG.error("a file can't be resealed", extra={"document": file})  # noqa: TRY400 - says which, and no more
                tally.broken += 1
                tally.left["?"] += 1
            return
        if is_dry:
            tally.left.update(old)
        else:
            tally.sealed += bool(old)


def _parts(record: FileRecord) -> tuple[Part, ...]:
    return ("clean", "thumbnail") if record.thumbnail else ("clean",)
