"""Walks through a service's API along the links of its committed document, as several people.

What a response names is used in later requests: letters that were sent are read, added to, rated
and withdrawn. Every answer is judged as in `asking`. The same run asks the same.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx
import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok

from tests.contracts.asking import (
    SERVICES,
    Admitted,
    Face,
    Report,
    drawn,
    judge,
    modes,
    sent,
)
from tests.intake.emergencies import ASK, CRIME, STOP
from tests.support.pictures import picture

SEED: Final = 20_261_124
DOCUMENTS: Final = Path(__file__).parents[2] / "docs" / "contracts"
KEY: Final = "Idempotency-Key"
UPLOAD, READ_FILE = "uploadFile", "readFile"
PICTURE: Final = picture()
MARKS: Final = (STOP, ASK, CRIME)
WORDS: Final = frozenset({"body", "text"})
CALLS_EACH: Final = 1_000
"""Calls of one running service, whose lists grow with every letter."""
MOST_TRAILS: Final = 60

Cases = Mapping[str, list[Case[Any]]]
"""By operation id: requests that its schemas allow, and some that they forbid."""


@dataclass(frozen=True, slots=True)
class Trail:
    """A link that a response offers."""

    operation: str
    parameters: Mapping[str, str]
    who: str
    """Who was given the response."""


@dataclass
class Walkers:
    """The people who walk through one running service."""

    face: Face
    cases: Cases
    chance: Random
    admitted: Admitted
    report: Report
    trails: list[Trail] = field(default_factory=list)
    """The latest ones."""

    async def walk(self, calls: int) -> None:
        """Make that many requests; most follow a link."""
        for number in range(calls):
            if self.trails and self.chance.random() < 0.7:
                trail = self.chance.choice(self.trails)
                case = self._case(trail.operation, number)
                case.path_parameters = dict(trail.parameters)
                await self._ask(case, trail.who if self.chance.random() < 0.85 else None)
            else:
                case = self._case(self._anything(), number)
                for name in sorted(self.face.known.keys() & case.path_parameters.keys()):
                    case.path_parameters[name] = self.chance.choice(self.face.known[name])
                await self._ask(case, None)

    def _anything(self) -> str:
        """An operation; half of them create something."""
        creating = sorted(name for name, cases in self.cases.items() if _creates(cases[0]))
        among = creating if creating and self.chance.random() < 0.5 else sorted(self.cases)
        return self.chance.choice(among)

    def _case(self, operation: str, number: int) -> Case[Any]:
        """A request, most under a new idempotency key."""
        case = _copied(self.chance.choice(self.cases[operation]))
        if case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE:
            if KEY in case.headers and self.chance.random() < 0.8:
                case.headers[KEY] = f"walk-{number:06}"
            if operation == UPLOAD and self.chance.random() < 0.5:
                case.body, case.media_type = PICTURE, "application/octet-stream"
            self._plant(case.body)
        return case

    def _plant(self, body: Any) -> None:
        """Words that look like an emergency, and files that were uploaded before."""
        uploaded = [one.parameters["file"] for one in self.trails if one.operation == READ_FILE]
        if isinstance(body, dict) and "files" in body and uploaded:
            body["files"] = [self.chance.choice(uploaded)]
        for name in sorted(WORDS & body.keys()) if isinstance(body, dict) else ():
            if self.chance.random() < 0.15:
                body[name] = f"写明{self.chance.choice(MARKS)}的信"

    async def _ask(self, case: Case[Any], who: str | None) -> None:
        label = case.operation.label
        who = who or self.admitted.choose(label, self.face.people, self.chance)
        answer = await sent(case, self.face, who)
        self.admitted.note(label, who, answer.status_code)
        judge(case, answer, self.report)
        self.trails += _trails(case, answer, who)
        del self.trails[:-MOST_TRAILS]


def walk(service: str, folder: Path, *, calls: int, each: int) -> Report:
    """Make that many calls; `each`: different requests of an operation."""
    schema = schemathesis.openapi.from_path(DOCUMENTS / f"openapi-{service}.json")
    schema.config.generation.update(with_security_parameters=False)
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    cases = {one.definition.raw["operationId"]: [*_cases(one, each)] for one in found}
    report = Report()
    asyncio.run(_walk(service, folder, cases=cases, calls=calls, report=report))
    return report


async def _walk(service: str, folder: Path, *, cases: Cases, calls: int, report: Report) -> None:
    chance, admitted = Random(SEED), Admitted()  # noqa: S311 - no secret, and the same each time
    while (done := report.answers.total()) < calls:
        async with SERVICES[service](folder) as face:
            walkers = Walkers(face, cases, chance, admitted, report)
            await walkers.walk(min(CALLS_EACH, calls - done))


def _cases(operation: Any, each: int) -> Iterator[Case[Any]]:
    """Valid requests, and half as many invalid ones."""
    for mode in modes(operation):
        share = 1 if mode == GenerationMode.POSITIVE else 2
        yield from drawn(operation, mode, each=max(1, each // share))


def _creates(case: Case[Any]) -> bool:
    """Whether the request leads to others, and needs nothing that exists."""
    responses = case.operation.definition.raw["responses"]
    return "{" not in case.path and any("links" in one for one in responses.values())


def _copied(case: Case[Any]) -> Case[Any]:
    """The same request, free to be changed."""
    parts = {
        name: deepcopy(getattr(case, name), {id(NOT_SET): NOT_SET})
        for name in ("path_parameters", "headers", "cookies", "query", "body", "media_type")
    }
    copied: Case[Any] = case.operation.Case(method=case.method, **parts, _meta=deepcopy(case._meta))
    return copied


def _trails(case: Case[Any], answer: httpx.Response, who: str) -> Iterable[Trail]:
    """The links that the document has for this answer, with the numbers that it names."""
    described = case.operation.definition.raw["responses"].get(str(answer.status_code), {})
    for link in described.get("links", {}).values():
        named = json.loads(answer.content)
        pointers = link["parameters"].items()
        given = {name: named.get(at.removeprefix("$response.body#/")) for name, at in pointers}
        if all(isinstance(value, str) for value in given.values()):
            yield Trail(link["operationId"], given, who)
