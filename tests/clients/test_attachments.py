"""A bureau's program gets exactly the announced file, with its own credential, or nothing."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from clients.bureau._cli.command import command_line
from clients.bureau._store.holdings import Holdings
from clients.bureau.arrivals import Arrived, read
from clients.bureau.attachments import EXPLAINED, AttachmentFetcher, FileAccess, NotFetched, Why
from clients.bureau.settings import BadSettings, BureauSettings, load
from clients.bureau.simulate.figures import SimulationMetrics
from clients.bureau.simulate.files import FileFetching
from clients.bureau.simulate.held import BureauLetter
from shared.contracts.progress_v1 import LetterAddedTo
from shared.contracts.values import Attachment, By
from shared.contracts.vocabulary import State
from tests.clients.making import GZ, LETTER, NOON, assigned, keys_for, said

CONTENT = bytes(range(256)) * 4_000
FILE = Attachment(
    id="f-1", type="image/jpeg", size=len(CONTENT), sha256=sha256(CONTENT).hexdigest()
)
ISSUER, INTAKE, SECRET = "https://id.example.cn/staff", "https://intake.example.cn", "seeded-secret"
ACCESS = FileAccess(INTAKE, ISSUER, "bureau-foshan", SECRET)


@dataclass
class Province:
    """An issuer and intake as the program meets them."""

    answer: httpx.Response = field(default_factory=lambda: httpx.Response(200, content=CONTENT))
    tokens: list[str] = field(default_factory=lambda: ["t-1", "t-2", "t-3"])
    refused: set[str] = field(default_factory=set)
    """Tokens that intake doesn't accept."""
    issuer: str = ISSUER
    endpoint: str = f"{ISSUER}/token"
    paths: list[str] = field(default_factory=list)
    down: str = ""
    """The host that can't be reached."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.paths.append(request.url.path)
        if request.url.host == self.down:
            raise httpx.ConnectError("down")
        if request.url.path.endswith("openid-configuration"):
            return httpx.Response(
                200, json={"issuer": self.issuer, "token_endpoint": self.endpoint}
            )
        if request.url.path.endswith("/token"):
            return self._token(request)
        token = request.headers["authorization"].removeprefix("Bearer ")
        return httpx.Response(401) if token in self.refused else self.answer

    def _token(self, request: httpx.Request) -> httpx.Response:
        given = base64.b64decode(request.headers["authorization"].removeprefix("Basic "))
        form = parse_qs(request.content.decode())
        if given != f"bureau-foshan:{SECRET}".encode() or form != {
            "grant_type": ["client_credentials"]
        }:
            return httpx.Response(401, json={"error": "invalid_client"})
        return httpx.Response(200, json={"access_token": self.tokens.pop(0), "expires_in": 600})


def kept(folder: Path) -> list[str]:
    """What is in the folder, hidden files too."""
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def province() -> Province:
    return Province()


@pytest.fixture
async def fetcher(province: Province) -> AsyncIterator[AttachmentFetcher]:
    transport = httpx.MockTransport(province.handle)
    async with AttachmentFetcher(ACCESS, transport=transport) as opened:
        yield opened


async def test_a_file_is_stored_whole_and_for_its_owner_only(
    fetcher: AttachmentFetcher, province: Province, tmp_path: Path
) -> None:
    path = await fetcher.save(LETTER, FILE, into=tmp_path)
    assert (path.name, path.read_bytes()) == ("f-1.jpg", CONTENT)
    assert path.stat().st_mode & 0o077 == 0
    assert province.paths[-1] == f"/v1/bureau-files/{LETTER}/f-1"
    await fetcher.save(LETTER, FILE, into=tmp_path)
    assert province.paths.count("/staff/token") == 1, "a token serves until shortly before its end"


@pytest.mark.parametrize(
    "content",
    [CONTENT[:-1], CONTENT + b"x", b"", CONTENT[:-1] + b"x"],
    ids=["shorter", "longer", "empty", "altered"],
)
async def test_what_is_not_the_announced_file_is_discarded(
    fetcher: AttachmentFetcher, province: Province, tmp_path: Path, content: bytes
) -> None:
    """A bureau would act on something that the writer didn't send."""
    province.answer = httpx.Response(200, content=content)
    with pytest.raises(NotFetched, match="altered"):
        await fetcher.save(LETTER, FILE, into=tmp_path)
    assert not kept(tmp_path)


@pytest.mark.parametrize(
    ("answer", "why", "again_after_s"),
    [
        (httpx.Response(404), "not_held", None),
        (httpx.Response(409, headers={"retry-after": "7"}), "waiting", 7.0),
        (httpx.Response(409, headers={"retry-after": "soon"}), "waiting", 5.0),
        (httpx.Response(410), "gone", None),
        (httpx.Response(403, json={"code": "needs_grant"}), "masked", None),
        (httpx.Response(403, json={"code": "not_allowed"}), "not_signed_in", None),
        (httpx.Response(403, content=b"<html>"), "not_signed_in", None),
        (httpx.Response(429, headers={"retry-after": "60"}), "out_of_reach", 60.0),
        (httpx.Response(503, headers={"retry-after": "5"}), "out_of_reach", 5.0),
        (httpx.Response(302, headers={"location": "http://elsewhere"}), "out_of_reach", 5.0),
    ],
)
async def test_each_refusal_says_what_it_means(
    fetcher: AttachmentFetcher,
    province: Province,
    *,
    tmp_path: Path,
    answer: httpx.Response,
    why: Why,
    again_after_s: float | None,
) -> None:
    province.answer = answer
    with pytest.raises(NotFetched) as no:
        await fetcher.save(LETTER, FILE, into=tmp_path)
    assert (no.value.why, no.value.again_after_s) == (why, again_after_s)
    assert why in EXPLAINED
    assert not kept(tmp_path)


async def test_a_token_that_was_revoked_is_replaced_once(
    fetcher: AttachmentFetcher, province: Province, tmp_path: Path
) -> None:
    province.refused = {"t-1"}
    await fetcher.save(LETTER, FILE, into=tmp_path)
    province.refused |= {"t-2", "t-3"}
    with pytest.raises(NotFetched, match="not_signed_in"):
        await fetcher.save(LETTER, FILE, into=tmp_path)


@pytest.mark.parametrize("down", ["id.example.cn", "intake.example.cn"])
async def test_without_issuer_or_intake_the_program_learns_to_try_later(
    fetcher: AttachmentFetcher, province: Province, tmp_path: Path, down: str
) -> None:
    province.down = down
    with pytest.raises(NotFetched) as no:
        await fetcher.save(LETTER, FILE, into=tmp_path)
    assert (no.value.why, no.value.again_after_s) == ("out_of_reach", 5.0)


@pytest.mark.parametrize(
    ("issuer", "endpoint"),
    [("https://other.example.cn", f"{ISSUER}/token"), (ISSUER, "http://id.example.cn/token")],
)
async def test_the_secret_goes_to_no_issuer_of_another_name_and_not_over_plain_http(
    fetcher: AttachmentFetcher, province: Province, *, tmp_path: Path, issuer: str, endpoint: str
) -> None:
    province.issuer, province.endpoint = issuer, endpoint
    with pytest.raises(NotFetched, match="not_signed_in"):
        await fetcher.save(LETTER, FILE, into=tmp_path)
    assert not any(path.endswith("/token") for path in province.paths)


def test_the_secret_is_in_no_repr() -> None:
    assert SECRET not in repr(ACCESS)


# --- settings ----------------------------------------------------------------------------------

KAFKA = {"MAILBOX_KAFKA_BOOTSTRAP": "localhost:9092", "MAILBOX_KAFKA_SECURITY": "SSL"}
PLACES = {"MAILBOX_INTAKE": INTAKE, "MAILBOX_STAFF_ISSUER": ISSUER}


def test_access_is_read_from_the_environment(tmp_path: Path) -> None:
    (secret := tmp_path / "secret").write_text(f"{SECRET}\n")
    own = {"MAILBOX_BUREAU_CLIENT_ID": "foshan", "MAILBOX_BUREAU_CLIENT_SECRET_FILE": str(secret)}
    access = load(BureauSettings, KAFKA | PLACES | own).file_access("foshan")
    assert access == FileAccess(INTAKE, ISSUER, "foshan", SECRET)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "MAILBOX_INTAKE, MAILBOX_STAFF_ISSUER, MAILBOX_BUREAU_CLIENT_ID, MAILBOX_BUREAU_CL"),
        (PLACES, "MAILBOX_BUREAU_CLIENT_ID, MAILBOX_BUREAU_CLIENT_SECRET_FILE"),
        (
            PLACES
            | {
                "MAILBOX_BUREAU_CLIENT_ID": "foshan",
                "MAILBOX_BUREAU_CLIENT_SECRET_FILE": "/nowhere",
            },
            "can't be read",
        ),
    ],
)
def test_what_is_missing_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        load(BureauSettings, KAFKA | given).file_access("foshan")


@pytest.mark.parametrize("name", PLACES)
def test_no_secret_and_no_file_goes_over_plain_http(name: str) -> None:
    with pytest.raises(BadSettings, match=name):
        load(BureauSettings, KAFKA | PLACES | {name: "http://intake.example.cn"})


# --- which files ---------------------------------------------------------------------------------


def test_a_holding_lists_the_files_of_the_letter_and_of_what_came_later() -> None:
    """The command would fetch only the first ones."""
    keys = keys_for("router", f"bureau:{GZ}")["router"]
    later = FILE.model_copy(update={"id": "f-2"})
    letter = assigned().model_copy(update={"attachments": (FILE,)})
    added = LetterAddedTo(
        state="handling", holder=GZ, assignment=1, by=By(role="writer"), late=False,
        attachments=(later,),
    )  # fmt: skip
    holdings = Holdings()
    for sequence, event in enumerate((letter, added, letter), start=1):
        found = read(said(keys, event, sequence=sequence))
        assert isinstance(found, Arrived)
        holdings.note(found)
    holding = holdings.holding(LETTER)
    assert holding is not None
    assert holding.files == (FILE, later)


# --- the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [("--into", "/nowhere"), ("--file", "../x"), ("--nothing",)])
def test_the_command_refuses_bad_arguments(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        command_line().parse_args(["fetch", LETTER, "--bureau", GZ, *words])


def test_the_command_takes_a_letter_a_file_and_a_folder(tmp_path: Path) -> None:
    words = ["fetch", LETTER, "--bureau", GZ, "--file", "f-1", "--into", str(tmp_path)]
    asked = command_line().parse_args(words)
    assert (asked.letter, asked.file, asked.into) == (LETTER, "f-1", tmp_path)


# --- simulated bureaus -------------------------------------------------------------------------


def held(state: State = "handling", **over: Any) -> BureauLetter:
    return replace(BureauLetter(GZ, LETTER, 1, state, 1, NOON, "request"), **over)


def letter_with_a_file() -> Arrived:
    keys = keys_for("router", f"bureau:{GZ}")["router"]
    event = assigned().model_copy(update={"attachments": (FILE,)})
    found = read(said(keys, event, sequence=1))
    assert isinstance(found, Arrived)
    return found


async def played(fetching: FileFetching, fetcher: AttachmentFetcher, *, at: float) -> None:
    """Fetch what is due at that time."""
    for name in [name for name, due in fetching._due.items() if due <= at]:
        await fetching.fetch(name, fetcher, now=at)


async def test_a_simulated_bureau_fetches_each_file_once_it_has_accepted(
    fetcher: AttachmentFetcher, province: Province
) -> None:
    """`make run` would show no fetched file, and nobody would see that fetching broke."""
    figures = SimulationMetrics()
    fetching = FileFetching(lambda _: ACCESS, figures=figures)
    arrived = letter_with_a_file()
    fetching.note(arrived, held("routed"), now=0)
    await played(fetching, fetcher, at=0)
    assert not province.paths
    province.answer = httpx.Response(409, headers={"retry-after": "3"})
    fetching.note(arrived, held(), now=1)
    await played(fetching, fetcher, at=1)
    province.answer = httpx.Response(200, content=CONTENT)
    for at in (2.0, 4.0, 5.0):
        fetching.note(arrived, held(), now=at)
        await played(fetching, fetcher, at=at)
    for outcome in ("waiting", "fetched"):
        assert f'mailbox_bureaus_files_total{{outcome="{outcome}"}} 1' in figures.text()


@pytest.mark.parametrize(
    "over", [{"is_by_hand": True}, {"is_over": True}, {"state": "closed"}], ids=str
)
async def test_a_simulated_bureau_leaves_other_letters_alone(
    fetcher: AttachmentFetcher, province: Province, over: dict[str, Any]
) -> None:
    fetching = FileFetching(lambda _: ACCESS, figures=SimulationMetrics())
    fetching.note(letter_with_a_file(), held(**over), now=0)
    await played(fetching, fetcher, at=0)
    assert not province.paths
