"""The update that clears a letter's outbox mark once its effects are acknowledged."""

from __future__ import annotations

from shared.platform.mongo.database import Collection, Update


async def mark_published(
    collection: Collection, acknowledged: dict[str, dict[str, tuple[int, int]]]
) -> None:
    """Clear `unsent` of letters for which sequences n..m of each topic in it are acknowledged.

    The filter uses the values themselves and never the version, which others change. `unsent` is
    compared as a whole, so that a topic added by another writer meanwhile keeps its mark; topics
    stand in the document's order, which matters in that comparison. If `sent` has moved on,
    `unsent` is raised to m + 1 instead.
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
