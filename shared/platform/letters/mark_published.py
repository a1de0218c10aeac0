"""When is a letter's mark for effects not known to be acknowledged taken away?"""

from __future__ import annotations

from shared.platform.mongo.database import Collection, Update


async def mark_published(
    collection: Collection, acknowledged: dict[str, dict[str, tuple[int, int]]]
) -> None:
    """Clear `unsent` of letters for which n..m of each topic in it is acknowledged.

    Filtered on the values themselves and never on the version, which others move. `unsent` is
    compared whole, so that a topic which another writer added meanwhile keeps its mark; topics come
    in the order of the document, since that counts there. Where `sent` has moved on, `unsent` is
    raised to m + 1 instead.
    """
    clears = [
        Update(
            {"_id": letter, "unsent": {mark: low for mark, (low, _) in marks.items()}}
            | {f"sent.{mark}": high for mark, (_, high) in marks.items()},
            {"$unset": {"unsent": "", "unsent_since": ""}},
        )
        for letter, marks in acknowledged.items()
    ]
    written = await collection.write(clears)
    if written.matched == len(clears):
        return
    await collection.write(
        [
            Update(
                {"_id": letter, f"unsent.{mark}": low, f"sent.{mark}": {"$gt": high}},
                {"$set": {f"unsent.{mark}": high + 1}},
            )
            for letter, marks in acknowledged.items()
            for mark, (low, high) in marks.items()
        ]
    )
