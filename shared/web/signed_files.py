"""Exports of a day with their signatures, as files to download."""

from collections.abc import AsyncIterable
from datetime import date
from typing import Final

from starlette.responses import PlainTextResponse, Response, StreamingResponse

from shared.kernel.civil import ONE_DAY
from shared.kernel.errors import NotFound
from shared.platform.crypto.signed_exports import ExportSigner, Line, digest_of, json_lines

DAYS: Final = 31
"""Past days whose exports a page offers."""


def offered_days(today: date) -> list[date]:
    """Return the days whose exports a page offers, the newest first."""
    return [today - number * ONE_DAY for number in range(1, DAYS + 1)]


def past(day: date, *, today: date) -> date:
    """Return a day that is over: only its export stays the same. Raises: NotFound."""
    if day >= today:
        raise NotFound
    return day


def export_file(name: str, lines: AsyncIterable[Line]) -> Response:
    """Return the export as JSON lines, streamed."""
    return StreamingResponse(
        json_lines(lines), media_type="application/jsonl", headers=_attached(name)
    )


async def signature_file(
    name: str, lines: AsyncIterable[Line], *, day: date, signer: ExportSigner
) -> Response:
    """Return the signature of that export."""
    digest = await digest_of(lines, service=signer.service, name=name, day=day)
    return PlainTextResponse(signer.sign(digest), headers=_attached(f"{name}.jws"))


def _attached(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}
