"""Numbers of letters and diversions: one per request, however often it is repeated."""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from shared.kernel.errors import IdReused, NotFound
from shared.platform.letters.micro_batcher import MicroBatcher
from shared.platform.mongo.database import Collection, Document, Insert
from shared.platform.runtime.clock import Now

Kind: TypeAlias = Literal["letter", "diversion"]


class DrawnNumber(NamedTuple):
    """The number under a key; new if this call has drawn it, so that nothing is stored under it."""

    number: str
    is_new: bool


class Numbers:
    """Numbers that are drawn once for each person and idempotency key.

    The record's `_id` is a keyed hash of both, and it holds the request's hash and the number: a
    repeated submission becomes the same letter or diversion, whatever crashed in between.
    """

    def __init__(self, collection: Collection, *, now: Now, draw: Callable[[Kind], str]) -> None:
        """`draw`: returns a new number of that kind."""
        self._collection = collection
        self._now = now
        self._draw = draw
        self._grouped: MicroBatcher[Document, str] = MicroBatcher(self._keep)

    async def number(self, key: str, *, request: str, kind: Kind = "letter") -> str:
        """The number under `key`; one drawn before stays, of whatever kind.

        Raises: IdReused, if it was drawn for another `request`.
        """
        return (await self.draw(key, request=request, kind=kind)).number

    async def draw(self, key: str, *, request: str, kind: Kind = "letter") -> DrawnNumber:
        """Like `number`, and whether it is new. Raises: IdReused."""
        drawn = self._draw(kind)
        number = await self._grouped.submit(
            {"_id": key, "request": request, "letter": drawn, "at": self._now()}
        )
        return DrawnNumber(number, number == drawn)

    def another(self, kind: Kind) -> str:
        """A new number that the caller stores."""
        return self._draw(kind)

    async def has_drawn(self, key: str) -> bool:
        """Whether there is a number under `key`."""
        return await self._collection.one({"_id": key}, fields={"_id": 1}) is not None

    async def run(self) -> None:
        """Store drawn numbers until cancelled."""
        await self._grouped.run()

    async def _keep(self, drawn: Sequence[Document]) -> Sequence[str | Exception]:
        """Store the new ones in one write; answer the others with what was stored before."""
        first = {each["_id"]: each for each in reversed(drawn)}
        new = list(first.values())
        written = await self._collection.write([Insert(each) for each in new])
        taken = [new[position]["_id"] for position in sorted(written.taken)]
        if taken:
            before = await self._collection.find({"_id": {"$in": taken}})
            first |= {each["_id"]: each for each in before}
        return [_number_of(each, first.get(each["_id"])) for each in drawn]


def _number_of(asked: Document, kept: Document | None) -> str | Exception:
    if kept is None:
        return NotFound("drawn and gone")
    if kept["request"] != asked["request"]:
        return IdReused()
    return str(kept["letter"])
