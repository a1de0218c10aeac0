"""The cleaning process: reads a file from its input, writes the cleaned one to its output.

`python -m services.intake.files.cleaning_process TYPE`. Decoders may be attacked by what they
decode. So this process has no secret in its environment and, once it begins to read, can open no
file and no connection; its memory and time are limited. It writes the length of a header in four
bytes; the header, `{"type", "thumbnail", "size"}` or `{"refused"}`, as JSON; the thumbnail; and the
cleaned file.
"""

import json
import resource
import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, Final, TypeAlias

MEMORY: Final = 1_280 * 1024 * 1024
"""Bytes of address space, of which the libraries alone take a fifth."""
CPU_S: Final = 20
OPEN_FILES: Final = 3
"""Input, output and errors; every further one is refused."""

Clean: TypeAlias = Callable[[bytes], Any]


def main(kind: Any) -> None:
    """Clean one file of that type."""
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_CPU, CPU_S)
    limit(resource.RLIMIT_AS, MEMORY)
    warnings.simplefilter("ignore")
    clean = _pdf() if kind == "pdf" else _image(kind)
    limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    answer(clean, sys.stdin.buffer.read(), out=sys.stdout.buffer)


def limit(what: int, most: int) -> None:
    """Lower a limit of this process for good, unless it is lower already."""
    _, hard = resource.getrlimit(what)
    lowered = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (lowered, lowered))


def answer(clean: Clean, raw: bytes, *, out: BinaryIO) -> None:
    """Write the cleaned file, or why there is none."""
    try:
        cleaned = clean(raw)
    except MemoryError:
        _write(out, {"refused": "file_complex"})
    except Exception as fault:  # noqa: BLE001 - a decoder may raise anything about a broken file
        _write(out, {"refused": getattr(fault, "code", "file_broken")})
    else:
        sizes = {"thumbnail": len(cleaned.thumbnail), "size": len(cleaned.content)}
        _write(out, {"type": cleaned.type, **sizes}, cleaned.thumbnail, cleaned.content)


def _write(out: BinaryIO, header: dict[str, Any], *parts: bytes | memoryview) -> None:
    head = json.dumps(header).encode()
    out.writelines((len(head).to_bytes(4, "big"), head, *parts))
    out.flush()


def _image(kind: Any) -> Clean:
    """Loaded here, so that a picture's process never loads what reads PDF."""
    from services.intake.files.image_cleaning import cleaned_image, load_decoders  # noqa: PLC0415 - see above

    load_decoders(kind)
    return partial(cleaned_image, kind=kind)


def _pdf() -> Clean:
    from services.intake.files.pdf_cleaning import cleaned_pdf  # noqa: PLC0415 - see above

    return cleaned_pdf


if __name__ == "__main__":
    main(sys.argv[1])
