"""The inbox of those who handle letters: lists, search, saved views, and passing on together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from services.router.api.dependencies import RouterDesk, TheDesk
from services.router.api.search import Found, search_page
from services.router.api.search_schemas import Search
from services.router.pages.desk_tools import Tools
from services.router.pages.frame import INBOX, refusal_text
from services.router.pages.inbox_view import Inbox, InboxLine, InboxQuery, desks_of, lines_of
from services.router.pages.letter_view import done_text
from services.router.store.inbox import AT_DESK
from services.router.store.overview import LetterOverview
from services.router.store.saved_views import SavedView
from shared.contracts.text import Text
from shared.kernel.errors import AlreadyDone, BadValue, LimitReached
from shared.platform.http.identity import on_page, staff
from shared.platform.http.parameters import After, RequestBody
from shared.platform.http.tokens import Person
from shared.platform.mongo.paging import Place, place, written
from shared.web.forms import FormFields, fields_of, read_form
from shared.web.language import N_
from shared.web.rendering import page
from shared.web.vocabulary import choices, label

router = APIRouter()
Handler = Annotated[Person, Depends(on_page(staff("bureau")))]
ViewId = Annotated[str | None, Query(max_length=16, pattern="^[0-9a-f]+$")]
Done = Annotated[str | None, Query(max_length=40, pattern="^[a-z_]+$")]
MOST_NAME: Final = 40
DUE: Final = [
    ("", N_("Any date")),
    ("overdue", N_("Overdue")),
    ("soon", N_("Within three days")),
    ("week", N_("Within a week")),
]
WHO: Final = [("", N_("Anybody")), ("mine", N_("Me")), ("free", N_("Nobody yet"))]
TOO_SHORT: Final = N_("Give at least two characters")


class ViewName(RequestBody):
    """The name of a saved view."""

    name: Annotated[str, Text(1, MOST_NAME)]


@dataclass(frozen=True, slots=True)
class InboxShown:
    """The inbox of one person."""

    request: Request
    person: Person
    desk: RouterDesk
    overview: LetterOverview

    async def inbox(self) -> Inbox:
        """The letters at the person's desks."""
        return await Inbox.of(self.person, desk=self.desk, overview=self.overview)

    async def found(self, fields: FormFields, *, view: SavedView | None = None) -> Response:
        """The letters that a search finds."""
        asked, errors = read_form(Search, fields)
        words = fields.get("words")
        try:
            hits, end = await self._search(asked)
        except BadValue:
            return await self.again(InboxQuery(), errors or {"words": TOO_SHORT}, words=words)
        lines = await lines_of(
            [hit for hit in hits if hit[2] in ("all", "past")], self.person, desk=self.desk
        )
        return await self.page(
            lines, view=view, words=words, next_place=written(end) if end else None
        )

    async def _search(self, asked: Search | None) -> tuple[list[Found], Place | None]:
        """Raises: BadValue."""
        if asked is None or asked.words is None:
            raise BadValue("words")
        return await search_page(asked, self.person, desk=self.desk)

    async def again(
        self, query: InboxQuery, errors: Mapping[str, str], *, words: str = ""
    ) -> Response:
        """The list with errors."""
        inbox = await self.inbox()
        lines, _ = await inbox.page(query, after=None)
        return await self.page(
            lines, inbox=inbox, query=query, errors=errors, words=words, status=422
        )

    async def page(
        self,
        lines: Sequence[InboxLine],
        *,
        inbox: Inbox | None = None,
        query: InboxQuery | None = None,
        words: str = "",
        status: int = 200,
        **more: Any,
    ) -> Response:
        """The page with these lines."""
        counts = (inbox or await self.inbox()).counts
        query = query or InboxQuery()
        types = [
            (code, label("police_type", code), counts.police_types[code])
            for code, _ in choices("police_type")
            if counts.police_types.get(code)
        ]
        shown: dict[str, Any] = {
            "lines": lines,
            "query": query,
            "words": words,
            "counts": counts,
            "states": [(state, label("state", state), counts.states[state]) for state in AT_DESK],
            "types": types,
            "due": DUE,
            "who": WHO,
            "desks": desks_of(self.person),
            "views": await self.desk.stores.views.of(self.person.staff_id),
            "view": None,
            "more": None,
            "next_place": None,
            "done": None,
            "most_name": MOST_NAME,
            "staff": self.person.staff_id,
        }
        return page(self.request, "inbox.html", status=status, **(shown | more))


async def _inbox_shown(
    request: Request, person: Handler, desk: TheDesk, tools: Tools
) -> InboxShown:
    return InboxShown(request, person, desk, tools.overview)


Shown = Annotated[InboxShown, Depends(_inbox_shown)]


@router.get(INBOX)
async def show_inbox(
    shown: Shown, after: After = None, view: ViewId = None, done: Done = None
) -> Response:
    """Letters of the person's desks, the next due first, or those of a saved view."""
    stores, staff_id = shown.desk.stores, shown.person.staff_id
    await stores.visits.at_desk(staff_id, desks=desks_of(shown.person), now=shown.desk.now())
    saved = await stores.views.of(staff_id)
    chosen = next((one for one in saved if one.id == view), None)
    if chosen is not None and "words" in chosen.filters:
        return await shown.found(FormFields.of(**chosen.filters), view=chosen)
    given = chosen.filters if chosen else dict(shown.request.query_params)
    query, _ = read_form(InboxQuery, FormFields({name: (value,) for name, value in given.items()}))
    query = query or InboxQuery()
    inbox = await shown.inbox()
    lines, end = await inbox.page(query, after=place(after) if after else None)
    more = urlencode({**query.parts, "after": written(end)}) if end else None
    return await shown.page(
        lines, inbox=inbox, query=query, more=more, view=chosen, done=done_text(done)
    )


@router.post(f"{INBOX}/search")
async def search_inbox(shown: Shown) -> Response:
    """Letters with these words; they come by POST, so that they are in no address."""
    return await shown.found(await fields_of(shown.request))


@router.post(f"{INBOX}/views")
async def change_views(shown: Shown) -> Response:
    """Save the filters under a name, or remove a saved view."""
    fields = await fields_of(shown.request)
    views, staff_id = shown.desk.stores.views, shown.person.staff_id
    try:
        if fields.get("remove"):
            await views.remove(staff_id, fields.get("remove"))
            return RedirectResponse(INBOX, status_code=303)
        named, errors = read_form(ViewName, fields)
        query, _ = read_form(InboxQuery, fields)
        if named is None:
            return await shown.again(query or InboxQuery(), errors)
        words = {"words": fields.get("words")} if fields.get("words").strip() else {}
        filters = words or (query.parts if query else {})
        saved = await views.add(staff_id, name=named.name.strip(), filters=filters)
    except (LimitReached, AlreadyDone) as refused:
        return await shown.again(InboxQuery(), {"name": refusal_text(refused)})
    return RedirectResponse(f"{INBOX}?view={saved}", status_code=303)
