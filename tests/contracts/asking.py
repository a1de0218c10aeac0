"""Asks every route of a service what its OpenAPI document allows and forbids, as many people.

The faces are the services' own over doubles; every answer is judged by the document that the same
face serves. What is asked is drawn without chance: the same run asks the same.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from services.notifier import api as notifier_api
from services.notifier.domain.delivery_queue import GiveUpDelivery
from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.contracts.words import Contact
from shared.platform.http.application import application
from shared.platform.http.tokens import Person
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.runtime.readiness import Readiness
from tests.intake.emergencies import ASK, STOP, diverted, guarded_front
from tests.intake.faces import token
from tests.intake.front import CITIZEN
from tests.notifier import story as clocks
from tests.publisher.face import PEOPLE as EDITORS
from tests.publisher.face import as_person, faces
from tests.router.office import STAFF, office
from tests.router.story import LETTER
from tests.support.memory_shell import KnownPeople, memory_shell
from tests.support.moving import moment
from tests.support.sign_in import both

JUDGED = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    schemathesis.checks.not_a_server_error,
]
QUIET = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Face:
    """A service's application, its client, and existing resources to request."""

    client: httpx.AsyncClient
    people: Mapping[str, Mapping[str, str]]
    """By name: the headers of their sign-in."""
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By parameter of a path: existing values."""
    strangers: frozenset[str] = frozenset()
    """People from whom all of `known` is hidden, though they may ask."""


Opened = Callable[[Path], AbstractAsyncContextManager[Face]]


@dataclass
class Report:
    """The result of the requests."""

    answers: Counter[int] = field(default_factory=Counter)
    """By status."""
    faults: dict[str, str] = field(default_factory=dict)
    """By operation, kind of fault and status: the first of them."""


class Admitted:
    """Who asks: everyone tries until somebody is admitted, and then mostly those."""

    def __init__(self) -> None:
        self._tried: dict[str, set[str]] = {}
        self._welcome: dict[str, set[str]] = {}

    def choose(self, operation: str, people: Iterable[str], chance: Random) -> str:
        """Somebody for a request."""
        welcome = sorted(self._welcome.get(operation, ()))
        if welcome and chance.random() < 0.75:
            return chance.choice(welcome)
        tried, everyone = self._tried.get(operation, set()), sorted(people)
        return chance.choice([who for who in everyone if who not in tried] or everyone)

    def note(self, operation: str, who: str, status: int) -> None:
        """That person was answered so."""
        self._tried.setdefault(operation, set()).add(who)
        if status not in {401, 403}:
            self._welcome.setdefault(operation, set()).add(who)


def ask(opened: Opened, folder: Path, *, each: int) -> Report:
    """Send every operation `each` valid requests, and as many invalid ones."""
    report = Report()
    with asyncio.Runner() as runner:
        entered = opened(folder)
        face = runner.run(entered.__aenter__())
        try:
            served = runner.run(face.client.get("/openapi.json")).json()
            schema = schemathesis.openapi.from_dict(served)
            schema.config.generation.update(with_security_parameters=False)
            for found in schema.get_all_operations():
                assert isinstance(found, Ok)
                for case, answer in _asked(found.ok(), face, runner, each=each):
                    judge(case, answer, report)
        finally:
            runner.run(entered.__aexit__(None, None, None))
    return report


def _asked(
    operation: Any, face: Face, runner: asyncio.Runner, *, each: int
) -> Iterator[tuple[Case[Any], httpx.Response]]:
    chance = Random(operation.label)  # noqa: S311 - no secret, and the same each time
    admitted = Admitted()
    for mode in modes(operation):
        for case in drawn(operation, mode, each=each):
            who = admitted.choose(operation.label, face.people, chance)
            for name in face.known.keys() & case.path_parameters.keys():
                if chance.random() < 0.75:
                    case.path_parameters[name] = chance.choice(face.known[name])
            answer = runner.run(sent(case, face, who))
            admitted.note(operation.label, who, answer.status_code)
            yield case, answer


def judge(case: Case[Any], answer: httpx.Response, report: Report) -> None:
    """Count an answer, and keep what the document doesn't allow."""
    report.answers[answer.status_code] += 1
    try:
        case.validate_response(answer, checks=JUDGED)
    except FailureGroup as group:
        for fault in group.exceptions:
            kind = f"{case.operation.label}: {type(fault).__name__}, {answer.status_code}"
            report.faults.setdefault(kind, str(fault))


def modes(operation: Any) -> Iterator[GenerationMode]:
    """Valid values, and invalid ones where there are any: any text is a path."""
    yield GenerationMode.POSITIVE
    described = operation.definition.raw
    places = {one["in"] for one in described.get("parameters", ())}
    if places - {"path"} or "requestBody" in described:
        yield GenerationMode.NEGATIVE


def drawn(operation: Any, mode: GenerationMode, *, each: int) -> list[Case[Any]]:
    """Requests of an operation, drawn independently of the answers."""
    drawn: list[Case[Any]] = []

    @settings(QUIET, max_examples=each)
    @given(operation.as_strategy(mode))
    def keep(case: Case[Any]) -> None:
        drawn.append(case)

    keep()
    return drawn


async def sent(case: Case[Any], face: Face, who: str) -> httpx.Response:
    """The answer to a request of that person."""
    given = case.as_transport_kwargs(base_url=str(face.client.base_url))
    given.pop("cookies", None)
    if given.get("data") is not None:
        given["content"] = given.pop("data")
    headers = httpx.Headers(dict(given.pop("headers") or {}))
    headers.pop("authorization", None)
    headers.update(face.people[who])
    return await face.client.request(
        given.pop("method"),
        given.pop("url"),
        headers=headers,
        **{name: value for name, value in given.items() if value is not None},
    )


@asynccontextmanager
async def intake(folder: Path) -> AsyncIterator[Face]:
    """Letters of one writer, one of them masked, and the duty desk's entries."""
    async with guarded_front(folder) as ours:
        letters = [await ours.taken_in(), await ours.taken_in(category="report")]
        caught = [await diverted(ours, mark) for mark in (ASK, STOP)]
        draft = await ours.client.put("/v1/drafts/d-1", json={}, headers=ours.headers("chen"))
        assert draft.status_code == 200, draft.text
        files = [await ours.uploaded(), await ours.uploaded()]
        await ours.scanning.look()
        await ours.taken_in(files=files[1:])
        at = ours.shelf.now()
        roles = ["duty", "supervisor", "auditor", "custodian", "bureau:guangzhou:handler"]
        people = {who: token(who, at=at, **CITIZEN) for who in ("chen", "huang")}
        people |= {role: token(role.replace(":", "-"), at=at, roles=[role]) for role in roles}
        known = {"letter": letters, "diversion": caught, "draft": ["d-1"], "file": files}
        yield Face(ours.client, _signed_in(people), known, strangers=frozenset({"huang"}))


@asynccontextmanager
async def router(folder: Path) -> AsyncIterator[Face]:
    """A letter at a bureau, and keys."""
    async with office(folder) as ours:
        await ours.receive()
        people = {who: ours.headers(who) for who in (*STAFF, "chen")}
        known = {"letter": [LETTER], "holder": ["bureau:foshan"]}
        yield Face(ours.client, people | NOBODY, known, strangers=frozenset({"fs", "gz-traffic"}))


@asynccontextmanager
async def publisher(folder: Path) -> AsyncIterator[Face]:
    """A publication."""
    del folder
    async with faces() as ours:
        publication = await ours.publish()
        for day in (26, 27):
            ours.stage.now.at = moment(day)
            await ours.figuring.count()
        people = {who: as_person(who) for who in EDITORS}
        known = {"letter": [clocks.LETTER], "publication": [publication]}
        yield Face(ours.client, people | NOBODY, known)


@asynccontextmanager
async def notifier(folder: Path) -> AsyncIterator[Face]:
    """A letter with a clock, and messages that were given up."""
    del folder
    people = {"wu": Person("wu", roles=frozenset({"supervisor"})), "chen": Person("chen")}
    async with memory_shell(clocks.RULES, at=moment(20)) as stage:
        told = clocks.submitted(Contact(phone=clocks.PHONE))
        await stage.hear(SUBMITTED.name, clocks.LETTER, told)
        await stage.hear(PROGRESS.name, clocks.LETTER, clocks.fact(clocks.started()))
        await stage.hear(PROGRESS.name, clocks.LETTER, clocks.escalated())
        state = await stage.letters.state(clocks.LETTER)
        for number, one in enumerate(state.deliveries if state else ()):
            given_up = GiveUpDelivery(one.id, stage.now(), "503")
            await stage.commands.execute(
                IdempotentCommand(clocks.LETTER, given_up, f"given-up-{number}")
            )
        app = application(
            "Notifier", verifiers=both(KnownPeople(people, now=stage.now)), ready=Readiness()
        )
        app.state.documents = stage.documents
        app.include_router(notifier_api.router)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as client:
            yield Face(client, {who: as_person(who) for who in people} | NOBODY)


NOBODY: dict[str, dict[str, str]] = {"nobody": {}, "stranger": as_person("x.y.z")}
SERVICES: Mapping[str, Opened] = {
    "intake": intake,
    "router": router,
    "notifier": notifier,
    "publisher": publisher,
}


def _signed_in(tokens: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {who: as_person(given) for who, given in tokens.items()} | NOBODY
