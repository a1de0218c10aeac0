"""Bodies and parameters of the routes for files."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import unquote_to_bytes

from fastapi import Header
from pydantic import AfterValidator, BaseModel, Field

from services.intake.domain.files import MOST_FILES, FileRecord
from services.intake.domain.letter import ShownFileState
from services.intake.files.file_types import MEDIA_TYPES
from shared.contracts.fields import OpaqueId
from shared.kernel.errors import BadValue

LONGEST_NAME: Final = 200


def _once_each(files: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(files)) < len(files):
        raise ValueError("a file is named twice")
    return files


FileIds: TypeAlias = Annotated[
    tuple[OpaqueId, ...], Field(max_length=MOST_FILES), AfterValidator(_once_each)
]
"""Files that the sender uploaded before and that belong to no letter yet."""
FileName: TypeAlias = Annotated[
    str | None,
    Header(
        alias="X-File-Name",
        pattern=r"^[!-~]{1,2000}$",
        description="The file's name, UTF-8, percent-encoded (RFC 3986).",
    ),
]
STATES: Final[Mapping[ShownFileState, tuple[str, str]]] = MappingProxyType(
    {
        "waiting": ("正在进行安全检查", "being checked for harmful content"),
        "clean": ("已通过安全检查", "checked, nothing harmful found"),
        "refused": ("无法进行安全检查，不予转交", "could not be checked, is not passed on"),
        "quarantined": ("发现有害内容，已隔离，不予转交", "harmful content found, not passed on"),
    }
)
_BREAKS: Final = re.compile(r"[/\\]")
_BINARY: Final[Mapping[str, Any]] = MappingProxyType({"schema": {"type": "string"}})
UPLOADED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The file as it is, at most 10 MiB. Its type is found by its content.",
        "content": {
            kind: dict(_BINARY) for kind in ("application/octet-stream", *MEDIA_TYPES.values())
        },
    }
}
"""Describes an upload, which FastAPI knows nothing of."""
HANDED_OUT: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The cleaned file.",
        "content": {
            kind: dict(_BINARY) for kind in MEDIA_TYPES.values() if kind != MEDIA_TYPES["heic"]
        },
    }
}


class UploadedFile(BaseModel):
    """A file that its sender may use in a letter."""

    file: str
    type: str
    """Media type after cleaning."""
    size: int
    """Bytes after cleaning."""
    sha256: str
    """Of the cleaned bytes."""
    state: ShownFileState
    state_zh: str
    state_en: str
    uploaded_at: datetime
    letter: str | None
    """The letter that it came with; None: none yet."""
    name: str | None = Field(repr=False)
    """As the sender's device called it; nobody else sees it."""


def uploaded(record: FileRecord) -> UploadedFile:
    """The file as its sender sees it."""
    zh, en = STATES[record.shown_state]
    return UploadedFile(
        file=record.id,
        type=record.type,
        size=record.size,
        sha256=record.sha256,
        state=record.shown_state,
        state_zh=zh,
        state_en=en,
        uploaded_at=record.uploaded_at,
        letter=record.letter,
        name=record.name,
    )


def file_name(given: str | None) -> str | None:
    """The name without folders, controls and direction marks; None if nothing remains.

    Raises: BadValue.
    """
    try:
        name = unquote_to_bytes(given or "").decode()
    except UnicodeDecodeError:
        raise BadValue("X-File-Name") from None
    last = _BREAKS.split(name)[-1]
    shown = "".join(each for each in last if unicodedata.category(each)[0] != "C")
    return unicodedata.normalize("NFC", shown).strip(" .")[:LONGEST_NAME] or None
