"""Floods are noticed as letters come in: alarmed of, grouped, and no letter is lost or held up."""

import random
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from services.intake import metrics
from services.intake.api.client_network import ClientNetworkMiddleware, client, network, prefix
from services.intake.domain.sliding_window import MOST_KEYS, SlidingWindow, minhash_bands
from services.intake.settings import IntakeSettings
from shared.contracts.topics import SUBMITTED
from shared.platform.http.application import open_to_all
from tests.intake.faces import settings
from tests.intake.front import Front
from tests.intake.story import NOON

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


def test_texts_that_are_nearly_the_same_share_a_band() -> None:
    drawn = random.Random(5)  # noqa: S311 - nothing secret hangs on it
    met = foreign = 0
    for _ in range(100):
        text, other = ([drawn.getrandbits(64) for _ in range(150)] for _ in range(2))
        met += bool({*minhash_bands(text)} & {*minhash_bands(text[7:] + other[:7])})
        foreign += bool({*minhash_bands(text)} & {*minhash_bands(other)})
    assert met >= 85
    assert foreign == 0
    assert minhash_bands(range(20)) == ()


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
