"""Stand-in for the gateway that sends SMS and WeChat messages.

It sends nothing: it keeps each message once by its Idempotency-Key, across restarts, and shows what
it keeps. Phone numbers are kept masked; a repeated request is recognised by a digest. It accepts
only requests with the token and signature that `make run` creates (docs/gateway.md).
`python -m deploy.local.fakes.gateway`.
"""

import hashlib
import hmac
import json
import os
import sys
import threading
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from deploy.local.fakes.fake_services import application, page, problem, serve
from deploy.local.stack.keys import GATEWAY_SECRET, GATEWAY_TOKEN
from shared.platform.http.request_signature import (
    LEAST_SECRET,
    SIGNATURE,
    TIMESTAMP,
    SignedRequest,
    is_signed,
)
from shared.platform.runtime.clock import Now, utc_now
from shared.platform.runtime.office_time import OfficeTime
from shared.platform.runtime.rotating_secret import LEAST_TOKEN, RotatingSecret
from shared.terminal import ZONE, local_time

SHOWN = 200
MOST_ASKED = 5_000

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Lock:
    """What a request must prove, as a real gateway asks for it."""

    token: RotatingSecret
    secret: RotatingSecret
    now: Now = utc_now
    """The clock on the wall: signatures don't age by a played one."""

    async def refusal(self, request: Request) -> str | None:
        """Why the request isn't the notifier's; none when it is."""
        wanted = f"Bearer {self.token.value}".encode()
        if not hmac.compare_digest(wanted, request.headers.get("Authorization", "").encode()):
            return "The bearer token is missing or another one"
        query = f"?{request.url.query}" if request.url.query else ""
        signed = SignedRequest(
            request.method,
            f"{request.url.path}{query}",
            key=request.headers.get("Idempotency-Key", ""),
            body=await request.body(),
        )
        proven = is_signed(
            signed,
            self.secret.value,
            timestamp=request.headers.get(TIMESTAMP, ""),
            signature=request.headers.get(SIGNATURE, ""),
            now=self.now(),
        )
        return None if proven else "The signature is missing, wrong, or older than five minutes"


class SentMessage(BaseModel):
    """A message that the notifier asks to send."""

    to: str = Field(min_length=1, max_length=200, repr=False)
    """A phone number, an address or another name in the channel."""
    channel: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,19}$")
    text: str = Field(min_length=1, max_length=2_000, repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored message, which counts as sent."""

    key: str
    digest: str
    to: str = field(repr=False)
    """The recipient, masked."""
    channel: str
    text: str = field(repr=False)
    sent_at: str
    """ISO 8601, UTC."""

    @property
    def local_sent_at(self) -> str:
        """`sent_at` in Guangdong, for the page."""
        return local_time(datetime.fromisoformat(self.sent_at))

    def shown(self) -> dict[str, Any]:
        """Return all fields except the digest."""
        return {name: value for name, value in asdict(self).items() if name != "digest"}


class OtherMessage(Exception):
    """The key was used for another message."""


class Outbox:
    """The messages of one file, oldest first. Thread-safe."""

    def __init__(self, path: Path, now: Now = utc_now) -> None:
        self._path = path
        self._now = now
        self._alone = threading.Lock()
        self._kept = _read(path)

    def keep(self, key: str, message: SentMessage) -> tuple[Kept, bool]:
        """Store the message under `key`; return it and whether it is new. Raises: OtherMessage."""
        digest = _digest(message)
        with self._alone:
            if known := self._kept.get(key):
                if known.digest != digest:
                    raise OtherMessage
                return known, False
            kept = Kept(
                key,
                digest,
                to=masked(message.to),
                channel=message.channel,
                text=message.text,
                sent_at=self._now().isoformat(timespec="milliseconds"),
            )
            _append(self._path, kept)
            self._kept[key] = kept
            return kept, True

    def newest(self, count: int) -> list[Kept]:
        """Return the last `count` messages, newest first."""
        with self._alone:
            return list(self._kept.values())[: -count - 1 : -1]


def masked(to: str) -> str:
    """Return `to` with its middle hidden: the owner recognises it, nobody else can call it."""
    name, at, host = to.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    digits = to.removeprefix("+86").strip()
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"{digits[:2]}***"


def build(outbox: Outbox, lock: Lock) -> FastAPI:
    """Return the application for one outbox."""
    app = application("Development message gateway")

    @app.post("/messages")
    async def send(request: Request, message: SentMessage, key: Key) -> Response:
        """201 when the message is new, 200 when it was sent before; 401 without proof."""
        if (why := await lock.refusal(request)) is not None:
            return problem(401, why)
        try:
            kept, is_new = await run_in_threadpool(outbox.keep, key.strip('"'), message)
        except OtherMessage:
            return problem(422, "This Idempotency-Key was used for another message")
        return JSONResponse(kept.shown(), status_code=201 if is_new else 200)

    @app.get("/messages")
    def messages(limit: int = SHOWN) -> list[dict[str, Any]]:
        return [kept.shown() for kept in outbox.newest(max(1, min(limit, MOST_ASKED)))]

    @app.get("/")
    def front() -> Response:
        return page("gateway.html", messages=outbox.newest(SHOWN), shown=SHOWN, zone=ZONE)

    return app


def lock_of(keys: Path) -> Lock:
    """A lock for the token and the secret that `make run` has put there. Raises: BadSecret."""
    return Lock(
        RotatingSecret(keys / GATEWAY_TOKEN, at_least=LEAST_TOKEN),
        RotatingSecret(keys / GATEWAY_SECRET, at_least=LEAST_SECRET),
    )


def _digest(message: SentMessage) -> str:
    parts = json.dumps([message.to, message.channel, message.text]).encode()
    return hashlib.sha256(parts).hexdigest()


def _read(path: Path) -> dict[str, Kept]:
    """Read the stored messages; an incomplete last line, never confirmed, is removed."""
    if not path.exists():
        return {}
    whole, _, torn = path.read_bytes().rpartition(b"\n")
    if torn:
        with path.open("r+b") as file:
            file.truncate(len(whole) + 1 if whole else 0)
    kept = (Kept(**json.loads(line)) for line in whole.splitlines())
    return {each.key: each for each in kept}


def _append(path: Path, kept: Kept) -> None:
    """Write the message to disk before the request is answered."""
    line = json.dumps(asdict(kept), ensure_ascii=False) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _from_environment() -> FastAPI:
    path = Path(os.environ["MAILBOX_GATEWAY_FILE"])
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = os.environ.get("MAILBOX_CLOCK_FILE")
    outbox = Outbox(path, OfficeTime(Path(clock)) if clock else utc_now)
    return build(outbox, lock_of(Path(os.environ["MAILBOX_KEYS_DIR"])))


if __name__ == "__main__":
    sys.exit(serve("gateway", _from_environment))
