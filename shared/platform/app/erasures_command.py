"""The operator's commands `erasures export OUT` and `erasures apply IN`: the ledger of erasures.

Intake exports it, signed, to be kept apart from backups. After a restore every service applies it
to its own database before it starts. A line has numbers, codes and times, and no content.
"""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from shared.contracts.vocabulary import Erasable
from shared.kernel.working_days import civil_date
from shared.platform.app.retention import Retention
from shared.platform.app.service import Service
from shared.platform.crypto.signed_exports import (
    BadSignature,
    ExportDigest,
    Line,
    json_lines,
    verify,
)
from shared.platform.repair.erasure_replay import ErasureReplay, PastErasure
from shared.platform.runtime.clock import utc_now
from shared.platform.runtime.json_lines import JsonLine, checked, object_on
from shared.platform.runtime.line_files import NotDone, answered, numbered, whole


class LedgerRow(JsonLine):
    """One erasure, as it is exported."""

    letter: Annotated[str, Field(pattern=r"^[A-Z]{2}-[0-9A-Z-]{4,40}$")]
    what: Annotated[list[Erasable], Field(min_length=1, max_length=3)]
    at: Annotated[AwareDatetime, Field(strict=False)]


def add(commands: Any) -> None:
    """Add `erasures` to the subparsers of a command line."""
    erasures: ArgumentParser = commands.add_parser("erasures", help="the ledger of erasures")
    actions = erasures.add_subparsers(dest="action", required=True)
    export = actions.add_parser("export", help="write it, with its signature and the keys")
    export.add_argument("file", metavar="OUT", type=Path, help="one JSON object a line")
    apply = actions.add_parser("apply", help="erase again what it records, after a restore")
    apply.add_argument("file", metavar="IN", type=Path, help="as exported; IN.jws beside it")
    apply.add_argument("--keys", type=Path, help="intake's public keys; IN.keys.json by default")


async def run(asked: Namespace, service: Service) -> int:
    """Run the command; return its exit code: 1 if the file isn't as signed, 2 if not applicable.

    Raises: DatabaseFault.
    """
    try:
        if asked.action == "apply":
            return await _apply(asked, service)
        return await _export(asked.file, service.retention)
    except BadSignature as fault:
        sys.stderr.write(f"签名不符，未执行 · not as signed, nothing was applied: {fault}\n")
        return 1
    except NotDone as fault:
        sys.stderr.write(f"{fault}\n")
        return 2


async def _export(file: Path, retention: Retention | None) -> int:
    """Write the ledger, its signature and the public keys. Raises: NotDone, DatabaseFault."""
    if retention is None:
        raise NotDone("台账在 intake · only intake has the ledger")
    digest, count = sha256(), 0
    with whole(file) as out:
        async for line in json_lines(_lines(retention)):
            out.write(line.decode())
            digest.update(line)
            count += 1
    day = civil_date(utc_now())
    signer = retention.signer
    signed = signer.sign(ExportDigest(signer.service, file.name, day, count, digest.hexdigest()))
    with whole(_beside(file, "jws")) as out:
        out.write(signed)
    with whole(_beside(file, "keys.json")) as out:
        json.dump(signer.public_keys(), out)
    sys.stdout.write(f"{count} 条删除记录 · erasures written\n")
    return 0


async def _apply(asked: Namespace, service: Service) -> int:
    """Check the signature, then erase again. Raises: NotDone, BadSignature, DatabaseFault."""
    _verify(asked.file, keys=asked.keys or _beside(asked.file, "keys.json"))
    rows = [*answered(numbered(asked.file), _row)]
    shell = service.shell
    replay = ErasureReplay(shell.letters, shell.erasing, forgets=service.forgets)
    counts = await replay.apply(rows)
    sys.stdout.write(
        f"{counts['changed']} 条已重新删除，{counts['known']} 条原已删除或无此信 · "
        "erased again, and known or without a letter here\n"
    )
    return 0


async def _lines(retention: Retention) -> AsyncIterator[Line]:
    async for entry in retention.ledger():
        yield {
            "letter": entry.letter,
            "what": entry.what,
            "rule": entry.rule,
            "by": entry.by,
            "at": entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }


def _verify(file: Path, *, keys: Path) -> None:
    """Raises: BadSignature; NotDone, if something can't be read."""
    try:
        known = json.loads(keys.read_text(encoding="utf-8"))
        signature = _beside(file, "jws").read_text(encoding="ascii").strip()
        verify(signature, _content(file), keys=known)
    except (OSError, ValueError, AttributeError) as fault:
        raise NotDone(f"无法读取 · can't be read ({type(fault).__name__})") from fault


def _row(line: bytes) -> PastErasure:
    row = checked(object_on(line, fields=LedgerRow.model_fields), LedgerRow)
    return PastErasure(row.letter, tuple(row.what), row.at)


def _content(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while part := opened.read(1 << 20):
            yield part


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(f"{file.name}.{suffix}")
