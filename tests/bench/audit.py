"""Duration and memory of an audit: `python -m tests.bench.audit 5000 50000`.

A database server of its own is filled with copies of a few real letters under new numbers; then a
separate process audits them. The figures for a million are extrapolated.
"""

import argparse
import asyncio
import base64
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pydantic import SecretStr
from pymongo import MongoClient

from deploy.local.stack.paths import CHECKOUT
from deploy.local.stack.ports import free_ports
from shared.audit.settings import AuditSettings, archives
from shared.contracts.vocabulary import SERVICES
from shared.kernel.letter_number import RANDOM_BYTES, new_letter_number
from tests.shared.audit.town import ANSWERED, OVERDUE, WAITING, WITHDRAWN, town

CHUNK = 500
START_S = 30.0
LONGEST_S = 600.0
MILLION = 1_000_000
HEADER = re.compile(rb'(?<=")eyJ[A-Za-z0-9_-]+(?=\.)')
"""Protected headers of envelopes: they name the letter too."""

Templates = dict[str, list[tuple[bytes, bytes]]]
"""By service: a letter's number, and its document as BSON."""


def main() -> int:
    """Measure each size that was asked for."""
    parser = argparse.ArgumentParser(prog="tests.bench.audit", description=__doc__)
    parser.add_argument("letters", nargs="*", type=int, default=[5_000, 50_000])
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(asyncio.run(_measure(asked.measure))))
        return 0
    print(f"{'letters':>10} {'seconds':>8} {'CPU':>7} {'audit RSS':>10} {'breaches':>9}")
    for letters in asked.letters:
        found = _of(letters)
        print(
            f"{letters:>10,} {found['seconds']:>8.1f} {found['cpu_s']:>5.1f} s "
            f"{found['rss_mb']:>7} MB {found['breaches']:>9}",
            flush=True,
        )
        hours = MILLION * found["seconds"] / letters / 3_600
        print(f"{MILLION:>10,} {hours:>6.2f} h, extrapolated from this line and not measured")
    return 0


def _of(letters: int) -> Any:
    """Fill a database with that many letters and audit them."""
    with tempfile.TemporaryDirectory() as folder, _database(Path(folder)) as uri:
        _fill(uri, letters)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.audit", "--measure", uri],
            capture_output=True,
            text=True,
            check=True,
            timeout=LONGEST_S,
        )
    return json.loads(done.stdout)


async def _measure(uri: str) -> dict[str, Any]:
    given = {f"{service}_uri": SecretStr(uri) for service in SERVICES}
    settings = AuditSettings.model_validate(
        {"env": "dev", "kafka_bootstrap": "127.0.0.1:9"} | given
    )
    here = town()
    began, used = time.monotonic(), time.process_time()
    with archives(settings) as kept:
        tally = await here.audit(kept).run()
    return {
        "seconds": time.monotonic() - began,
        "cpu_s": time.process_time() - used,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "breaches": tally.breaches + tally.unjudged,
    }


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    port = free_ports().mongo
    command = (
        *(str(CHECKOUT / ".stack" / "bin" / "python"), "-m", "secantus", "--standalone"),
        *("--host", "127.0.0.1", "--port", str(port), "--log-level", "ERROR"),
        *("--storage-path", str(folder)),
    )
    server = subprocess.Popen(command, env={"HOME": str(folder)})
    try:
        yield f"mongodb://127.0.0.1:{port}/?directConnection=true"
    finally:
        server.terminate()
        try:
            server.wait(START_S)
        except subprocess.TimeoutExpired:
            server.kill()


def _fill(uri: str, letters: int) -> None:
    lot = random.Random(7)  # noqa: S311 - the same letters each time
    numbers = [new_letter_number(lot.randbytes(RANDOM_BYTES)) for _ in range(letters)]
    client: MongoClient[Any] = MongoClient(uri, serverSelectionTimeoutMS=round(START_S * 1000))
    with client:
        for service, templates in _templates().items():
            collection = client[f"mailbox_{service}"]["letters"]
            for begin in range(0, letters, CHUNK):
                chunk = enumerate(numbers[begin : begin + CHUNK], begin)
                collection.insert_many(
                    [_renamed(*templates[at % len(templates)], number) for at, number in chunk],
                    ordered=False,
                )


def _templates() -> Templates:
    kept = town().letters
    return {
        service: [
            (letter.encode(), bson.encode(kept[service][letter]))
            for letter in (ANSWERED, WAITING, OVERDUE, WITHDRAWN)
        ]
        for service in SERVICES
    }


def _renamed(old: bytes, document: bytes, number: str) -> RawBSONDocument:
    """The same letter under another number of the same length, so that no length in it changes."""
    new = number.encode()

    def header(found: re.Match[bytes]) -> bytes:
        padded = found[0] + b"=" * (-len(found[0]) % 4)
        plain = base64.urlsafe_b64decode(padded).replace(old, new)
        return base64.urlsafe_b64encode(plain).rstrip(b"=")

    return RawBSONDocument(HEADER.sub(header, document).replace(old, new))


if __name__ == "__main__":
    sys.exit(main())
