"""What was reached on a walk through the services: commands decided, routes asked, events said."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import httpx
from fastapi import APIRouter, FastAPI

from shared.contracts.catalogue import EVENTS
from shared.contracts.event import Event
from shared.contracts.topics import bureau_of
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.service_decider import ServiceDecider

Watch: TypeAlias = Callable[[ServiceDecider[Any, Any]], ServiceDecider[Any, Any]]
Said: TypeAlias = tuple[str, type[Event]]
"""A topic, with one name for those of all bureaus, and the type of an event on it."""

ASKING = ("post", "put", "patch", "delete")
"""Methods of routes that change something."""


def unwatched(rules: ServiceDecider[Any, Any]) -> ServiceDecider[Any, Any]:
    """The rules unchanged."""
    return rules


@dataclass
class Reached:
    """Everything that happened so far."""

    decided: set[type] = field(default_factory=set)
    """Kinds of commands that had an effect."""
    asked: set[str] = field(default_factory=set)
    """Routes that succeeded, as `post /v1/letters/{letter}/accept`."""
    said: set[Said] = field(default_factory=set)

    def watch(self, rules: ServiceDecider[Any, Any]) -> ServiceDecider[Any, Any]:
        """The same rules, with their decisions recorded."""

        def decide(command: Any, state: Any) -> tuple[Any, ...]:
            events = rules.decide(command, state)
            if events:
                self.decided.add(type(command))
            return events

        return replace(rules, decide=decide)

    def listen(self, client: httpx.AsyncClient, routes: Iterable[str]) -> None:
        """Record the client's requests to these routes."""
        known = {route: _pattern(route) for route in routes}

        async def on_response(response: httpx.Response) -> None:
            asked = f"{response.request.method.lower()} {response.request.url.path}"
            if response.is_success:
                self.asked |= {route for route, form in known.items() if form.fullmatch(asked)}

        client.event_hooks["response"].append(on_response)

    def hear(self, records: Iterable[Outbound]) -> None:
        """Record what was sent."""
        for one in records:
            kind = EVENTS[dict(one.headers)["ce_type"].decode()]
            self.said.add((family(one.topic), kind))


def family(topic: str) -> str:
    """The topic's name, with `*` for the slug of a bureau."""
    bureau = bureau_of(topic)
    return topic if bureau is None else topic.replace(f".{bureau}.", ".*.")


def routes_of(router: APIRouter) -> frozenset[str]:
    """All routes of an application that change something."""
    app = FastAPI()
    app.include_router(router)
    return frozenset(
        f"{method} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if method in ASKING
    )


def paths_of(router: APIRouter) -> set[str]:
    """The paths of all routes, also those of pages, which no document lists.

    Our routers are included without a further prefix.
    """
    found: set[str] = set()
    for route in router.routes:
        included = getattr(route, "original_router", None)
        found |= {str(getattr(route, "path", ""))} if included is None else paths_of(included)
    return found


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)))
