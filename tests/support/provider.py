"""The development issuer in memory, and services with pages whose people sign in there.

A browser follows redirects between them as a real one does; every host is served in this process.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import httpx
from fastapi import Depends, FastAPI, Request
from typing_extensions import override

from deploy.local.fakes.issuer import Issuer, build, load_issuers
from deploy.local.fakes.openid_clients import Registration
from deploy.local.stack import keys
from deploy.local.stack.plan import issuer_path
from shared.platform.http.create_app import create_app
from shared.platform.http.identity import citizen, fresh, on_page, staff
from shared.platform.http.tokens import Person
from shared.platform.runtime.issuer_settings import (
    BrowserClient,
    CitizenIssuerSettings,
    IssuerSettings,
    Side,
)
from shared.platform.runtime.readiness import Readiness
from shared.platform.runtime.settings import ServiceSettings
from shared.web.forms import fields_of
from shared.web.rendering import page
from shared.web.session_cookies import restored_fields
from shared.web.sign_in_setup import FORMS, Storage, install_sign_in
from shared.web.site import install
from tests.support.doubles import Clock, MemoryDatabase
from tests.support.sign_in import BROWSER, RING

PROVIDER = "http://issuer.test"
STAFF_ISSUER = f"{PROVIDER}{issuer_path('staff')}"
CITIZEN_ISSUER = f"{PROVIDER}{issuer_path('citizens')}"
ROUTER, INTAKE = "http://router.test", "http://intake.test"

Writer = Annotated[Person, Depends(on_page(citizen()))]
Clerk = Annotated[Person, Depends(on_page(staff("triage")))]
FreshClerk = Annotated[Person, Depends(fresh(on_page(staff("triage"))))]


class Network(httpx.AsyncBaseTransport):
    """Hosts in memory; one can be away."""

    def __init__(self) -> None:
        self.hosts: dict[str, httpx.AsyncBaseTransport] = {}
        self.away: set[str] = set()
        self.asked: list[httpx.Request] = []
        self.instead: dict[str, httpx.Response] = {}
        """Answers by path that a host gives instead of its own."""

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = f"{request.url.scheme}://{request.url.host}"
        self.asked.append(request)
        if host in self.away:
            raise httpx.ConnectError("away")
        if request.url.path in self.instead:
            return self.instead[request.url.path]
        return await self.hosts[host].handle_async_request(request)

    def serve(self, origin: str, app: FastAPI) -> None:
        """Serve `app` at an origin."""
        self.hosts[origin] = httpx.ASGITransport(app, raise_app_exceptions=False)


@dataclass
class Place:
    """A provider, two services of one office, and a browser."""

    network: Network
    client: httpx.AsyncClient
    clock: Clock
    databases: dict[str, MemoryDatabase]
    apps: dict[str, FastAPI]
    issuer: Issuer
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.network)


class Browser:
    """A browser that keeps cookies of each host, and follows redirects when told to."""

    def __init__(self, network: Network) -> None:
        self.client = httpx.AsyncClient(transport=network)

    async def get(self, address: str) -> httpx.Response:
        """Open an address, without following redirects."""
        return await self.client.get(address, headers=BROWSER)

    async def post(self, address: str, **fields: str) -> httpx.Response:
        """Send a form of the page that is open."""
        return await self.client.post(address, data=fields, headers=BROWSER)

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Follow redirects to the page at their end."""
        while answer.is_redirect:
            answer = await self.get(str(answer.next_request.url if answer.next_request else ""))
        return answer

    async def open(self, address: str) -> httpx.Response:
        """Open a page, following redirects."""
        return await self.follow(await self.get(address))

    async def choose(self, page: httpx.Response, person: str) -> httpx.Response:
        """Choose a person on the provider's page; return the redirect to the service."""
        assert page.url.host == "issuer.test", page.url
        found = re.search(rf'href="([^"]*[?&;]person={person})"', page.text)
        assert found is not None, page.text
        return await self.get(str(page.url.join(unescape(found[1]))))

    async def sign_in(self, address: str, person: str) -> httpx.Response:
        """Open a page, sign in as a person, and return the page."""
        return await self.follow(await self.choose(await self.open(address), person))

    def csrf(self, page: httpx.Response) -> str:
        """The token of the page's forms."""
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert found is not None
        return found[1]


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address, one each."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def cookies_of(answer: httpx.Response) -> Iterator[str]:
    """The cookies that an answer sets."""
    return (value for name, value in answer.headers.multi_items() if name == "set-cookie")


@asynccontextmanager
async def place(folder: Path, **settings: Any) -> AsyncIterator[Place]:
    """The provider, `router` and `intake`, each with a page, a form and a fresh form."""
    clock, network = Clock(), Network()
    keys.make(folder)
    async with httpx.AsyncClient(transport=network) as client:
        names: dict[Side, str] = {"citizens": CITIZEN_ISSUER, "staff": STAFF_ISSUER}
        issuers = load_issuers(folder, names, now=clock)
        secrets: dict[Side, str] = {
            side: (folder / file).read_text().strip() for side, file in keys.CLIENT_SECRETS.items()
        }
        registration = Registration(secrets, (ROUTER, INTAKE))
        network.serve(PROVIDER, build(issuers, registration, http=client))
        databases, apps = {}, {}
        for origin in (ROUTER, INTAKE):
            databases[origin] = MemoryDatabase()
            apps[origin] = _service(origin, folder, client, clock, databases[origin], settings)
            network.serve(origin, apps[origin])
        yield Place(network, client, clock, databases, apps, issuers["staff"])


def _service(
    origin: str,
    folder: Path,
    client: httpx.AsyncClient,
    clock: Clock,
    database: MemoryDatabase,
    more: dict[str, Any],
) -> FastAPI:
    name = urlsplit(origin).netloc.partition(".")[0]
    settings = _SettingsOfBoth.model_validate(
        {
            "env": "dev",
            "kafka_bootstrap": "127.0.0.1:1",
            "mongo_uri": "mongodb://127.0.0.1:1",
            "database": "mailbox_test",
            "http_port": 1,
            "keys_dir": folder,
            "staff_issuer": STAFF_ISSUER,
            "staff_audience": "mailbox",
            "staff_jwks_url": f"{STAFF_ISSUER}/jwks.json",
            "staff_client_id": "mailbox-pages",
            "staff_client_secret_file": folder / keys.CLIENT_SECRETS["staff"],
            "staff_pages_url": origin,
            "citizen_issuer": CITIZEN_ISSUER,
            "citizen_audience": "mailbox",
            "citizen_jwks_url": f"{CITIZEN_ISSUER}/jwks.json",
            "citizen_client_id": "mailbox-pages",
            "citizen_client_secret_file": folder / keys.CLIENT_SECRETS["citizens"],
            "citizen_pages_url": origin,
            **more,
        }
    )
    forms = ("/desk", "/my", *FORMS)
    app = create_app(name, settings, client=client, ready=Readiness(), now=clock, forms=forms)
    install(app, settings=settings, service=name)
    storage = Storage(name, database, RING)
    install_sign_in(app, settings, storage=storage, client=client, now=clock)
    _add_pages(app)
    return app


class _SettingsOfBoth(CitizenIssuerSettings, ServiceSettings):
    """Settings of a service that both sides use."""

    @property
    @override
    def issuers(self) -> Mapping[Side, IssuerSettings]:
        return {"staff": self.staff, "citizens": self.citizens}

    @property
    @override
    def browser_clients(self) -> Mapping[Side, BrowserClient | None]:
        return {"staff": self.staff_client, "citizens": self.citizen_client}


def _add_pages(app: FastAPI) -> None:
    @app.get("/my/letters")
    async def show_mine(request: Request, person: Writer) -> Any:
        return page(request, "problem.html", title=f"{person.sub}: my letters", code=0)

    @app.post("/my/letters")
    async def write_mine(request: Request, person: Writer) -> str:
        return f"{person.sub} wrote {(await fields_of(request)).get('text')}"

    @app.get("/desk/{letter}")
    async def show(request: Request, person: Clerk) -> Any:
        restored = restored_fields(request)
        typed = restored.get("text") if restored else "nothing"
        return page(request, "problem.html", title=f"{person.sub}: {typed}", code=0)

    @app.post("/desk/{letter}")
    async def write(request: Request, person: Clerk) -> str:
        return f"{person.sub} wrote {(await fields_of(request)).get('text')}"

    @app.get("/desk/{letter}/sign")
    async def show_signing(request: Request, person: FreshClerk) -> Any:
        restored = restored_fields(request)
        typed = restored.get("text") if restored else "nothing"
        return page(request, "problem.html", title=f"{person.sub}: {typed}", code=0)

    @app.post("/desk/{letter}/sign")
    async def sign(person: FreshClerk) -> str:
        return f"{person.sub} signed"
