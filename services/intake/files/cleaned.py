"""What the cleaning process makes of a file, and why it can't."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, repr=False)
class CleanedBytes:
    """A file after cleaning."""

    type: str
    content: bytes | memoryview
    thumbnail: bytes | memoryview = b""
    """A small JPEG picture; empty for documents."""


class TooComplex(Exception):
    """The file is larger than can be decoded safely."""

    code: ClassVar = "file_complex"


class IsEncrypted(Exception):
    """The file can't be read without a password, or only in part."""

    code: ClassVar = "file_encrypted"
