"""Sessions of people who are signed in with a browser, stored on the server.

A session is found by the SHA-256 of a random id that only the browser's cookie holds. Who it is,
the tokens and what was typed are sealed by the service's key ring; subject and issuer's session
are keyed hashes, by which the issuer can end sessions. A session that is over is kept for a day
without opening any door, so that a form sent too late isn't lost.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from shared.platform.crypto.key_ring import CannotOpen, KeyRing
from shared.platform.http.tokens import Person
from shared.platform.mongo.database import Collection, Delete, Document, Index, Insert, Update
from shared.platform.runtime.clock import Now
from shared.platform.runtime.issuer_settings import Side

SESSIONS: Final = "sessions"
INDEXES: Final[Mapping[str, tuple[Index, ...]]] = {
    SESSIONS: (
        Index((("subject", 1),)),
        Index((("issuer_session", 1),), sparse=True),
        Index((("erase_at", 1),), expire_after_s=0),
    ),
}
ID_BYTES: Final = 32
REFRESH: Final = timedelta(minutes=1)
"""The last request is noted at most so often."""
KEPT_AFTER: Final = timedelta(days=1)
"""Time after the absolute limit for which what was typed can be restored."""
PURPOSE: Final = "sessions"


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """When a session is over."""

    idle: timedelta = timedelta(minutes=30)
    """Since the last request."""
    absolute: timedelta = timedelta(hours=10)
    """Since the sign-in."""


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form that came when its sender had to sign in first."""

    path: str
    body: bytes = field(repr=False)
    """As it was sent, URL-encoded."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the issuer's answer at a sign-in says."""

    person: Person
    id_token: str = field(repr=False)
    """The hint for the sign-out at the issuer."""
    issuer_session: str | None = field(default=None, repr=False)
    """The claim `sid`."""
    subject: str | None = field(default=None, repr=False)
    """The claim `sub`, where another one is the person's id."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is stored."""

    id: str
    """The hash under which it is stored; useless without the cookie."""
    signed_in: SignedIn
    csrf: str = field(repr=False)
    """The token that each form carries."""
    is_over: bool = False
    kept: KeptForm | None = None
    side: Side = "staff"

    @property
    def person(self) -> Person:
        """Who is signed in."""
        return self.signed_in.person

    @property
    def name(self) -> str:
        """The name for the masthead; the issuer's id if it gives no name."""
        return self.person.name or self.person.staff_id


class Sessions:
    """The sessions of one side, staff or citizens, in one service."""

    def __init__(
        self, documents: Collection, *, ring: KeyRing, side: Side, limits: SessionLimits, now: Now
    ) -> None:
        """`now`: the machine's clock."""
        self._documents = documents
        self._ring = ring
        self.side = side
        self._limits = limits
        self._now = now

    async def begin(self, signed_in: SignedIn, *, former: Session | None = None) -> str:
        """Start a session under a new id, which is returned for the cookie alone.

        `former`: the browser's session so far, which ends. If it was the same person's, forms that
        are still open stay valid, and what was kept is restored.
        """
        cookie, csrf, kept = secrets.token_urlsafe(ID_BYTES), secrets.token_urlsafe(ID_BYTES), None
        if former is not None and former.person.sub == signed_in.person.sub:
            csrf, kept = former.csrf, former.kept
        name, at = _hash(cookie), self._now()
        content = json.dumps({"signed_in": _written(signed_in), "csrf": csrf})
        document: Document = {
            "_id": name,
            "side": self.side,
            "subject": self._hashes("subject", signed_in.subject or signed_in.person.sub)[0],
            "started_at": at,
            "seen_at": at,
            "erase_at": at + self._limits.absolute + KEPT_AFTER,
            "content": self._ring.seal(content.encode(), letter=name, field="session"),
        }
        if signed_in.issuer_session is not None:
            issuer_session = self._hashes("issuer_session", signed_in.issuer_session)[0]
            document["issuer_session"] = issuer_session
        if kept is not None:
            document["kept"] = self._sealed(kept, name)
        await self._documents.write([Insert(document)])
        if former is not None:
            await self.end(former)
        return cookie

    async def find(self, cookie: str) -> Session | None:
        """The session of that cookie, also one that is over; None if there is none.

        Counts as a request.
        """
        name = _hash(cookie)
        document = await self._documents.one({"_id": name, "side": self.side})
        session = None if document is None else self._read(document)
        if document is None or session is None or session.is_over:
            return session
        if self._now() - document["seen_at"] >= REFRESH:
            await self._documents.write([Update({"_id": name}, {"$set": {"seen_at": self._now()}})])
        return session

    async def keep(self, session: Session, form: KeptForm) -> None:
        """Keep a form until its sender has signed in again; it replaces an earlier one."""
        change = {"$set": {"kept": self._sealed(form, session.id)}}
        await self._documents.write([Update({"_id": session.id}, change)])

    async def drop_kept(self, session: Session) -> None:
        """Forget the form that was kept."""
        await self._documents.write([Update({"_id": session.id}, {"$unset": {"kept": ""}})])

    async def end(self, session: Session) -> None:
        """Delete a session."""
        await self._documents.write([Delete({"_id": session.id})])

    async def revoke(self, *, subject: str | None, issuer_session: str | None) -> int:
        """End the sessions that the issuer names, by both values if both are given.

        Returns how many there were.
        """
        named = {"subject": subject, "issuer_session": issuer_session}
        where: dict[str, Any] = {
            name: {"$in": self._hashes(name, value)}
            for name, value in named.items()
            if value is not None
        }
        if not where:
            return 0
        found = await self._documents.find({**where, "side": self.side}, fields={"_id": 1})
        change = {"$set": {"ended_at": self._now()}}
        await self._documents.write([Update({"_id": each["_id"]}, change) for each in found])
        return len(found)

    def _read(self, document: Document) -> Session | None:
        """None if no key opens it any more."""
        name = document["_id"]
        try:
            content = json.loads(self._ring.open(document["content"], letter=name, field="session"))
            kept = self._kept(document)
        except CannotOpen:
            return None
        signed_in, csrf = _signed_in(content["signed_in"]), content["csrf"]
        return Session(
            name, signed_in, csrf, is_over=self._is_over(document), kept=kept, side=self.side
        )

    def _is_over(self, document: Document) -> bool:
        now = self._now()
        return (
            "ended_at" in document
            or now - document["seen_at"] >= self._limits.idle
            or now - document["started_at"] >= self._limits.absolute
        )

    def _sealed(self, form: KeptForm, name: str) -> str:
        content = json.dumps({"path": form.path, "body": form.body.decode("latin-1")})
        return self._ring.seal(content.encode(), letter=name, field="kept")

    def _kept(self, document: Document) -> KeptForm | None:
        """Raises: CannotOpen."""
        if "kept" not in document:
            return None
        opened = self._ring.open(document["kept"], letter=document["_id"], field="kept")
        content = json.loads(opened)
        return KeptForm(content["path"], content["body"].encode("latin-1"))

    def _hashes(self, kind: str, value: str) -> list[str]:
        """The value's hash under each key of the ring, the current one first."""
        said = f"{self.side}\0{kind}\0{value}".encode("utf-8", "surrogatepass")
        keys = self._ring.derived(PURPOSE)
        ordered = sorted(keys, key=lambda kid: kid != self._ring.current)
        return [hmac.digest(keys[kid], said, "sha256").hex() for kid in ordered]


def _hash(cookie: str) -> str:
    """A fast hash is enough: the id is random and long."""
    return sha256(cookie.encode("utf-8", "surrogatepass")).hexdigest()


def _written(signed_in: SignedIn) -> dict[str, Any]:
    person = signed_in.person
    return {
        "sub": person.sub,
        "name": person.name,
        "id_number": person.id_number,
        "phone": person.phone,
        "document_type": person.document_type,
        "birthdate": person.birthdate and person.birthdate.isoformat(),
        "roles": sorted(person.roles),
        "auth_time": person.auth_time and person.auth_time.isoformat(),
        "id_token": signed_in.id_token,
        "issuer_session": signed_in.issuer_session,
        "subject": signed_in.subject,
    }


def _signed_in(content: Mapping[str, Any]) -> SignedIn:
    at, born = content["auth_time"], content.get("birthdate")
    person = Person(
        sub=content["sub"],
        name=content["name"],
        id_number=content["id_number"],
        phone=content["phone"],
        document_type=content.get("document_type", "resident_id"),
        birthdate=born and date.fromisoformat(born),
        roles=frozenset(content["roles"]),
        auth_time=at and datetime.fromisoformat(at),
    )
    return SignedIn(person, content["id_token"], content["issuer_session"], content["subject"])
