"""Search in what everyone can read, and the n-grams by which it is found.

Words of a publication are public, so that its n-grams are stored in the clear. Of a query only the
rarest n-gram is looked up; the page itself shows whether all words are there.
"""

from collections.abc import Collection as Many
from collections.abc import Sequence

from services.publisher.domain.letter import PublicPage
from services.publisher.store.publication_queries import PAGE, PUBLICATIONS
from shared.platform.mongo.database import Collection, Document, Index, Update
from shared.platform.mongo.paging import EVER
from shared.rules.text.normalise import normal
from shared.rules.text.search_grams import grams

FIELDS = ("grams", "public_city", "public_topic")
"""Index fields by which readers find a page."""
SEARCH_INDEXES = tuple(
    Index(((field, 1), ("published_at", -1), ("publication", -1)), sparse=True) for field in FIELDS
)
MOST_GRAMS = 4_000
"""N-grams of one page, so that a long reply doesn't make its document much larger."""
MOST_COMPARED = 6
"""N-grams of a query that are counted to find the rarest."""
MOST_COUNTED = 400
MOST_READ = 400
"""Pages read for one search; words that are in more of them find the newest."""
MOST_FOUND = 20
AT_ONCE = 100


def search_fields(page: PublicPage | None) -> Document:
    """The index fields of a page; all None without one."""
    if page is None:
        return dict.fromkeys(FIELDS)
    return {"grams": _grams(page), "public_city": page.city, "public_topic": page.topic}


def _grams(page: PublicPage) -> list[str]:
    """The n-grams of a page; those of the title are never left out."""
    title = grams(page.title)
    rest = sorted((grams(page.text) | grams(page.reply)) - title)
    return [*sorted(title), *rest][:MOST_GRAMS]


async def search(
    letters: Collection, words: Sequence[str], *, where: Document | None = None
) -> list[PublicPage]:
    """The newest pages that contain all `words`, which are normalised. Raises: DatabaseFault.

    `where`: values of index fields that they must have.
    """
    pieces = grams(" ".join(words))
    if not pieces:
        return []
    found = await letters.find(
        {"grams": await _rarest(letters, pieces), "published_at": EVER},
        fields=PUBLICATIONS.fields,
        sort=(("published_at", -1), ("publication", -1)),
        limit=MOST_READ,
    )
    pages = [PAGE.validate_python(each["state"]["draft"]["page"]) for each in found]
    return [page for page in pages if _has_all(page, words) and _is_so(page, where)][:MOST_FOUND]


async def fill_search(letters: Collection) -> int:
    """Store the n-grams of pages from before there was a search; returns how many.

    Raises: DatabaseFault.
    """
    fields = dict.fromkeys(("version", "by", "state.draft.page"), 1)
    where = {"published_at": EVER, "grams": None}
    found = await letters.find(where, fields=fields, limit=AT_ONCE)
    await letters.write([Update(_as_read(each), {"$set": _fields_of(each)}) for each in found])
    return len(found)


def _as_read(document: Document) -> Document:
    """The document unless it was changed since: then it has its n-grams already."""
    return {name: document[name] for name in ("_id", "version", "by")}


def _fields_of(document: Document) -> Document:
    found = search_fields(PAGE.validate_python(document["state"]["draft"]["page"]))
    return {name: value for name, value in found.items() if value is not None}


async def _rarest(letters: Collection, pieces: Many[str]) -> str:
    chosen = sorted(pieces)[:: max(1, len(pieces) // MOST_COMPARED)][:MOST_COMPARED]
    counts = [await letters.count({"grams": piece}, most=MOST_COUNTED) for piece in chosen]
    return chosen[counts.index(min(counts))]


def _has_all(page: PublicPage, words: Sequence[str]) -> bool:
    text = normal(f"{page.title}\n{page.text}\n{page.reply}")
    return all(word in text for word in words)


def _is_so(page: PublicPage, where: Document | None) -> bool:
    known = {"public_city": page.city, "public_topic": page.topic}
    return all(known[name] == value for name, value in (where or {}).items())
