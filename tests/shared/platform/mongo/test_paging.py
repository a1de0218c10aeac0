"""Lists are read page by page, and no entry is left out or shown twice."""

from datetime import timedelta
from itertools import pairwise
from typing import Literal

import pytest

from shared.platform.mongo.database import Insert
from shared.platform.mongo.paging import Listing, Place
from tests.support.doubles import START, Memory

DIRECTIONS: tuple[Literal[1, -1], ...] = (1, -1)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 6])
async def test_pages_follow_each_other_also_between_entries_of_one_instant(
    most: int, direction: Literal[1, -1]
) -> None:
    letters, minutes = Memory(), {"a": 0, "b": 1, "c": 1, "d": 1, "e": 1, "f": 2}
    await letters.write(
        [Insert({"_id": name, "at": START + timedelta(minutes=n)}) for name, n in minutes.items()]
    )
    listing = Listing("at", direction, most)
    pages: list[list[str]] = []
    after: Place | None = None
    while not pages or after is not None:
        page, after = await listing.page(letters, {}, after=after)
        pages.append(page)
    assert [name for page in pages for name in page] == sorted(minutes, reverse=direction == -1)
    assert all(len(page) == most for page, _ in pairwise(pages))
