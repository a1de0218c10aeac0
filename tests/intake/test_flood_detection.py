"""Floods are noticed as letters come in: alarmed of, grouped, and no letter is lost or held up."""

import random
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake import metrics
from services.intake.api.client_network import ClientNetworkMiddleware, client, network, prefix
from services.intake.api.flood_detection import FloodDetector
from services.intake.domain.sliding_window import (
    MOST_KEYS,
    MOST_NEAR,
    NEAR,
    WIDTHS,
    RecentTexts,
    SlidingWindow,
)
from services.intake.domain.submission import SubmitLetter
from services.intake.settings import IntakeSettings
from shared.contracts.topics import SUBMITTED
from shared.contracts.words import LetterText
from shared.platform.http.application import open_to_all
from shared.rules.similarity import BITS, bands, simhash
from tests.intake.faces import settings
from tests.intake.front import Front
from tests.intake.story import NOON, submit
from tests.support.labelled import OWN, labelled

TEXT = (
    "我们小区南门的路灯从国庆节以后一直不亮，晚上老人和孩子出门很不安全，已经有两个人摔倒。"
    "物业说路灯归市政，市政说归小区，推来推去一个多月没有结果，请领导派人看一看，尽快修好。"
)
TRUSTED = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def another(number: int) -> str:
    """A text that is like no other."""
    drawn = random.Random(number)  # noqa: S311 - nothing secret hangs on it
    return "".join(chr(drawn.randrange(0x4E00, 0x9FA0)) for _ in range(120))


def told(metric: str, kind: str) -> float:
    """The value of a flood counter."""
    counters = {"floods": metrics.FLOODS, "letters": metrics.FLOOD_LETTERS}
    return float(counters[metric].labels(kind)._value.get())


def campaigns(desk: Front) -> list[str | None]:
    """The group of each reported letter, in order."""
    return [one.data.campaign for one in desk.shelf.said(SUBMITTED.name)]


# --- letters that say the same -------------------------------------------------------------------


async def test_letters_that_are_nearly_the_same_are_grouped_and_all_taken_in(
    desk: Front, caplog: pytest.LogCaptureFixture
) -> None:
    before, letters = told("floods", "text"), told("letters", "text")
    for number in range(25):
        text = TEXT.replace("两个人", f"{number}个人") + f"我住{number}栋。"
        await desk.taken_in(f"writer-{number}", body=text)
    found = campaigns(desk)
    assert len(found) == 25
    assert found[:19] == [None] * 19
    (group,) = set(found[19:])
    assert group is not None
    assert told("floods", "text") == before + 1
    assert told("letters", "text") == letters + 6
    (line,) = [one for one in caplog.records if one.message == "a flood of letters"]
    assert (line.levelname, line.__dict__["kind"], line.__dict__["group"]) == (
        *("WARNING", "text"),
        group,
    )


async def test_letters_of_their_own_are_no_flood_however_many(desk: Front) -> None:
    for number in range(40):
        await desk.taken_in(body=another(number))
    assert set(campaigns(desk)) == {None}


async def test_what_is_sent_again_is_counted_once(desk: Front) -> None:
    for _ in range(30):
        assert (await desk.submit(key="the-same-key", body=TEXT)).status_code == 201
    for number in range(18):
        await desk.taken_in(f"writer-{number}", body=TEXT)
    assert set(campaigns(desk)) == {None}
    await desk.taken_in("writer-last", body=TEXT)
    assert campaigns(desk)[-1] is not None


async def test_it_is_a_flood_within_an_hour_alone(desk: Front) -> None:
    for number in range(25):
        desk.shelf.now.pass_by(minutes=4)
        await desk.taken_in(f"writer-{number}", body=TEXT)
    assert set(campaigns(desk)) == {None}


async def test_a_name_of_a_group_says_nothing(desk: Front) -> None:
    for number in range(20):
        await desk.taken_in(f"writer-{number}", body=TEXT)
    group = campaigns(desk)[-1] or ""
    assert group.startswith("c-")
    assert len(group) == 14
    kept = str([desk.shelf.documents.kept, desk.keys.kept])
    assert "network" not in kept
    assert group not in TEXT


def test_a_window_is_as_long_as_it_is_and_not_longer() -> None:
    tide = SlidingWindow(most=3, within=timedelta(minutes=10))
    minutes = (0, 5, 10, 15, 25.1, 25.2, 25.3)
    risen = [tide.add("a", NOON + timedelta(minutes=one)) for one in minutes]
    assert risen == [False, False, True, True, False, False, True]
    assert not tide.add("b", NOON)


def test_no_more_is_remembered_than_a_bound() -> None:
    tide = SlidingWindow(most=2, within=timedelta(hours=1), keys=3)
    assert not tide.add("a", NOON)
    for key in "bcd":
        tide.add(key, NOON)
    assert not tide.add("a", NOON), "it was met longest ago, and is forgotten"
    assert tide.add("d", NOON)
    assert MOST_KEYS >= 1_000


def test_texts_that_are_nearly_the_same_share_a_fingerprint() -> None:
    drawn = random.Random(5)  # noqa: S311 - nothing secret hangs on it
    met = foreign = 0
    for _ in range(100):
        text, other = ([drawn.getrandbits(64) for _ in range(150)] for _ in range(2))
        recent = RecentTexts()
        first = recent.near(fingerprint(text))
        met += first[0] in recent.near(fingerprint(text[7:] + other[:7]))
        foreign += first[0] in recent.near(fingerprint(other))
    assert met >= 95
    assert foreign == 0


def fingerprint(ngrams: list[int]) -> int:
    """The fingerprint of a text with these n-grams."""
    found = simhash(ngrams)
    assert found is not None
    return found


@given(st.integers(0, 2**BITS - 1), st.sets(st.integers(0, BITS - 1), max_size=NEAR + 1))
def test_fingerprints_are_met_up_to_a_distance(one: int, bits: set[int]) -> None:
    other = one ^ sum(1 << bit for bit in bits)
    recent = RecentTexts()
    recent.near(one)
    is_met = len(bits) <= NEAR and bool({*bands(one, WIDTHS)} & {*bands(other, WIDTHS)})
    assert {*recent.near(other)} == ({one, other} if is_met else {other})
    assert sum(WIDTHS) == BITS


def test_the_text_met_longest_ago_is_forgotten_first() -> None:
    drawn = random.Random(9)  # noqa: S311 - nothing secret hangs on it
    lost, kept = drawn.getrandbits(BITS), drawn.getrandbits(BITS)
    recent = RecentTexts(most=2)
    for one in (lost, kept):
        assert recent.near(one) == [one]
    for _ in range(2_000):
        recent.near(drawn.getrandbits(BITS))
        recent.near(kept)
    assert kept in recent.near(kept ^ 1)
    assert lost not in recent.near(lost ^ 1)


def test_few_stand_for_many_so_that_a_letter_of_a_flood_costs_no_more() -> None:
    recent = RecentTexts()
    assert max(len(recent.near(number)) for number in range(2**8)) == MOST_NEAR


def test_a_campaign_is_found_among_letters_of_their_own() -> None:
    """Of 2,000 letters within an hour hardly one is taken for one of a flood; those of one are.

    The key of the hashes is drawn anew each time, so the counts are those that never failed.
    """
    drawn = random.Random(3)  # noqa: S311 - nothing secret hangs on it
    own = {letter["body"] for letter in labelled(OWN.with_name("letters_varied.jsonl"))}
    alike = {varied(drawn) for _ in range(100)}
    bodies, floods = sorted(own | alike), FloodDetector()
    drawn.shuffle(bodies)
    found = {body for body in bodies if group_of(body, floods)}
    assert len(found - alike) <= 3
    assert len(found) >= 65, "the first nineteen are only counted"


def varied(drawn: random.Random) -> str:
    """The text as one of many sends it: with a greeting, a house number and some other words."""
    changed = [drawn.choice(TEXT) if drawn.random() < 0.02 else character for character in TEXT]
    greeting = drawn.choice(("", "尊敬的领导：", "您好！", "打扰了，"))
    house, flat = drawn.randrange(1, 90), drawn.randrange(100, 3000)
    return f"{greeting}{''.join(changed)}我住{house}栋{flat}房。"


def group_of(body: str, floods: FloodDetector) -> str | None:
    """The group that a letter with this text is told to belong to."""
    words = LetterText(subject="来信", body=body)
    found = floods.grouped(submit(words=words), key=body)
    assert isinstance(found, SubmitLetter)
    return found.letter.campaign


# --- networks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.7", "198.51.100.7"),
        ("10.1.2.3", "192.0.2.66, 198.51.100.7", "198.51.100.7"),
        ("10.1.2.3", "192.0.2.66, 198.51.100.7, 10.9.9.9", "198.51.100.7"),
        ("10.1.2.3", "10.2.2.2", "10.2.2.2"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "rubbish", "10.1.2.3"),
        ("10.1.2.3", "198.51.100.7, rubbish", "10.1.2.3"),
        ("10.1.2.3", ", ,", "10.1.2.3"),
        ("fd00::1", "2001:db8:1:2::9", "2001:db8:1:2::9"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("10.1.2.3", "1.1.1.1, " * 5_000 + "198.51.100.7", "198.51.100.7"),
        ("10.1.2.3", ", ".join(["10.0.0.1"] * 5_000), "10.0.0.1"),
        ("", "198.51.100.7", None),
        ("a/unix/socket", "", None),
    ],
)
def test_a_proxy_is_believed_only_where_it_is_trusted(
    peer: str, forwarded: str, found: str | None
) -> None:
    address = client(peer, forwarded, trusted=TRUSTED)
    assert (address and str(address)) == found


def test_a_network_is_more_than_an_address() -> None:
    one, other, far = (
        client(peer, "", trusted=()) for peer in ("203.0.113.9", "203.0.113.200", "203.0.114.9")
    )
    assert one
    assert other
    assert far
    assert prefix(one) == prefix(other) == "203.0.113.0/24" != prefix(far)
    home = client("2001:db8:1:2ff::9", "", trusted=())
    assert home
    assert prefix(home) == "2001:db8:1:200::/56"


async def ask(app: FastAPI, peer: str, **headers: str) -> str | None:
    """The network of the client, as a route sees it."""
    transport = httpx.ASGITransport(app, client=(peer, 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://face") as asking:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        said: str | None = (await asking.get("/network", headers=named)).json()
        return said


async def test_a_route_knows_a_hash_of_the_network_and_no_address() -> None:
    app = FastAPI()

    @app.get("/network")
    @open_to_all
    async def told_network() -> str | None:
        return network()

    app.add_middleware(ClientNetworkMiddleware, trusted=TRUSTED)
    one = await ask(app, "203.0.113.9")
    assert (
        one
        == await ask(app, "203.0.113.77")
        == await ask(app, "10.0.0.1", x_forwarded_for="203.0.113.1")
    )
    assert one
    assert "203" not in one[:3]
    assert one != await ask(app, "198.51.100.7")
    assert await ask(app, "nowhere") is None
    assert network() is None


async def test_many_letters_from_one_network_are_a_flood_and_are_taken_in(
    desk: Front, caplog: pytest.LogCaptureFixture
) -> None:
    face = desk.client._transport
    assert isinstance(face, httpx.ASGITransport)
    face.app = ClientNetworkMiddleware(face.app, TRUSTED)
    before = told("floods", "network")
    for number in range(65):
        await desk.taken_in(f"writer-{number}", body=another(number))
    assert told("floods", "network") == before + 1
    (line,) = [one for one in caplog.records if one.message == "a flood of letters"]
    assert (line.__dict__["kind"], line.__dict__["group"]) == ("network", None)
    assert len(campaigns(desk)) == 65


# --- settings ------------------------------------------------------------------------------------


def test_proxies_are_named_by_their_networks(tmp_path: Path) -> None:
    assert settings(IntakeSettings, tmp_path).proxies == ()
    given = settings(IntakeSettings, tmp_path).model_dump() | {
        "trusted_proxies": " 10.0.0.0/8, fd00::/8,",
        "mongo_uri": "mongodb://127.0.0.1:1",
    }
    assert IntakeSettings.model_validate(given).proxies == TRUSTED


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0.1/8", "proxy.example", "10.0.0.0/8;::/0"])
def test_what_is_no_network_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    given = settings(IntakeSettings, tmp_path).model_dump() | {
        "trusted_proxies": text,
        "mongo_uri": "mongodb://127.0.0.1:1",
    }
    with pytest.raises(ValidationError) as refused:
        IntakeSettings.model_validate(given)
    assert {one["loc"] for one in refused.value.errors()} == {("trusted_proxies",)}
