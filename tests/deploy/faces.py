"""The faces of a stack, played: letters move on, and people may do what fits their state."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from deploy.local.demo.http_client import Faces
from services.intake.api.letters_schemas import NewLetter
from services.intake.api.requests_schemas import NewAnswer, NewRating, NewText, NewWithdrawal
from shared.platform.http.parameters import RequestBody

FACES = ("intake", "router", "notifier", "publisher", "gateway")
ADDRESSES = {f"MAILBOX_{name.upper()}": f"http://{name}.test" for name in FACES} | {
    f"MAILBOX_{side}_ISSUER": "http://issuer.test" for side in ("CITIZEN", "STAFF")
}
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


SIGNED = {"complaint", "report"}
BODIES: dict[str, type[RequestBody]] = {
    "rating": NewRating, "answer": NewAnswer, "withdrawal": NewWithdrawal,
    "addition": NewText, "reopening": NewText, "appeal": NewText,
}  # fmt: skip
BEFORE = {
    "answer": {"supplement"}, "reopening": {"replied"}, "appeal": {"declined"},
    "withdrawal": {"submitted", "triage", "routed", "handling", "supplement", "signing"},
    "addition": {"submitted", "triage", "routed", "handling", "supplement", "signing", "replied"},
}  # fmt: skip
AFTER = {
    "answer": "handling", "reopening": "handling", "appeal": "triage", "withdrawal": "withdrawn",
    "addition": None,
}  # fmt: skip
SILENCE = timedelta(days=30)
"""A letter is closed after this time without a rating."""
LAPSE = timedelta(days=7)
"""The bureau goes on without an answer after this time."""
HELD = {"routed", "handling", "supplement"}
DESK = {
    "route": {"triage"}, "sign": {"signing"}, "send_back": {"signing"},
    "decide_extension": {"handling"}, "read": HELD, "instruct": HELD, "supervise": HELD,
}  # fmt: skip
"""In which states a desk's route is open here."""


class Stack:
    """All faces at once: each look at a letter moves it one step on, as far as its bureau can."""

    def __init__(self) -> None:
        self.letters: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.did: list[str] = []
        """Who did what at the router's desk, as `<person> <route> <number>`."""
        self.refused: set[str] = set()
        self.hidden: set[str] = set()
        """Letters that stand in no list."""
        self.drafts: dict[str, str] = {}
        self.now: Callable[[], datetime] = lambda: NOON
        """The office's clock."""

    def faces(self) -> Faces:
        """Clients of all faces at once."""
        transport = httpx.MockTransport(self.answer)
        return Faces(ADDRESSES, httpx.AsyncClient(transport=transport))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the face of the request's host says."""
        face, path = request.url.host.removesuffix(".test"), request.url.path
        self.asked.append(f"{request.method} {face}{path}")
        if face == "issuer":
            return httpx.Response(200, text=path.removeprefix("/token/"))
        person = request.headers.get("Authorization", "").removeprefix("Bearer ")
        status, content = getattr(self, face)(request, path, person)
        return httpx.Response(status, json=content)

    def intake(self, request: httpx.Request, path: str, person: str) -> tuple[int, Any]:
        """What writers send and read."""
        if request.method == "POST" and path == "/v1/letters":
            return self.submit(
                json.loads(request.content), request.headers["Idempotency-Key"], person
            )
        if path == "/v1/letters":
            mine = [one for one in self.letters.values() if one["writer"] == person]
            return 200, {
                "letters": [self.moved(one) for one in mine if one["letter"] not in self.hidden]
            }
        letter = self.letters.get(path.split("/")[3])
        if letter is None:
            return 404, {"code": "not_found"}
        assert letter["writer"] == person
        if request.method == "POST":
            return self.wish(path.rpartition("/")[2], letter, request.content)
        return 200, self.moved(letter)

    def wish(self, kind: str, letter: dict[str, Any], content: bytes) -> tuple[int, Any]:
        """A request of the writer's, which comes out on the next look."""
        said = BODIES[kind].model_validate_json(content)
        if isinstance(said, NewRating):
            assert letter["state"] == "replied"
            letter["state"] = "closed" if said.solved else "replied"
        else:
            assert letter["state"] in BEFORE[kind], (kind, letter["state"])
            letter["state"] = AFTER[kind] or letter["state"]
        letter["reopened"] += kind == "reopening"
        letter["questions"] = [] if kind == "answer" else letter["questions"]
        letter["requests"].append({"kind": kind, "status": "sent"})
        return 202, {"request_id": f"r-{len(letter['requests'])}"}

    def submit(self, content: dict[str, Any], key: str, person: str) -> tuple[int, Any]:
        """A new letter, the same for the same key."""
        NewLetter.model_validate_json(json.dumps(content))
        if content["subject"] in self.refused:
            return 422, {"code": "bad_value"}
        number = f"GD-{key.rpartition('-letter')[0][-7:]}"
        at = self.now().isoformat()
        if number not in self.letters:
            self.letters[number] = {
                "letter": number, "writer": person, "state": "submitted", "bureau": None,
                "state_zh": "", "received_at": at, "city": content["place"]["city"],
                "category": content["category"], "reply": None, "requests": [], "questions": [],
                "reopened": 0, "order": len(self.letters), "waits": False, "asked_at": "",
            }  # fmt: skip
        return 201, {"letter": number}

    def moved(self, letter: dict[str, Any]) -> dict[str, Any]:
        """The letter one step on."""
        for one in letter["requests"]:
            one["status"] = "done"
        match letter["state"]:
            case "submitted":
                letter["state"] = "routed" if letter["city"] else "triage"
                letter["bureau"] = letter["city"]
            case "routed":
                letter["state"] = "handling"
                letter["waits"] = letter["order"] % 9 == 3
            case "handling" if letter["order"] % 7 == 2 and not letter["asked_at"]:
                letter["state"], letter["questions"] = "supplement", [{"question": 1}]
                letter["asked_at"] = self.now().isoformat()
            case "supplement" if self.now() - _at(letter["asked_at"]) > LAPSE:
                letter["state"], letter["questions"] = "handling", []
            case "handling" if not letter["waits"]:
                self.written(letter)
            case "replied" if self.now() - _at(letter["reply"]["replied_at"]) > SILENCE:
                letter["state"] = "closed"
        return dict(letter)

    def written(self, letter: dict[str, Any]) -> None:
        """The bureau has written a reply; a complaint's waits for the chief."""
        is_signed = letter["category"] not in SIGNED and letter["order"] % 11 != 5
        letter["state"] = "replied" if is_signed else "signing"
        if is_signed:
            self.replied(letter)

    def replied(self, letter: dict[str, Any]) -> None:
        """The reply stands."""
        at = (self.now() + timedelta(seconds=3)).isoformat()
        letter["reply"] = {"text": "好", "outcome": "resolved", "replied_at": at}
        self.drafts.setdefault(letter["letter"], "copied")

    def router(self, request: httpx.Request, path: str, person: str) -> tuple[int, Any]:
        """What staff read and do; nothing that doesn't fit the letter's state."""
        if path == "/v1/triage":
            waiting = [one for one in self.letters.values() if one["state"] == "triage"]
            return 200, {"letters": [{**one, "reasons": ["no_place"]} for one in waiting]}
        letter = self.letters[path.split("/")[3]]
        if request.method == "GET":
            assert person == "triage-lin"
            return 200, {"suggestion": "foshan" if letter["order"] % 2 else None}
        route, said = path.rpartition("/")[2], json.loads(request.content)
        if letter["state"] not in DESK[route]:
            return 409, {"code": "out_of_order"}
        self.did.append(f"{person} {route} {letter['letter']}")
        self.at_desk(route, letter, said)
        return 200, {}

    def at_desk(self, route: str, letter: dict[str, Any], said: dict[str, Any]) -> None:
        """What comes of it."""
        match route:
            case "route":
                letter["state"], letter["bureau"] = "routed", said["bureau"]
            case "sign" if letter["order"] % 11 == 5:
                letter["state"] = "declined"
            case "sign":
                letter["state"] = "replied"
                self.replied(letter)
            case "send_back":
                letter["state"] = "handling"
            case "decide_extension":
                letter["waits"] = False
            case _:
                assert route in {"read", "instruct", "supervise"}

    def notifier(self, request: httpx.Request, path: str, person: str) -> tuple[int, Any]:
        """The clocks, one of them on each letter for which more time is asked."""
        assert (path, person) == ("/v1/clocks", "supervisor-wu")
        assert request.url.params["due_before"].endswith("Z")
        clocks = [{"clock": "reply", "round": 1}, {"clock": "extension", "round": 1}]
        asked = [one["letter"] for one in self.letters.values() if one["waits"]]
        return 200, {"letters": [{"letter": one, "clocks": clocks} for one in asked], "next": None}

    def publisher(self, request: httpx.Request, path: str, person: str) -> tuple[int, Any]:
        """Drafts for editors, publications for everyone."""
        if path.startswith("/public"):
            done = [name for name, stage in self.drafts.items() if stage == "published"]
            pages = [{"path": f"/publications/{one}", "bureau": "guangzhou"} for one in done]
            return 200, {"publications": pages, "next": None}
        if request.method == "GET":
            waiting = [name for name, stage in self.drafts.items() if stage != "published"]
            drafts = [{"letter": one, "category": self.letters[one]["category"]} for one in waiting]
            return 200, {"drafts": drafts, "next": None}
        name, step = path.split("/")[3:5]
        assert person == {"proposal": "editor-mei", "approval": "editor-zhou"}[step]
        self.drafts[name] = {"proposal": "proposed", "approval": "published"}[step]
        is_out = step == "approval"
        return 200, {"path": f"/publications/{name}" if is_out else None}

    def gateway(self, _request: httpx.Request, _path: str, _person: str) -> tuple[int, Any]:
        """One message."""
        return 200, [{"to": "154****0001", "text": "已有答复", "channel": "sms"}]


def _at(instant: str) -> datetime:
    return datetime.fromisoformat(instant)
