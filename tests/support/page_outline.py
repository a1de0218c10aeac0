"""What every page of ours keeps, read from its HTML without a browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Final

from typing_extensions import override

MOST_HTML: Final = 60_000
"""Bytes of a page, unpacked."""
OUR_FILES: Final = ("/favicon.svg", "/static/mailbox.css", "/static/mailbox.js")
Attributes = dict[str, str | None]
UNLABELLED: Final = {"hidden", "submit"}


class PageOutline(HTMLParser):
    """A page's tags, ids, headings and visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Attributes]] = []
        self.text = ""
        self.title = ""
        self._inside = ""
        self.feed(text)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    @override
    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    @override
    def handle_data(self, data: str) -> None:
        self.text += data
        self.title += data if self._inside == "title" else ""

    def all(self, tag: str) -> list[Attributes]:
        """The attributes of each such tag."""
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def headings(self) -> list[int]:
        """Levels of headings, in order."""
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch("h[1-6]", tag)]

    @property
    def ids(self) -> list[str]:
        """All ids."""
        return [found for _, attrs in self.tags if (found := attrs.get("id"))]


def page_faults(html: str, *, lang: str) -> list[str]:
    """What is wrong with a page; empty for a good one."""
    outline = PageOutline(html)
    checks = {
        f"its language is not {lang}": outline.all("html")[:1] == [{"lang": lang}],
        "not one main": len(outline.all("main")) == 1,
        "not one h1": outline.headings.count(1) == 1,
        "no title": bool(outline.title.strip(" ·")),
        "an id stands twice": len(outline.ids) == len(set(outline.ids)),
        "a heading skips a level": _steps_down(outline.headings),
        "more than 60 kB": len(html.encode()) < MOST_HTML,
        "an inline style": not _with(outline, "style") and not outline.all("style"),
        "an inline script": all(attrs.get("src") for attrs in outline.all("script")),
        "a handler in an attribute": not [
            name for _, attrs in outline.tags for name in attrs if name.startswith("on")
        ],
        "an id that is not there is referred to": _named(outline) <= set(outline.ids),
        "a field without label": _unlabelled(outline) == [],
        "a form without token": _forms(html) == [],
        "something from elsewhere": _from_elsewhere(outline) == [],
    }
    return [fault for fault, holds in checks.items() if not holds]


def _steps_down(levels: list[int]) -> bool:
    return all(after - before <= 1 for before, after in pairwise(levels))


def _with(outline: PageOutline, name: str) -> list[str]:
    return [tag for tag, attrs in outline.tags if name in attrs]


def _named(outline: PageOutline) -> set[str]:
    """Ids that attributes refer to."""
    names = ("aria-labelledby", "aria-describedby", "for", "aria-controls")
    return {
        part
        for _, attrs in outline.tags
        for name in names
        for part in (attrs.get(name) or "").split()
    }


def _unlabelled(outline: PageOutline) -> list[Attributes]:
    fields = [
        attrs
        for tag in ("input", "select", "textarea")
        for attrs in outline.all(tag)
        if attrs.get("type") not in UNLABELLED
    ]
    labelled = {attrs.get("for") for attrs in outline.all("label")}
    return [
        attrs for attrs in fields if attrs.get("id") not in labelled and "aria-label" not in attrs
    ]


def _forms(html: str) -> list[str]:
    """Forms that change something and carry no token of the session."""
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", html, re.DOTALL)
    return [form for form in forms if 'name="csrf"' not in form]


def _from_elsewhere(outline: PageOutline) -> list[str]:
    sources = [attrs.get("src") or "" for _, attrs in outline.tags if "src" in attrs]
    sources += [attrs.get("href") or "" for attrs in outline.all("link")]
    return [source for source in sources if not source.startswith(OUR_FILES)]
