"""Sessions end when they must, can be revoked, and show the database nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pymongo.errors import AutoReconnect

from shared.platform.crypto.key_ring import A256GCM, KeyRing
from shared.platform.http.tokens import Person
from shared.platform.runtime.issuer_settings import Side
from shared.web.sessions import (
    INDEXES,
    SESSIONS,
    KeptForm,
    Session,
    SessionLimits,
    Sessions,
    SignedIn,
)
from tests.support.doubles import Clock, Memory
from tests.support.sign_in import RING

LIN = Person("triage-lin", name="林知言", roles=frozenset({"triage"}))
AT_ISSUER = SignedIn(LIN, "seeded.id.token", "sid-1")
FORM = KeptForm("/desk/letters/GD-1/reply", b"text=seeded-words&csrf=x")


class Store:
    """Sessions over a collection in memory."""

    def __init__(self, side: Side = "staff", ring: KeyRing = RING) -> None:
        self.now = Clock()
        self.documents = Memory()
        self.sessions = self.of(side, ring)

    def of(self, side: Side, ring: KeyRing = RING) -> Sessions:
        """Sessions of a side, or by another ring, over the same collection."""
        return Sessions(self.documents, ring=ring, side=side, limits=SessionLimits(), now=self.now)

    async def found(self, cookie: str) -> Session:
        """The session, which is there."""
        session = await self.sessions.find(cookie)
        assert session is not None
        return session


async def test_a_session_is_found_by_its_cookie_alone() -> None:
    store = Store()
    cookie = await store.sessions.begin(AT_ISSUER)
    session = await store.found(cookie)
    assert (session.person, session.name, session.is_over) == (LIN, "林知言", False)
    assert session.signed_in == AT_ISSUER
    assert await store.sessions.find(session.id) is None
    assert await store.sessions.find("") is None
    assert await store.of("citizens").find(cookie) is None


async def test_the_database_shows_nobody() -> None:
    store = Store()
    cookie = await store.sessions.begin(AT_ISSUER)
    session = await store.found(cookie)
    await store.sessions.keep(session, FORM)
    shown = f"{store.documents.kept} {session!r}"
    for secret in (cookie, "triage-lin", "林知言", "seeded", "sid-1", session.csrf):
        assert secret not in shown


@pytest.mark.parametrize(
    ("pauses", "is_over"),
    [([29] * 20, False), ([30], True), ([29] * 20 + [25], True)],
    ids=["used", "idle", "absolute"],
)
async def test_a_session_ends_after_half_an_hour_without_use_or_ten_hours(
    pauses: list[int], is_over: bool
) -> None:
    store = Store()
    cookie = await store.sessions.begin(AT_ISSUER)
    found = []
    for minutes in pauses:
        store.now.pass_by(minutes=minutes)
        found.append((await store.found(cookie)).is_over)
    assert found == [False] * (len(pauses) - 1) + [is_over]


async def test_use_is_noted_once_a_minute() -> None:
    store = Store()
    cookie = await store.sessions.begin(AT_ISSUER)
    for _ in range(90):
        store.now.pass_by(seconds=1)
        await store.found(cookie)
    assert len(store.documents.writes) == 2


@pytest.mark.parametrize(
    ("subject", "issuer_session", "count"),
    [
        ("triage-lin", None, 2),
        (None, "sid-1", 1),
        ("triage-lin", "sid-1", 1),
        ("editor-mei", "sid-1", 0),
        ("editor-mei", None, 0),
        (None, None, 0),
    ],
)
async def test_the_issuer_ends_the_sessions_that_it_names(
    subject: str | None, issuer_session: str | None, count: int
) -> None:
    store = Store()
    cookies = [await store.sessions.begin(AT_ISSUER)]
    cookies.append(await store.sessions.begin(replace(AT_ISSUER, issuer_session="sid-2")))
    other = await store.of("citizens").begin(AT_ISSUER)
    named = {"subject": subject, "issuer_session": issuer_session}
    assert await store.sessions.revoke(**named) == count
    over = [(await store.found(cookie)).is_over for cookie in cookies]
    assert sum(over) == count
    found = await store.of("citizens").find(other)
    assert found is not None
    assert not found.is_over


async def test_a_new_key_of_the_ring_finds_the_sessions_of_the_old_one() -> None:
    store = Store()
    cookie = await store.sessions.begin(AT_ISSUER)
    both = {"test": A256GCM(bytes(32)), "new": A256GCM(bytes(31) + b"1")}
    turned = store.of("staff", KeyRing("new", both))
    assert (await turned.find(cookie)) is not None
    assert await turned.revoke(subject="triage-lin", issuer_session=None) == 1
    assert await store.of("staff", KeyRing("new", {"new": both["new"]})).find(cookie) is None


async def test_a_new_sign_in_has_a_new_id_and_the_old_one_opens_nothing() -> None:
    store = Store()
    old = await store.sessions.begin(AT_ISSUER)
    former = await store.found(old)
    await store.sessions.keep(former, FORM)
    new = await store.sessions.begin(AT_ISSUER, former=await store.found(old))
    assert new != old
    assert await store.sessions.find(old) is None
    session = await store.found(new)
    assert (session.kept, session.csrf) == (FORM, former.csrf)
    await store.sessions.drop_kept(session)
    assert (await store.found(new)).kept is None


async def test_nothing_goes_over_to_another_person() -> None:
    store = Store()
    old = await store.sessions.begin(AT_ISSUER)
    await store.sessions.keep(await store.found(old), FORM)
    former = await store.found(old)
    mei = replace(AT_ISSUER, person=Person("editor-mei"))
    session = await store.found(await store.sessions.begin(mei, former=former))
    assert session.kept is None
    assert session.csrf != former.csrf


async def test_what_was_typed_survives_the_end_of_a_session_by_a_day() -> None:
    store = Store()
    cookie = await store.sessions.begin(AT_ISSUER)
    store.now.pass_by(hours=12)
    session = await store.found(cookie)
    assert session.is_over
    await store.sessions.keep(session, FORM)
    assert (await store.found(cookie)).kept == FORM
    (document,) = store.documents.kept.values()
    assert document["erase_at"] - document["started_at"] == timedelta(hours=34)
    assert [index.expire_after_s for index in INDEXES[SESSIONS]] == [None, None, 0]


async def test_without_the_database_nobody_is_signed_in_or_out() -> None:
    store = Store()
    cookie = await store.sessions.begin(AT_ISSUER)
    store.documents.unread.append(True)
    with pytest.raises(AutoReconnect):
        await store.sessions.find(cookie)
    store.documents.failures.append("before")
    with pytest.raises(AutoReconnect):
        await store.sessions.begin(AT_ISSUER)
