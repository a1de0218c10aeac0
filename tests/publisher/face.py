"""The publisher's application in memory, and a parser that reads pages as a browser does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
from typing_extensions import override

from services.publisher import api, pages
from services.publisher.api.dependencies import DailyCounts, EditorialDesk
from services.publisher.domain import Command
from services.publisher.domain.letter import PublisherLetter
from services.publisher.jobs import DailyCounter, FiguresCounter
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.values import About
from shared.contracts.words import PublicText
from shared.platform.http.application import Limits, application
from shared.platform.http.tokens import Person
from shared.platform.runtime.readiness import Readiness
from tests.intake.faces import include_once
from tests.publisher.story import LETTER, RULES, WORDS, answered, copied
from tests.support.doubles import Memory
from tests.support.keyring import signing_keys
from tests.support.memory_shell import KnownPeople, MemoryShell, memory_shell
from tests.support.moving import moment
from tests.support.pages import with_pages
from tests.support.sign_in import both, with_sessions
from tests.support.watching import Watch, unwatched


def editor(name: str, auth_time: datetime) -> Person:
    """An editor who signed in at that instant."""
    return Person(name, roles=frozenset({"editor"}), auth_time=auth_time)


COUNT_KEYS = signing_keys("figures-1")
PEOPLE = {
    "mei": editor("s-4417", moment(27)),
    "zhou": editor("s-4418", moment(27)),
    "he": editor("he.qingyuan@police.example", moment(27)),
    "stale": editor("stale", moment(27) - timedelta(minutes=10)),
    "lin": Person("lin", roles=frozenset({"triage"}), auth_time=moment(27)),
    "chen": Person("chen", name="x", id_number="y", auth_time=moment(27)),
}


@dataclass
class Face:
    """The publisher's application and its client."""

    stage: MemoryShell[Command, PublisherLetter]
    client: httpx.AsyncClient
    figuring: FiguresCounter
    counting: DailyCounter

    async def draft(
        self, letter: str = LETTER, words: PublicText = WORDS, *, about: About | None = None
    ) -> None:
        """An answered letter has a copy for publication."""
        first, *later = answered()
        said = first.model_copy(update={"about": about})
        await self.stage.hear(PROGRESS.name, letter, said, *later)
        await self.stage.hear(SUBMITTED.name, letter, copied(words))

    async def get(self, path: str, token: str | None = None) -> httpx.Response:
        """Ask for a page or data."""
        return await self.client.get(path, headers=as_person(token))

    async def post(self, path: str, token: str | None, *, body: Any = None) -> httpx.Response:
        """Ask for something to be done."""
        return await self.client.post(path, headers=as_person(token), json=body)

    async def publish(self, letter: str = LETTER, words: PublicText = WORDS) -> str:
        """Have a letter published; its publication id."""
        await self.draft(letter, words)
        await self.post(f"/v1/drafts/{letter}/proposal", "mei")
        answer = await self.post(f"/v1/drafts/{letter}/approval", "zhou")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["publication"])


def as_person(token: str | None) -> dict[str, str]:
    """The headers of that person's requests."""
    return {"authorization": f"Bearer {token}"} if token else {}


@asynccontextmanager
async def faces(watch: Watch = unwatched) -> AsyncIterator[Face]:
    """The application without letters; `watch` records the decisions of its rules."""
    async with memory_shell(watch(RULES), at=moment(27)) as stage:
        figuring = FiguresCounter(stage.documents, Memory(), now=stage.now, pause_s=1)
        daily = Memory()
        counting = DailyCounter(stage.documents, daily, keys=COUNT_KEYS, now=stage.now, pause_s=1)
        desk = EditorialDesk(
            stage.documents,
            stage.commands.execute,
            state_of=stage.letters.state,
            figures=figuring.latest,
            daily=DailyCounts(daily, COUNT_KEYS),
            now=stage.now,
        )
        people = KnownPeople(PEOPLE, now=stage.now)
        app = application(
            "Publisher", verifiers=both(people), ready=Readiness(), limits=Limits(forms=pages.FORMS)
        )
        with_sessions(app, now=stage.now)
        with_pages(app, "publisher", now=stage.now).state.desk = desk
        include_once(app, api.router)
        include_once(app, pages.router)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://publisher") as client:
            yield Face(stage, client, figuring, counting)


class Reading(HTMLParser):
    """A parsed page: elements, links, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.shown = ""

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        given = [(name, value or "") for name, value in attrs]
        self.attributes += given
        self.links += [value for name, value in given if name == "href"]

    @override
    def handle_data(self, data: str) -> None:
        self.shown += data


def read(answer: httpx.Response) -> Reading:
    """The page that was answered, as a reader sees it."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    reading = Reading()
    reading.feed(answer.text)
    return reading
