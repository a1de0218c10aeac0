"""Searches a system for your own secrets: `python -m tests.secrecy SEEDS [PATH …]`.

SEEDS is a file with one secret a line, or - for the standard input, which keeps secrets off the
command line. PATHs are files and folders: logs, dumps, backups, saved pages. --topics also searches
every record that the MAILBOX_KAFKA_… settings may read, --databases a dump of every database that
MAILBOX_MONGO_URI may read. Prints the line of SEEDS, the form and the place, never the secret. Exit
codes: 0 nothing was found, 1 something was, 2 the search failed.
"""

import asyncio
import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from shared.platform.kafka.bus import BusFault
from shared.platform.mongo.database import DatabaseFault
from tests.secrecy.collecting import back_up, files, records
from tests.secrecy.forms import TooShort
from tests.secrecy.search import Place, Searcher, Secret, Text
from tests.support.reaching import bus_of

NOTHING, SOMETHING, NOT_DONE = 0, 1, 2
DIGITS = 18
"""Numbers up to this length can be guessed from their hash."""


class NotDone(Exception):
    """The search failed; the text is one sentence that shows no secret."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Search and print; return the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        searcher = Searcher(_secrets(asked.seeds))
        count, size = 0, 0
        for place, text in _texts(asked):
            size += len(text)
            for find in searcher.search([(place, text)]):
                count += 1
                print(find)
    except (NotDone, OSError) as fault:
        said = f"{fault.strerror}: {fault.filename}" if isinstance(fault, OSError) else str(fault)
        print(f"secrecy: {said}", file=sys.stderr)
        return NOT_DONE
    if not size:
        print("secrecy: there was nothing to search", file=sys.stderr)
        return NOT_DONE
    print(f"{count} found in {size:,} bytes, {searcher.size:,} forms looked for")
    return SOMETHING if count else NOTHING


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m tests.secrecy", description=(__doc__ or "").strip())
    parser.add_argument("seeds", help="a file with one secret a line; - for stdin")
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders to search")
    parser.add_argument("--topics", action="store_true", help="search every record")
    parser.add_argument("--databases", action="store_true", help="search a dump of every database")
    return parser


def _secrets(path: str) -> list[Secret]:
    """One for each line that isn't empty. Raises: NotDone, OSError."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    except UnicodeDecodeError:
        raise NotDone("the seeds are no text in UTF-8") from None
    found = [
        Secret(f"line {number}", "seed", line.strip(), is_guessable=_is_guessable(line.strip()))
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]
    if not found:
        raise NotDone("there are no seeds")
    for secret in found:
        try:
            Searcher([secret])
        except TooShort:
            raise NotDone(f"{secret.name} is so short that chance would find it") from None
    return found


def _is_guessable(text: str) -> bool:
    return len(text) <= DIGITS and text[:-1].isdigit()


def _texts(asked: Namespace) -> Iterator[Text]:
    """All texts to search. Raises: NotDone, OSError."""
    for path in asked.paths:
        if path.is_dir():
            for place, text in files(path):
                yield Place(place.kind, str(path / place.name)), text
        else:
            yield Place("file", str(path)), path.read_bytes()
    if asked.topics:
        yield from _topics()
    if asked.databases:
        yield from _databases()


def _topics() -> list[Text]:
    try:
        return asyncio.run(records(bus_of(os.environ)))
    except ValidationError as invalid:
        names = sorted(f"MAILBOX_{error['loc'][0]}".upper() for error in invalid.errors())
        raise NotDone(f"not set, or not valid: {', '.join(names)}") from None
    except BusFault as fault:
        raise NotDone(f"the broker can't be read: {type(fault).__name__}") from None


def _databases() -> Iterator[Text]:
    uri = os.environ.get("MAILBOX_MONGO_URI")
    if not uri:
        raise NotDone("MAILBOX_MONGO_URI is not set")
    with tempfile.TemporaryDirectory(prefix="mailbox-secrecy-") as folder:
        try:
            back_up(uri, Path(folder))
        except DatabaseFault as fault:
            raise NotDone(f"the databases can't be read: {type(fault).__name__}") from None
        yield from files(Path(folder))


if __name__ == "__main__":
    sys.exit(main())
