"""Files that attack whoever reads them: generated here, none is stored.

`PAYLOAD` is what an attacker wants to get through: no cleaned file may hold it.
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Final
from zlib import compress, crc32

import pikepdf
from PIL import Image, PngImagePlugin

from tests.support.hostile_pdf import PAYLOAD as PAYLOAD
from tests.support.hostile_pdf import PDF_FILES
from tests.support.pictures import document, picture, with_secrets

REFUSED: Final = frozenset({"file_type", "file_broken", "file_complex", "file_encrypted"})
"""Codes with which a file may be refused."""


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file, and what may become of it."""

    name: str
    make: Callable[[], bytes] = field(repr=False)
    codes: frozenset[str] = REFUSED
    """Codes with which it may be refused."""
    is_rebuilt: bool = True
    """Whether it may be accepted, without its payload."""


def _is(name: str, make: Callable[[], bytes], *codes: str) -> HostileFile:
    """A file that must be refused with one of these codes."""
    return HostileFile(name, make, frozenset(codes), is_rebuilt=False)


def _either(name: str, make: Callable[[], bytes]) -> HostileFile:
    """A file that is refused, or accepted without its payload."""
    return HostileFile(name, make)


def _clean(name: str, make: Callable[[], bytes]) -> HostileFile:
    """A file that shows something harmless, which must be accepted without its payload."""
    return HostileFile(name, make, codes=frozenset())


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return len(data).to_bytes(4, "big") + name + data + crc32(name + data).to_bytes(4, "big")


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG file with that head and these chunks."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + b"".join((chunk(b"IHDR", head), *chunks, chunk(b"IEND", b"")))


def _zip() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("META-INF/MANIFEST.MF", PAYLOAD)
    return out.getvalue()


HTML: Final = f"<html><script>{PAYLOAD}</script></html>".encode()
PHP: Final = f"<?php {PAYLOAD} ?>".encode()


def _png_with(*chunks: bytes) -> bytes:
    """A small PNG picture with further chunks before its data."""
    raw = picture("PNG")
    return raw[:33] + b"".join(chunks) + raw[33:]


def _jpeg_with(segment: bytes, marker: int = 0xFE) -> bytes:
    """A small JPEG picture with one more segment."""
    raw = picture("JPEG")
    length = (len(segment) + 2).to_bytes(2, "big")
    return raw[:2] + bytes((0xFF, marker)) + length + segment + raw[2:]


def _webp_with(name: bytes, data: bytes) -> bytes:
    """A small WebP picture with one more RIFF chunk."""
    body = (
        picture("WEBP")[8:]
        + name
        + len(data).to_bytes(4, "little")
        + data
        + b"\0" * (len(data) % 2)
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _heic() -> bytes:
    return with_secrets("HEIF")


def _heic_with(box: bytes, data: bytes) -> bytes:
    """A small HEIC picture with one more box at its end."""
    return _heic() + (len(data) + 8).to_bytes(4, "big") + box + data


def _polyglots() -> Iterator[HostileFile]:
    yield _either("pdf and zip", lambda: document() + _zip())
    yield _is("zip and pdf", lambda: _zip() + document(), "file_type")
    yield _either("pdf and html", lambda: document() + HTML)
    yield _is("html and pdf", lambda: HTML + document(), "file_type")
    yield _either("pdf and jpeg", lambda: document() + _jpeg_with(PAYLOAD.encode()))
    yield _clean("jpeg and html in a comment", lambda: _jpeg_with(HTML))
    yield _clean("jpeg and html behind the end", lambda: picture() + HTML)
    yield _clean("jpeg and zip", lambda: picture() + _zip())
    yield _clean("jpeg and pdf", lambda: picture() + document() + PAYLOAD.encode())
    yield _clean("jpeg and php in a comment", lambda: _jpeg_with(PHP))
    yield _clean("jpeg and javascript", lambda: _jpeg_with(f"*/={PAYLOAD}/*".encode()))
    yield _clean("jpeg and a colour profile of code", lambda: _jpeg_with(PHP, 0xE2))
    yield _is("gif and javascript", lambda: b"GIF89a/*\0\0*/=1;" + PAYLOAD.encode(), "file_type")
    yield _clean("png and pdf in a text", lambda: _png_with(chunk(b"tEXt", b"k\0" + HTML)))
    yield _clean("png and pdf behind the end", lambda: picture("PNG") + document() + HTML)
    yield _clean("png and php in an unknown chunk", lambda: _png_with(chunk(b"phPc", PHP)))
    yield _clean("png and zip", lambda: picture("PNG") + _zip())
    yield _clean("webp and a chunk of code", lambda: _webp_with(b"EVIL", PHP))
    yield _clean("webp and html behind the end", lambda: picture("WEBP") + HTML)
    yield _clean("heic and a box of code", lambda: _heic_with(b"free", PHP))
    yield _clean("heic and html behind the end", lambda: _heic() + HTML)


OTHERS: Final[Mapping[str, bytes]] = {
    "empty": b"",
    "one byte": b"\xff",
    "text": PAYLOAD.encode(),
    "html": HTML,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
    "xml with entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
    "gif": b"GIF89a\x01\0\x01\0\0\0\0;",
    "bmp": b"BM" + b"\0" * 60,
    "ico": b"\0\0\1\0\1\0" + b"\0" * 60,
    "tiff": b"II*\0" + b"\0" * 60,
    "psd": b"8BPS\0\1" + b"\0" * 60,
    "jpeg 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 60,
    "jpeg xl": b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0" * 60,
    "avif": b"\0\0\0\x1cftypavif" + b"\0" * 60,
    "mp4": b"\0\0\0\x1cftypisom" + b"\0" * 60,
    "postscript": b"%!PS-Adobe-3.0\n(r) file\n",
    "imagemagick script": b"push graphic-context\nviewbox 0 0 1 1\nfill 'url(https://x|id)'\n",
    "windows program": b"MZ\x90\0" + b"\0" * 60,
    "linux program": b"\x7fELF\2\1\1" + b"\0" * 60,
    "shell script": b"#!/bin/sh\nid\n",
    "zip": b"PK\3\4" + b"\0" * 60,
    "office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60,
    "rich text": b"{\\rtf1\\object\\objdata}",
    "pdf behind a blank": b"\n" + b"%PDF-1.7\n",
    "pdf of another case": b"%pdf-1.7\n",
    "riff of sound": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 60,
}
"""What is none of the accepted types."""


def _bombs() -> Iterator[HostileFile]:
    zeros = compress(b"\0" * 90_000_000, 9)
    yield _is(
        "png that says 30000 by 30000",
        lambda: png(30_000, 30_000, chunk(b"IDAT", zeros)),
        "file_complex",
    )
    yield _is(
        "png of 2 thousand million",
        lambda: png(2**31 - 1, 2**31 - 1),
        "file_complex",
        "file_broken",
    )
    yield _is(
        "png of one long row", lambda: png(1_000_000, 1, chunk(b"IDAT", zeros)), "file_complex"
    )
    yield _is("png of no width", lambda: png(0, 9, chunk(b"IDAT", zeros)), "file_broken")
    yield _either("png of 49 million pixels of one bit", lambda: _flat_png(7_000))
    yield _either("png with more data than pixels", lambda: png(9, 9, chunk(b"IDAT", zeros)))
    yield _either("png with a text of 90 MB", lambda: _png_with(chunk(b"zTXt", b"k\0\0" + zeros)))
    yield _either(
        "png with a profile of 90 MB", lambda: _png_with(chunk(b"iCCP", b"k\0\0" + zeros))
    )
    yield _either("png with 50 thousand chunks", lambda: _png_with(*[chunk(b"teSt", b"")] * 50_000))
    yield _either("png of a thousand frames", partial(_frames, "PNG"))
    yield _either("webp of a thousand frames", partial(_frames, "WEBP"))
    yield _either("webp of 16383 by 16383", lambda: _webp_of(16_383))
    yield _is(
        "jpeg that says 65500 by 65500", lambda: _jpeg_of(65_500), "file_complex", "file_broken"
    )
    yield _either("jpeg of a thousand scans", _scans)
    yield _either("jpeg with 60 comments of 64 kB", lambda: _comments(60))
    yield _is(
        "heic that says 60000 by 60000", lambda: _heic_of(60_000), "file_complex", "file_broken"
    )
    yield _either("heic with a box of 4 GB", lambda: _heic() + b"\xff\xff\xff\xfffree")
    yield _either("heic with a box of 16 EB", lambda: _heic() + b"\0\0\0\1free" + b"\x7f" * 8)
    yield _either("heic with boxes in boxes", lambda: _nested_boxes(2_000))


def _flat_png(side: int) -> bytes:
    out = BytesIO()
    Image.new("1", (side, side)).save(out, "PNG", optimize=True)
    return out.getvalue()


def _frames(kind: str) -> bytes:
    out, frames = BytesIO(), [Image.new("RGB", (16, 16), (n % 256, 0, 0)) for n in range(1_000)]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def _webp_of(side: int) -> bytes:
    """A lossless picture whose head says that it is that large."""
    raw = bytearray(picture("WEBP", lossless=True))
    at = raw.index(b"VP8L") + 9
    raw[at : at + 4] = ((side - 1) | ((side - 1) << 14)).to_bytes(4, "little")
    return bytes(raw)


def _jpeg_of(side: int) -> bytes:
    raw = bytearray(picture())
    at = raw.index(b"\xff\xc0") + 5
    raw[at : at + 4] = side.to_bytes(2, "big") * 2
    return bytes(raw)


def _heic_of(side: int) -> bytes:
    raw = bytearray(_heic())
    at = raw.index(b"ispe") + 8
    raw[at : at + 8] = side.to_bytes(4, "big") * 2
    return bytes(raw)


def _scans() -> bytes:
    """A progressive picture whose last scan is repeated."""
    raw = picture(progressive=True, size=(640, 480))
    last = raw.rindex(b"\xff\xda")
    return raw[:last] + raw[last:-2] * 1_000 + raw[-2:]


def _comments(many: int) -> bytes:
    raw = picture()
    return raw[:2] + (b"\xff\xfe\xff\xff" + PAYLOAD.encode().ljust(65_533)) * many + raw[2:]


def _nested_boxes(deep: int) -> bytes:
    box = b""
    for _ in range(deep):
        box = (len(box) + 8).to_bytes(4, "big") + b"moov" + box
    return _heic()[:24] + box


def _broken() -> Iterator[HostileFile]:
    whole: dict[str, Callable[[], bytes]] = {
        "jpeg": lambda: picture(size=(300, 300)),
        "png": lambda: picture("PNG", size=(300, 300)),
        "webp": lambda: picture("WEBP", size=(300, 300)),
        "heic": _heic,
        "pdf": document,
    }
    for kind, make in whole.items():
        for part in (0.03, 0.3, 0.7):
            cut = partial(lambda make, part: make()[: max(16, int(len(make()) * part))], make, part)
            yield _either(f"{kind}, {part:.0%} of it", cut)
        for seed in (1, 2, 3):
            yield _either(f"{kind} with wrong bytes {seed}", partial(_flipped, make, seed))
        yield _either(
            f"{kind} with a tail of zeros", partial(lambda make: make() + b"\0" * 9_999, make)
        )
        head = partial(lambda make: make()[:16] + b"\0" * 999, make)
        yield _is(f"{kind}, its head alone", head, "file_broken", "file_complex")
    yield _either(
        "png with wrong checksums",
        lambda: picture("PNG").replace(b"IDAT", b"IDAT", 1)[:-8] + b"\0" * 8,
    )
    yield _either("png with two heads", lambda: _png_with(picture("PNG")[8:33]))
    yield _either("png with text that is no text", lambda: _text_png(b"\xff\xfe\0"))


def _flipped(make: Callable[[], bytes], seed: int) -> bytes:
    raw, draw = bytearray(make()), random.Random(seed)  # noqa: S311 - the same bytes each time
    for _ in range(max(3, len(raw) // 200)):
        raw[draw.randrange(16, len(raw))] = draw.randrange(256)
    return bytes(raw)


def _text_png(text: bytes) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add(b"iTXt", b"k\0\1\0\0\0" + text)
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "PNG", pnginfo=notes)
    return out.getvalue()


def _encrypted() -> bytes:
    return document(encryption=pikepdf.Encryption(owner="o", user="u"))


def _documents() -> Iterator[HostileFile]:
    for name, make in PDF_FILES.items():
        yield _either(f"pdf {name}", make)
    yield _is("pdf with a password", _encrypted, "file_encrypted")


POLYGLOTS: Final = tuple(_polyglots())
BOMBS: Final = tuple(_bombs())
BROKEN: Final = tuple(_broken())
DOCUMENTS: Final = tuple(_documents())
OTHER_TYPES: Final = tuple(
    _is(name, partial(bytes, raw), "file_type", "file_broken") for name, raw in OTHERS.items()
)
HOSTILE: Final = (*POLYGLOTS, *OTHER_TYPES, *BOMBS, *BROKEN, *DOCUMENTS)
