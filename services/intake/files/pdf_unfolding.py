"""How large the streams of a document become when a reader decodes them.

A document of some kilobytes can hold a stream of gigabytes, which stops whoever opens it. Runs in
the cleaning process alone.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pikepdf import Name, Stream

from services.intake.files.cleaned import TooComplex

MOST_UNFOLDED: Final = 400 * 1024 * 1024
"""Bytes of all streams of a document."""
MOST_PIXELS: Final = 200_000_000
"""Of one picture; an A2 sheet at 600 dots per inch has 140 million."""
PIECE: Final = 1024 * 1024
DEFLATE: Final = "/FlateDecode"
OF_PICTURES: Final = ("/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode")
"""Filters whose result is as large as the picture says that it is."""


def check_unfolding(streams: Iterable[Stream]) -> None:
    """Raises: TooComplex; MemoryError; PdfError, for a stream that can't be decoded."""
    left = MOST_UNFOLDED
    for found in streams:
        if _number(found, "/Width") * _number(found, "/Height") > MOST_PIXELS:
            raise TooComplex
        for piece in _unfolded(found):
            left -= len(piece)
            if left < 0:
                raise TooComplex


def filters_of(found: Stream) -> list[str]:
    """The names of a stream's filters, in the order in which a reader applies them."""
    given: Any = found.get("/Filter", [])
    return [str(each) for each in ([given] if isinstance(given, Name) else list(given))]


def _unfolded(found: Stream) -> Iterator[bytes]:
    """The stream without its filters, except those of pictures, piece by piece."""
    chain = filters_of(found)
    while chain and chain[-1] in OF_PICTURES:
        chain.pop()
    if not chain:
        return
    if set(chain) != {DEFLATE}:
        yield found.read_bytes()
        return
    pieces: Iterator[bytes] = iter([found.read_raw_bytes()])
    for _ in chain:
        pieces = _inflated(pieces)
    yield from pieces


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What zlib makes of it; a broken end unfolds to nothing."""
    inflating = zlib.decompressobj()
    for piece in pieces:
        rest = piece
        while rest:
            try:
                yield inflating.decompress(rest, PIECE)
            except zlib.error:
                return
            rest = inflating.unconsumed_tail


def _number(found: Stream, name: str) -> int:
    value: Any = found.get(name, 0)
    return value if isinstance(value, int) else 0
