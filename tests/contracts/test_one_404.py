"""What one may not see is answered like what doesn't exist: same answer, same database commands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from shared.kernel.letter_number import new_diversion_number, new_letter_number
from tests.contracts.asking import SERVICES, Face
from tests.support.doubles import Memory
from tools.openapi import FACES, document

UNKNOWN: Mapping[str, str] = {
    "letter": new_letter_number(b"\7" * 10),
    "diversion": new_diversion_number(b"\7" * 10),
    "draft": "d-7",
    "file": f"f{7:032x}",
}
"""By parameter of a path: a well-formed value that nothing has."""

COUNTED: Final = "ratelimit"
"""The header that says how many requests are left, whatever was found."""


@dataclass(frozen=True, slots=True)
class HiddenRoute:
    """An operation that has the number of something in its path."""

    method: str
    path: str
    name: str
    """The parameter with that number."""
    body: Any

    def at(self, value: str) -> str:
        """The path for one number; other parameters have a usual value."""
        usual = {**UNKNOWN, "reveal": "rv-1", "holder": "foshan", self.name: value}
        return self.path.format_map(usual)


class Commands:
    """Counts what the database is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        read, write = Memory._before_read, Memory.write

        async def counted_read(memory: Memory, where: Mapping[str, Any]) -> None:
            self.count += 1
            await read(memory, where)

        async def counted_write(memory: Memory, operations: Sequence[Any]) -> Any:
            self.count += bool(operations)
            return await write(memory, operations)

        monkeypatch.setattr(Memory, "_before_read", counted_read)
        monkeypatch.setattr(Memory, "write", counted_write)

    async def settled(self) -> int:
        """The count as soon as nothing is under way, such as the sending of earlier events."""
        before = -1
        while before != self.count:
            before = self.count
            for _ in range(50):
                await asyncio.sleep(0)
        return before


def hidden_routes(service: str) -> Iterator[HiddenRoute]:
    """Every guarded operation with such a number."""
    for path, methods in document(service)["paths"].items():
        for method, operation in methods.items():
            places = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
            for name in sorted(places & UNKNOWN.keys()):
                if operation["security"]:
                    content = operation.get("requestBody", {}).get("content", {})
                    body = content.get("application/json", {}).get("example")
                    yield HiddenRoute(method, path, name, body)


async def told(
    face: Face, route: HiddenRoute, value: str, *, who: str, key: str, commands: Commands
) -> tuple[int, str, bytes, int]:
    """Status, headers, body, and the number of database commands."""
    headers = {**face.people[who], "idempotency-key": key}
    content = None if route.body is None else json.dumps(route.body).encode()
    if content is not None:
        headers["content-type"] = "application/json"
    before = await commands.settled()
    answer: httpx.Response = await face.client.request(
        route.method, route.at(value), content=content, headers=headers
    )
    shown = str(sorted(one for one in answer.headers.multi_items() if one[0] != COUNTED))
    content = answer.content.replace(value.encode(), b"")
    return answer.status_code, shown, content, await commands.settled() - before


@pytest.mark.parametrize("service", sorted(FACES))
async def test_hidden_and_unknown_are_the_same_404(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the answer nor its cost tells a stranger that a letter exists."""
    commands, keys, compared = Commands(monkeypatch), count(), 0
    async with SERVICES[service](tmp_path) as face:
        for route in hidden_routes(service):
            for who in sorted(face.people):
                key = f"one-404-{next(keys):06}"
                asked = partial(told, face, route, who=who, key=key, commands=commands)
                unknown = await asked(UNKNOWN[route.name])
                assert unknown[0] in {401, 403, 404} or route.name == "draft", (route, who)
                assert unknown[0] != 404 or unknown[3] == 1, (route, who)
                for hidden in face.known.get(route.name, ()) if who in face.strangers else ():
                    assert await asked(hidden) == unknown, (route, who)
                    compared += unknown[0] == 404
    assert compared > 0 or not face.strangers
