"""The object store of files: a folder, or a bucket that speaks S3's protocol."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, from_url

if TYPE_CHECKING:
    from obstore.store import ObjectStore

OWNERS_ONLY = 0o700


def opened(address: str) -> ObjectStore:
    """The store at `file:///folder`, which is created, or `s3://bucket/prefix`.

    A bucket's credentials and endpoint come from the environment (`AWS_...`).
    """
    if not address.startswith("file:"):
        return from_url(address)
    folder = Path(unquote(urlsplit(address).path))
    folder.mkdir(mode=OWNERS_ONLY, parents=True, exist_ok=True)
    return LocalStore(folder)
