"""After an erasure no database has anything sealed of the letter, and no desk a line about it."""

import asyncio
import time
from typing import Any

import bson
from pymongo import AsyncMongoClient

from shared.contracts.vocabulary import SERVICES
from shared.platform.repair.key_rotation import kids_in
from tests.support.lived import JWE

PATIENCE_S = 60.0
PAUSE_S = 0.1
PARTS = {"identity", "words"}
OF_DESKS = ("words", "desk_drafts", "desk_claims")
"""The router's collections that hold words of letters beside them."""


async def nothing_is_sealed_of(letter: str, uri: str) -> None:
    """Wait until every service has erased the letter, and search all that it keeps of it."""
    opened: Any = AsyncMongoClient(uri)
    async with opened as client:
        for service in SERVICES:
            database = client[f"mailbox_{service}"]
            document = await _erased(database, letter)
            kept = [document, *await database.log.find({"letter": letter}).to_list()]
            kept += await database.parked.find({"letter": letter}).to_list()
            assert list(kids_in(document["state"])) == [], service
            assert not [one for one in kept if JWE.search(bson.encode(one))], service
        router = client.mailbox_router
        for name in OF_DESKS:
            assert await router[name].find_one({"_id": letter}) is None, name


async def _erased(database: Any, letter: str) -> dict[str, Any]:
    """The letter's document once it is erased, also in the search index."""
    end = time.monotonic() + PATIENCE_S
    while True:
        found: dict[str, Any] = await database.letters.find_one({"_id": letter}) or {}
        is_done = {*found.get("erased", ())} >= PARTS and "erasing_since" not in found
        if is_done and not ({"unlisted_since"} & {*found}):
            return found
        assert time.monotonic() < end, f"{database.name}: {sorted(found.get('erased', ()))}"
        await asyncio.sleep(PAUSE_S)
