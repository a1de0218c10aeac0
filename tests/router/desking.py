"""Staff of desks, chiefs and handlers in these tests, and their requests over HTTP."""

from datetime import timedelta
from typing import Any

from shared.contracts.topics import PROGRESS
from tests.intake.faces import token
from tests.router.office import Office
from tests.router.story import LETTER, OTHER, receive

CHIEF = "example-guangzhou-chief"
PROVINCE = "example-province-chief"
ROLES: dict[str, list[str]] = {
    "lin": ["triage"],
    "wu": ["supervisor"],
    "example-province-supervisor": ["supervisor"],
    "gz": ["bureau:guangzhou:handler"],
    "gz-traffic": ["bureau:guangzhou:traffic:handler"],
    "fs": ["bureau:foshan:handler"],
    CHIEF: ["bureau:guangzhou:chief"],
    "example-foshan-chief": ["bureau:foshan:chief"],
    PROVINCE: ["director"],
    "mei": ["editor"],
    "he": ["auditor"],
    "du": ["duty"],
}
REPLY = {"outcome": "explained", "text": "路灯已修复。"}
REFUSAL = {
    "decline_reason": "court_or_arbitration",
    "where_to_turn": "court",
    "text": "请向法院提出。",
}
MARK = {"reason": "by_content", "text": "来信要求按信访事项办理。"}
WHY = {"text": "需要其他部门核对。"}
BODIES: dict[str, dict[str, Any] | None] = {
    "route": {"bureau": "foshan"},
    "decline_at_triage": REFUSAL,
    "reclassify": {"category": "complaint"},
    "mark_petition": MARK,
    "mark_disclosure": MARK,
    "consent_return": {"reason": "other_matter"},
    "recall": {"reason": "too_slow"},
    "supervise": None,
    "decide_extension": {"granted": True, **WHY},
    "sign": None,
    "send_back": WHY,
    "read": None,
    "instruct": WHY,
    "link": {"kind": "duplicate", "with": OTHER},
    "accept": None,
    "return": {"reason": "other_place", "suggestion": "foshan", **WHY},
    "decline": REFUSAL,
    "pass_on": {"unit": "tianhe.traffic", "police_type": "traffic"},
    "unit_accept": {"unit": "tianhe.traffic"},
    "note": WHY,
    "ask": WHY,
    "request_extension": {"clock": "reply", "days": 3, "reason": "complex"},
    "reply": REPLY,
    "answer_instruction": {"instruction": 1, **WHY},
    "fulfil": {"commitment": 1, **WHY},
    "propose_publication": None,
    "conflict": None,
}
FRESH = {"sign", "send_back"}


async def do(
    desk: Office, what: str, who: str, letter: str = LETTER, *, minutes: int = 0, **over: Any
) -> Any:
    """A person's request; `minutes`: how long ago they signed in."""
    at, since = desk.shelf.now(), timedelta(minutes=minutes)
    given = token(who, at=at, roles=ROLES[who], auth_time=int((at - since).timestamp()))
    key = over.pop("key", f"key-{what}-{who}-{desk.shelf.now().timestamp()}")
    desk.shelf.now.pass_by(seconds=1)
    body = over.pop("body", BODIES[what])
    answer = await desk.client.post(
        f"/v1/letters/{letter}/{what}",
        json=body | over if body is not None else None,
        headers={"authorization": f"Bearer {given}", "idempotency-key": key},
    )
    await desk.shelf.quiet()
    return answer


async def does(desk: Office, *steps: tuple[str, str]) -> dict[str, Any]:
    """All of these succeed; returns the last answer."""
    shown: dict[str, Any] = {}
    for what, who in steps:
        answer = await do(desk, what, who)
        assert answer.status_code == 200, (what, answer.text)
        shown = answer.json()
    return shown


async def begin(desk: Office, city: Any = "guangzhou", **over: Any) -> None:
    """A letter comes in."""
    await desk.receive(told=receive(city, **over))


def said(desk: Office) -> list[str]:
    """Types of the events that the router has emitted."""
    return desk.shelf.said_types(PROGRESS.name)
