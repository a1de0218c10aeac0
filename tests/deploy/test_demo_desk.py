"""The demo's writers and duty desk act on the answers at submission, once."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from deploy.local.demo.desk import handed_in
from deploy.local.demo.http_client import SaidNo
from deploy.local.demo.letters import DemoLetter, demo_letters
from tests.deploy.faces import Stack

DIVERSION = "D-1"
ACTS: dict[str, Callable[[Any], str | None]] = {
    "answer": lambda body: None if body["happening_now"] else "GD-no",
    "seen": lambda _: None,
    "resolve": lambda body: "GD-false" if body["outcome"] == "false_alarm" else None,
}
"""The letter that exists after each action, by the last part of its path."""


class WarningStack(Stack):
    """Gives every writer the same answer, until they have acted on it."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code
        self.said: list[tuple[str, Any]] = []

    def intake(self, request: httpx.Request, path: str, person: str) -> tuple[int, Any]:
        """The front desk, and behind it the duty desk."""
        body = json.loads(request.content)
        act = path.rpartition("/")[2]
        if act in ACTS:
            self.said.append((f"{person.split(maxsplit=1)[0]} {act}", body))
            return 200, {"letter": ACTS[act](body)}
        if body.get("send_anyway") == self.code:
            return 201, {"letter": "GD-anyway"}
        return 422, {"code": self.code, "diversion": DIVERSION}


def letter(*, is_emergency: bool = False) -> DemoLetter:
    return replace(demo_letters(1)[0], is_emergency=is_emergency, writer="chen")


@pytest.mark.parametrize("code", ["crime_report", "not_police"])
async def test_whoever_knows_where_to_turn_sends_it_all_the_same(code: str) -> None:
    assert await handed_in(WarningStack(code).faces(), letter(), run="r") == ("GD-anyway", None)


@pytest.mark.parametrize(
    ("code", "is_emergency", "ends", "acts"),
    [
        ("emergency", True, (None, DIVERSION), ["duty-luo resolve"]),
        ("emergency", False, ("GD-false", DIVERSION), ["duty-luo resolve"]),
        ("happening_now", False, ("GD-no", DIVERSION), ["chen answer", "duty-luo seen"]),
        (
            "happening_now",
            True,
            (None, DIVERSION),
            ["chen answer", "duty-luo seen", "duty-luo resolve"],
        ),
    ],
)
async def test_what_may_be_an_emergency_is_a_letter_unless_somebody_is_in_danger(
    code: str, is_emergency: bool, ends: tuple[str | None, str], acts: list[str]
) -> None:
    stack = WarningStack(code)
    assert await handed_in(stack.faces(), letter(is_emergency=is_emergency), run="r") == ends
    assert [act for act, _ in stack.said] == acts


async def test_any_other_refusal_is_told() -> None:
    with pytest.raises(SaidNo, match="422 bad_value"):
        await handed_in(WarningStack("bad_value").faces(), letter(), run="r")


def test_the_data_says_who_is_in_danger() -> None:
    assert 0 < sum(one.is_emergency for one in demo_letters(240)) < 60
