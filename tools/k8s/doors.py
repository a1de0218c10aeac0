"""HTTPRoutes compared with the applications' routes: staff and others use separate hosts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from fastapi.routing import iter_route_contexts

from services.intake import api as intake
from services.intake import pages as duty_pages
from services.notifier import api as notifier
from services.publisher import api as publisher
from services.publisher import pages as public_pages
from services.router import api as router
from shared.platform.http.identity import Guard
from shared.platform.runtime.issuer_settings import Side
from shared.web import sign_in, sign_out
from shared.web.site import files
from tools.k8s.objects import Rendered, title
from tools.k8s.place import Json
from tools.k8s.programs import given, shared

Audience = Literal["staff", "citizens", "everybody"]

APPLICATIONS = {
    "intake": (intake.router, duty_pages.router),
    "router": (router.router,),
    "notifier": (notifier.router,),
    "publisher": (publisher.router, public_pages.router),
}
ON_EVERY_HOST = (
    "/",
    "/openapi.json",
    *(str(route.path) for route in iter_route_contexts(files.routes)),
)
"""The front page, with the files and switches of all pages, and the API description."""
PROXIES = "MAILBOX_INTAKE_TRUSTED_PROXIES"


@dataclass(frozen=True, slots=True)
class Door:
    """A path of an application, and its audience."""

    service: str
    path: str
    audience: Audience

    @property
    def asked(self) -> str:
        """An address that it answers."""
        return re.sub(r"\{\w+\}", "x", self.path)


@dataclass(frozen=True, slots=True)
class Way:
    """A path that an HTTPRoute lets through."""

    route: str
    hosts: tuple[str, ...]
    service: str
    kind: str
    value: str

    def leads_to(self, door: Door) -> bool:
        """Whether it leads to the door."""
        if self.service != door.service:
            return False
        if self.kind == "RegularExpression":
            return re.fullmatch(self.value, door.asked) is not None
        below = f"{self.value.rstrip('/')}/"
        is_below = self.kind == "PathPrefix" and door.asked.startswith(below)
        return door.asked == self.value or is_below


def all_are_routed(rendered: Rendered) -> Iterator[str]:
    """Each route of an application is reachable by some host, if there are hosts at all."""
    ways = _ways(rendered)
    for door in doors():
        if ways and not any(way.leads_to(door) for way in ways):
            yield f"{door.service} {door.path}: is routed nowhere"


def staff_apart(rendered: Rendered) -> Iterator[str]:
    """A host is for staff, or for others."""
    ways = _ways(rendered)
    for host in sorted({host for way in ways for host in way.hosts}):
        here = [way for way in ways if host in way.hosts]
        found = [
            door
            for door in doors()
            if door.path not in ON_EVERY_HOST and any(way.leads_to(door) for way in here)
        ]
        if {door.audience == "staff" for door in found} == {True, False}:
            shown = sorted(door.path for door in found if door.audience == "staff")
            yield f"{host}: shows staff's {', '.join(shown)} to others"


def nothing_else(rendered: Rendered) -> Iterator[str]:
    """Each path that is let through leads to a route."""
    for way in _ways(rendered):
        if not any(way.leads_to(door) for door in doors()):
            yield f"{way.route}: {way.value} leads to no route of {way.service}"


def proxies(rendered: Rendered) -> Iterator[str]:
    """If a gateway stands before intake, intake knows which proxies to trust."""
    if not any(way.service == "intake" for way in _ways(rendered)):
        return
    for pod in rendered.deployed():
        for container in pod.containers if pod.owner["metadata"]["name"] == "intake" else ():
            if not {**shared(container, rendered), **given(container)}.get(PROXIES):
                yield f"{pod.name}: {PROXIES} is not set, and a gateway stands before it"


@cache
def doors() -> tuple[Door, ...]:
    """Every route of every application except health and metrics."""
    found = (
        door
        for service, routers in APPLICATIONS.items()
        for door in (
            *_doors(service, routers),
            *(Door(service, path, "everybody") for path in ON_EVERY_HOST),
            *(Door(service, path, "staff") for path in _sign_in("staff")),
            *(
                Door(service, path, "citizens")
                for path in _sign_in("citizens")
                if service == "intake"
            ),
        )
    )
    return tuple(dict.fromkeys(found))


def _sign_in(side: Side) -> Iterator[str]:
    """The sign-in of that side."""
    for pages in (sign_in.routes(side), sign_out.routes(side)):
        for route in iter_route_contexts(pages.routes):
            yield str(route.path)


def _doors(service: str, routers: Sequence[Any]) -> Iterator[Door]:
    """The doors of a service; open routes beside those of staff (such as sign-in) are staff's."""
    routes = [one for each in routers for one in iter_route_contexts(each.routes)]
    found: dict[str, Audience] = {str(one.path): _audience(one.dependant) for one in routes}
    places = {
        audience: {_place(path) for path, of in found.items() if of == audience}
        for audience in ("staff", "citizens")
    }
    for path, audience in found.items():
        is_beside = _place(path) in places["staff"] - places["citizens"]
        yield Door(service, path, "staff" if audience == "everybody" and is_beside else audience)


def _audience(dependant: Any) -> Audience:
    guards = list(_guards(dependant))
    if not guards:
        return "everybody"
    return "staff" if any(one.is_staff for one in guards) else "citizens"


def _guards(dependant: Any) -> Iterator[Guard]:
    for each in dependant.dependencies:
        if isinstance(each.call, Guard):
            yield each.call
        yield from _guards(each)


def _place(path: str) -> str:
    return path.split("/")[1]


def _ways(rendered: Rendered) -> list[Way]:
    return [
        Way(title(one), tuple(one["spec"]["hostnames"]), backend["name"], *_path(match))
        for one in rendered.of("HTTPRoute")
        for rule in one["spec"]["rules"]
        for backend in rule["backendRefs"]
        for match in rule.get("matches", [{}])
    ]


def _path(match: Json) -> tuple[str, str]:
    path = match.get("path", {})
    return path.get("type", "PathPrefix"), path.get("value", "/")
