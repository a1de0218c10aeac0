"""Waits until letters end as they end without failures."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tests.chaos.evidence import Ending, Witness
from tests.chaos.people import People, Written

SETTLE_S = 60.0
LOOK_S = 0.3
SHOWN = 10


async def settled(seen: Witness, people: People, letters: Sequence[Written]) -> dict[str, Ending]:
    """How these letters end, by kind, once nothing changes or waits any more.

    Raises: AssertionError, when they don't come to rest or two of a kind end differently.
    """
    until, before = time.monotonic() + SETTLE_S, None
    while (found := await seen.endings(people, letters)) != before or _wait(found):
        assert time.monotonic() < until, "letters don't come to rest"
        before = found
        await asyncio.sleep(LOOK_S)
    ideal: dict[str, Ending] = {}
    for letter in letters:
        ideal.setdefault(letter.kind, found[letter.key])
    _compare(letters, found, ideal)
    return ideal


async def ends_alike(
    seen: Witness,
    people: People,
    letters: Sequence[Written],
    *,
    ideal: Mapping[str, Ending],
    within_s: float = SETTLE_S,
) -> None:
    """Return once each of `letters` has ended as its kind does. Raises: AssertionError."""
    until = time.monotonic() + within_s
    while True:
        found = await seen.endings(people, letters)
        if all(found[one.key] == ideal[one.kind] for one in letters):
            return
        if time.monotonic() > until:
            break
        await asyncio.sleep(LOOK_S)
    _compare(letters, found, ideal)


def _wait(found: Mapping[str, Ending]) -> bool:
    return any(one.waits for one in found.values())


def _compare(
    letters: Sequence[Written], found: Mapping[str, Ending], ideal: Mapping[str, Ending]
) -> None:
    wrong = {
        f"{one.kind} {one.number}": lines
        for one in letters
        if (lines := _difference(asdict(ideal[one.kind]), asdict(found[one.key])))
    }
    shown = dict(list(wrong.items())[:SHOWN])
    assert not wrong, f"{len(wrong)} of {len(letters)} letters: {shown}"


def _difference(wanted: Any, found: Any, at: str = "") -> list[str]:
    """The differences of two values, a line each."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return [
            line
            for name in sorted(wanted.keys() | found.keys())
            for line in _difference(wanted.get(name), found.get(name), f"{at}/{name}")
        ]
    return [] if wanted == found else [f"{at}: {found!r}, not {wanted!r}"]
