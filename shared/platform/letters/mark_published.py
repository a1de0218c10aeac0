"""The update that clears a letter's outbox mark once its effects are acknowledged."""

from shared.platform.mongo.database import Collection, Update, UpdateEach


async def mark_published(
    collection: Collection, acknowledged: dict[str, dict[str, tuple[int, int]]]
) -> None:
    """Clear `unsent` of letters for which sequences n..m of each topic in it are acknowledged.

    The filter uses the values themselves and never the version, which others change. `unsent` is
    compared as a whole, so that a topic added by another writer meanwhile keeps its mark; topics
    stand in the document's order, which matters in that comparison. If `sent` has moved on,
    `unsent` is raised to m + 1 instead. Letters with the same sequences, such as new ones, are
    cleared by one update.
    """
    alike: dict[tuple[tuple[str, tuple[int, int]], ...], list[str]] = {}
    for letter, marks in acknowledged.items():
        alike.setdefault(tuple(marks.items()), []).append(letter)
    written = await collection.write(
        [
            UpdateEach(
                {"_id": {"$in": letters}, "unsent": {mark: low for mark, (low, _) in marks}}
                | {f"sent.{mark}": high for mark, (_, high) in marks},
                {"$unset": {"unsent": "", "unsent_since": ""}},
            )
            for marks, letters in alike.items()
        ]
    )
    if written.matched == len(acknowledged):
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
