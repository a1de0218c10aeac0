"""What would citizens receive? A stand-in for the gateway that sends SMS and WeChat messages.

It sends nothing: it keeps each message once by its Idempotency-Key, through restarts, and shows
what it keeps. Only a masked number is kept; who asks twice is recognised by a digest of what was
asked.
`python -m deploy.local.fakes.gateway`.
"""

import hashlib
import json
import os
import sys
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Header, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from deploy.local.fakes.fake_services import application, page, problem, serve
from shared.platform.runtime.clock import Now, utc_now
from shared.platform.runtime.office_time import OfficeTime

SHOWN = 200
MOST_ASKED = 5_000

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class Message(BaseModel):
    """What the notifier asks to send."""

    to: str = Field(min_length=1, max_length=200, repr=False)
    """A phone number, an address or another name in the channel."""
    channel: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,19}$")
    text: str = Field(min_length=1, max_length=2_000, repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that counts as sent."""

    key: str
    digest: str
    to: str = field(repr=False)
    """Masked."""
    channel: str
    text: str = field(repr=False)
    sent_at: str
    """ISO 8601, UTC."""

    def shown(self) -> dict[str, Any]:
        """All but the digest."""
        return {name: value for name, value in asdict(self).items() if name != "digest"}


class OtherMessage(Exception):
    """The key was used for another message."""


class Outbox:
    """The messages of one file, oldest first. Safe to use from several threads."""

    def __init__(self, path: Path, now: Now = utc_now) -> None:
        self._path = path
        self._now = now
        self._alone = threading.Lock()
        self._kept = _read(path)

    def keep(self, key: str, message: Message) -> tuple[Kept, bool]:
        """Keep the message under `key`; with it, whether it is new. Raises: OtherMessage."""
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
        """The last `count` messages, newest first."""
        with self._alone:
            return list(self._kept.values())[: -count - 1 : -1]


def masked(to: str) -> str:
    """`to` with its middle hidden: enough to know one's own, too little to call."""
    name, at, host = to.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    digits = to.removeprefix("+86").strip()
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"{digits[:2]}***"


def build(outbox: Outbox) -> FastAPI:
    """The application around one outbox."""
    app = application("Development message gateway")

    @app.post("/messages")
    def send(message: Message, key: Key) -> Response:
        """201 when it is new, 200 with the same answer when it was asked before."""
        try:
            kept, is_new = outbox.keep(key.strip('"'), message)
        except OtherMessage:
            return problem(422, "This Idempotency-Key was used for another message")
        return JSONResponse(kept.shown(), status_code=201 if is_new else 200)

    @app.get("/messages")
    def messages(limit: int = SHOWN) -> list[dict[str, Any]]:
        return [kept.shown() for kept in outbox.newest(max(1, min(limit, MOST_ASKED)))]

    @app.get("/")
    def front() -> Response:
        return page("gateway.html", messages=outbox.newest(SHOWN), shown=SHOWN)

    return app


def _digest(message: Message) -> str:
    parts = json.dumps([message.to, message.channel, message.text]).encode()
    return hashlib.sha256(parts).hexdigest()


def _read(path: Path) -> dict[str, Kept]:
    """What was kept before. A last line that a crash cut short was never answered: it goes."""
    if not path.exists():
        return {}
    whole, _, torn = path.read_bytes().rpartition(b"\n")
    if torn:
        with path.open("r+b") as file:
            file.truncate(len(whole) + 1 if whole else 0)
    kept = (Kept(**json.loads(line)) for line in whole.splitlines())
    return {each.key: each for each in kept}


def _append(path: Path, kept: Kept) -> None:
    """Write the message down before it is answered for."""
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
    return build(Outbox(path, OfficeTime(Path(clock)) if clock else utc_now))


if __name__ == "__main__":
    sys.exit(serve("gateway", _from_environment))
