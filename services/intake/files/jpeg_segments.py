"""Removal of metadata from a JPEG stream without decoding it."""

from collections.abc import Iterator
from typing import Final

START, END, SCAN = 0xD8, 0xD9, 0xDA
ADOBE: Final = 0xEE
"""APP14 says how colours are coded; decoders need it."""
_APPLICATION: Final = range(0xE0, 0xF0)
_COMMENT: Final = 0xFE
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""


class NotJpeg(ValueError):
    """The bytes are no JPEG stream, or a broken one."""


def without_metadata(jpeg: bytes) -> bytes:
    """The stream from start to end marker, without comments and application segments.

    Raises: NotJpeg.
    """
    if jpeg[:2] != bytes((0xFF, START)):
        raise NotJpeg
    return jpeg[:2] + b"".join(jpeg[start:end] for start, end in _kept(jpeg)) + b"\xff\xd9"


def _kept(jpeg: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while True:
        marker = _marker(jpeg, at)
        if marker == END:
            return
        end = at + 2 + (0 if marker in _ALONE else int.from_bytes(jpeg[at + 2 : at + 4], "big"))
        if end > len(jpeg) or (marker not in _ALONE and end < at + 4):
            raise NotJpeg
        if marker == SCAN:
            end = _end_of_scan(jpeg, end)
        if marker == ADOBE or (marker not in _APPLICATION and marker != _COMMENT):
            yield at, end
        at = end


def _marker(jpeg: bytes, at: int) -> int:
    if len(jpeg) < at + 2 or jpeg[at] != 0xFF:
        raise NotJpeg
    return jpeg[at + 1]


def _end_of_scan(jpeg: bytes, at: int) -> int:
    """Where the next marker after a scan's data is."""
    while True:
        at = jpeg.find(b"\xff", at)
        if at < 0 or at + 1 >= len(jpeg):
            raise NotJpeg
        if jpeg[at + 1] == 0xFF:
            at += 1
        elif jpeg[at + 1] == 0 or jpeg[at + 1] in _ALONE:
            at += 2
        else:
            return at
