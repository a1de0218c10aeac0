"""The type of a file by its first bytes. Names and headers say nothing about it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

FileType: TypeAlias = Literal["jpeg", "png", "webp", "heic", "pdf"]

HEAD: Final = 32
"""Bytes that tell the type."""
MEDIA_TYPES: Final[Mapping[FileType, str]] = MappingProxyType(
    {
        "jpeg": "image/jpeg",
        "png": "image/png",
        "webp": "image/webp",
        "heic": "image/heic",
        "pdf": "application/pdf",
    }
)
"""What may be sent. A HEIC picture becomes a JPEG picture, which every browser shows."""
_HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def file_type(head: bytes) -> FileType | None:
    """The type of a file that begins so; None for any other."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return "heic"
    return "pdf" if head.startswith(b"%PDF-") else None
