"""Checks that settings have in common; a refusal never shows the value."""

import os
from pathlib import Path
from typing import Annotated, Final, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo
from pydantic_core import PydanticCustomError

DEV_ISSUER_MARK: Final = "development-only"
"""Part of the development issuers' names, so that no other stage can trust them."""
REFUSED: Final = "refused_setting"


def is_production(info: ValidationInfo) -> bool:
    """Whether what is only fit for development is refused."""
    return bool(info.data.get("env") != "dev")


def checked_readable(file: Path) -> Path:
    """That file, unless it can't be read: then the setting is refused."""
    if not os.access(file, os.R_OK):
        refuse("must name a file that can be read")
    return file


def checked_folder(folder: Path) -> Path:
    """That folder, unless there is none: then the setting is refused."""
    if not folder.is_dir():
        refuse("must name a folder that exists")
    return folder


def checked_address(address: str, info: ValidationInfo) -> str:
    """That address; outside development only https, and nothing of the development issuers."""
    if is_production(info):
        if urlsplit(address).scheme.lower() != "https":
            refuse("must be an https:// address outside MAILBOX_ENV=dev")
        if DEV_ISSUER_MARK in address.lower():
            refuse("names the development issuer, which is refused outside MAILBOX_ENV=dev")
    return address


def checked_uri(uri: SecretStr) -> SecretStr:
    """That address of a database, unless it is of another kind: then the setting is refused."""
    if not uri.get_secret_value().startswith(("mongodb://", "mongodb+srv://")):
        refuse("must begin with mongodb:// or mongodb+srv://")
    return uri


def refuse(why: str) -> NoReturn:
    """Refuse a setting by a sentence that follows its variable's name and never shows the value."""
    raise PydanticCustomError(REFUSED, "{why}", {"why": why})


Address = Annotated[str, Field(pattern=r"^https?://[^\s@]+$"), AfterValidator(checked_address)]
"""Without user name or password."""
DatabaseUri = Annotated[SecretStr, AfterValidator(checked_uri)]
Folder = Annotated[Path, AfterValidator(checked_folder)]
ReadableFile = Annotated[Path, AfterValidator(checked_readable)]
