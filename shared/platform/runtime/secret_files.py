"""Which settings stand in files? One file for each, named as its variable, as secrets are mounted.

`MAILBOX_SECRETS_DIR` names the folder; what the environment says goes before it. Faults name the
variable and never what stands in its file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic_settings import BaseSettings, InitSettingsSource, SettingsError

FOLDER = "SECRETS_DIR"
MOST_BYTES = 65_536


def from_files(settings: type[BaseSettings], *prefixes: str) -> InitSettingsSource:
    """What the files say; under each of `prefixes`, the earlier before the later.

    A folder that isn't there says nothing: the field `secrets_dir` refuses it. Raises:
    SettingsError, naming the field whose file can't be used.
    """
    folders = (os.environ.get(f"{prefix}{FOLDER}") for prefix in prefixes)
    folder = next(filter(None, folders), None)
    return InitSettingsSource(
        settings, {} if folder is None else dict(_found(Path(folder), settings, prefixes))
    )


def _found(
    folder: Path, settings: type[BaseSettings], prefixes: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    for field in settings.model_fields:
        files = (folder / f"{prefix}{field}".upper() for prefix in prefixes)
        file = next((one for one in files if os.path.lexists(one)), None)
        if file is not None and (said := _text(file, field)):
            yield field, said


def _text(file: Path, field: str) -> str:
    """What the file says, without blanks around it. Raises: SettingsError."""
    try:
        with file.open("rb") as opened:
            said = opened.read(MOST_BYTES + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _unusable(field) from None
    if len(said) > MOST_BYTES:
        raise _unusable(field)
    return said.strip()


def _unusable(field: str) -> SettingsError:
    return SettingsError(f'the file of field "{field}" can\'t be used')
