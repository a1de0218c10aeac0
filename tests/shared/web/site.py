"""An application with pages of its own templates, and a reader of pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from fastapi import FastAPI, Request
from prometheus_client import CollectorRegistry
from starlette.responses import Response
from typing_extensions import override

from shared.platform.http.application import Limits, application, open_to_all
from shared.platform.http.tokens import Person
from shared.web.rendering import Entry, page
from shared.web.site import install
from tests.support.pages import PageSettings

AT = datetime(2026, 11, 28, 3, 3, tzinfo=UTC)
HEAD = (
    '{% extends "page.html" %}{% import "components.html" as ui with context %}'
    "{% block title %}T{% endblock %}{% block main %}<h1>T</h1>"
)
VOID = {"input", "meta", "link", "br", "hr", "img"}


@dataclass
class Element:
    """An element with its attributes and the text within."""

    name: str
    attributes: Mapping[str, str | None]
    text: str = ""

    def __getitem__(self, name: str) -> str:
        """The attribute; empty if it has no value."""
        return self.attributes[name] or ""


class Reader(HTMLParser):
    """The elements of a page, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self._open
        assert self._open.pop().name == tag, f"</{tag}> closes another element"

    @override
    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, /, **attributes: str) -> list[Element]:
        """Elements with these attributes; `class_` and `for_` stand for words of Python."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            each
            for each in self.elements
            if each.name == tag and wanted.items() <= each.attributes.items()
        ]

    def one(self, tag: str, /, **attributes: str) -> Element:
        """The only element with these attributes."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, (tag, attributes, found)
        return found[0]

    def by_id(self, id_: str) -> Element:
        """The only element with that id."""
        found = [each for each in self.elements if each.attributes.get("id") == id_]
        assert len(found) == 1, (id_, found)
        return found[0]


@asynccontextmanager
async def site(
    template: str = "",
    folder: Path | None = None,
    *,
    entries: Sequence[Entry] = (),
    person: Person | None = None,
    is_development: bool = True,
    **values: Any,
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of a site whose page `/page` is `template` with `values`."""

    async def ready() -> Mapping[str, bool]:
        return {}

    app = application(
        "Test",
        verifiers={},
        ready=ready,
        registry=CollectorRegistry(),
        limits=Limits(body=2_000, forms=("/form",)),
        is_development=is_development,
    )
    _add_pages(app, person, values)
    if folder is not None:
        (folder / "page-of-test.html").write_text(f"{HEAD}{template}{{% endblock %}}", "utf-8")
    settings = PageSettings(lambda: AT, is_development)
    install(app, settings=settings, service="router", templates=folder, entries=entries)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
        yield client


def _add_pages(app: FastAPI, person: Person | None, values: Mapping[str, Any]) -> None:
    @app.get("/page")
    @open_to_all
    async def show(request: Request) -> Response:
        if person is not None:
            request.state.session = SimpleNamespace(
                person=person, csrf="token-of-session", side="staff"
            )
        return page(request, "page-of-test.html", **values)

    @app.post("/form")
    @open_to_all
    async def fail() -> Response:
        raise RuntimeError("private words")
