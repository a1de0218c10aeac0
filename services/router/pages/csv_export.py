"""Lists as CSV (RFC 4180) for spreadsheets, streamed line by line.

UTF-8 with a byte order mark, so that spreadsheet programs read Chinese. A cell that such a program
could take for a formula begins with an apostrophe.
"""

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import Final

from starlette.responses import StreamingResponse

BOM: Final = "\ufeff"
RISKY: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters of formulas, in full width too."""
TOGETHER: Final = 200
"""Lines sent at once."""


def cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet runs."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def csv_response(
    name: str, head: Sequence[object], *, rows: AsyncIterable[Sequence[object]]
) -> StreamingResponse:
    """Stream the rows as a file of that name (ASCII)."""
    return StreamingResponse(
        _parts(head, rows),
        media_type="text/csv; charset=utf-8; header=present",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _parts(
    head: Sequence[object], rows: AsyncIterable[Sequence[object]]
) -> AsyncIterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow([cell(value) for value in head])
    number = 0
    async for row in rows:
        writer.writerow([cell(value) for value in row])
        number += 1
        if number % TOGETHER == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    """What was written, which leaves the buffer."""
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content
