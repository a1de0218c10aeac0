"""Settings in files, one per variable and named like it, as secrets are mounted.

`MAILBOX_SECRETS_DIR` names the folder; environment variables take precedence. Errors name the
variable and never the content of its file.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic_settings import BaseSettings, InitSettingsSource, SettingsError

FOLDER = "SECRETS_DIR"
MOST_BYTES = 65_536


def from_files(settings: type[BaseSettings], *prefixes: str) -> InitSettingsSource:
    """The settings found in files, for each of `prefixes`, earlier ones first.

    A missing folder yields nothing; the field `secrets_dir` refuses it. Raises: SettingsError,
    naming the field whose file can't be used.
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
        file = next((path for path in files if os.path.lexists(path)), None)
        if file is not None and (text := _text(file, field)):
            yield field, text


def _text(file: Path, field: str) -> str:
    """The file's text without surrounding whitespace. Raises: SettingsError."""
    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _unusable(field) from None
    if len(text) > MOST_BYTES:
        raise _unusable(field)
    return text.strip()


def _unusable(field: str) -> SettingsError:
    return SettingsError(f'the file of field "{field}" can\'t be used')
