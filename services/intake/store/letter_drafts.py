"""Letters that citizens are writing: sealed, each citizen's own, until sent or 30 days unchanged.

{ _id: owner/draft, owner: keyed hash of the sign-in, version, saved_at, content: sealed JSON }
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.errors import LimitReached, Refused
from shared.platform.crypto.key_ring import KeyRing
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update
from shared.platform.runtime.clock import Now

LETTER_DRAFTS: Final = "letter_drafts"
KEPT_FOR: Final = timedelta(days=30)
"""How long a draft is kept without change."""
MOST_DRAFTS: Final = 10
"""Drafts of one person."""
DRAFT_INDEXES: Final = (
    Index((("saved_at", 1),), expire_after_s=int(KEPT_FOR.total_seconds())),
    Index((("owner", 1), ("saved_at", -1))),
)
MOST_BYTES: Final = 64 * 1024
"""Of one draft."""
CONTENT: Final = "letter_draft"


@dataclass(frozen=True, slots=True)
class SavedLetterDraft:
    """A draft as it was last saved."""

    draft: str
    version: int
    """1 for the first."""
    saved_at: datetime
    content: bytes = field(repr=False)
    """JSON."""


class DraftChanged(Refused):
    """The draft isn't the version that was changed; the problem has what is there."""

    status = 412
    code = "changed"

    def __init__(self, present: SavedLetterDraft | None) -> None:
        super().__init__()
        self.present = present


class DraftTooLarge(Refused):
    """A draft of more than `MOST_BYTES`, which only escaped characters can reach."""

    status = 413
    code = "too_large"


class LetterDrafts:
    """The drafts of all citizens. Every method raises DatabaseFault if the database fails."""

    def __init__(self, drafts: Collection, ring: KeyRing, *, now: Now) -> None:
        self._drafts = drafts
        self._ring = ring
        self._now = now

    async def read(self, owner: str, draft: str) -> SavedLetterDraft | None:
        """The draft of that owner; None if there is none, or it is 30 days old."""
        found = await self._drafts.one({"_id": _id(owner, draft), **self._kept()})
        return self._opened(found) if found else None

    async def all_of(self, owner: str) -> list[SavedLetterDraft]:
        """All drafts of that owner, the last changed first; at most `MOST_DRAFTS`."""
        where = {"owner": owner, **self._kept()}
        found = await self._drafts.find(where, sort=(("saved_at", -1),), limit=MOST_DRAFTS)
        return [self._opened(document) for document in found]

    async def save(
        self, owner: str, draft: str, *, content: bytes, version: int
    ) -> SavedLetterDraft:
        """Store the next version; `version`: the one that was changed, 0 for a new draft.

        Content that is there already is not stored again, so a repeated request is answered alike.
        Raises: DraftChanged; DraftTooLarge; LimitReached.
        """
        if len(content) > MOST_BYTES:
            raise DraftTooLarge
        saved = SavedLetterDraft(draft, version + 1, self._now(), content)
        is_stored = await (self._update if version else self._insert)(owner, saved)
        if is_stored:
            return saved
        present = await self.read(owner, draft)
        if present is None or present.content != content:
            raise DraftChanged(present)
        return present

    async def drop(self, owner: str, draft: str) -> None:
        """Erase the draft, if it is there."""
        await self._drafts.write([Delete({"_id": _id(owner, draft)})])

    async def _update(self, owner: str, saved: SavedLetterDraft) -> bool:
        where = {"_id": _id(owner, saved.draft), "version": saved.version - 1, **self._kept()}
        change = {"$set": self._document(owner, saved)}
        return bool((await self._drafts.write([Update(where, change)])).matched)

    async def _insert(self, owner: str, saved: SavedLetterDraft) -> bool:
        """Whether it is new; it is taken back if there are too many. Raises: LimitReached."""
        name = _id(owner, saved.draft)
        old = {"_id": name, "saved_at": {"$lte": self._since()}}
        await self._drafts.write([Delete(old)])
        if (
            await self._drafts.write([Insert({"_id": name, **self._document(owner, saved)})])
        ).taken:
            return False
        where = {"owner": owner, **self._kept()}
        if await self._drafts.count(where, most=MOST_DRAFTS + 1) > MOST_DRAFTS:
            await self._drafts.write([Delete({"_id": name, "version": saved.version})])
            raise LimitReached
        return True

    def _document(self, owner: str, saved: SavedLetterDraft) -> Document:
        sealed = self._ring.seal(saved.content, letter=_id(owner, saved.draft), field=CONTENT)
        return {
            "owner": owner,
            "version": saved.version,
            "saved_at": saved.saved_at,
            "content": sealed,
        }

    def _opened(self, document: Document) -> SavedLetterDraft:
        name: str = document["_id"]
        content = self._ring.open(document["content"], letter=name, field=CONTENT)
        draft = name.rpartition("/")[2]
        return SavedLetterDraft(draft, document["version"], document["saved_at"], content)

    def _kept(self) -> Document:
        return {"saved_at": {"$gt": self._since()}}

    def _since(self) -> datetime:
        return self._now() - KEPT_FOR


def _id(owner: str, draft: str) -> str:
    return f"{owner}/{draft}"
