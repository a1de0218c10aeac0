"""Files of letters, fetched from intake with the bureau's own client credential.

The access token comes from the staff's issuer by client credentials (RFC 6749, section 4.4). The
size and SHA-256 of each download must equal those in the event that announced the file.
"""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import IO, Any, Final, Literal, Self, TypeAlias

import httpx

from shared.contracts.values import Attachment

Why: TypeAlias = Literal[
    "waiting", "not_held", "gone", "masked", "not_signed_in", "altered", "out_of_reach"
]
EXPLAINED: Final[Mapping[Why, str]] = {
    "waiting": "附件仍在检查，稍后再取 the file is still being checked: fetch it later",
    "not_held": "信件不在本局，或没有这份附件 "
    "the bureau doesn't hold the letter, or it has no such file",
    "gone": "附件未通过检查，不予提供 the file was refused or may be harmful: nobody gets it",
    "masked": "信件遮盖，附件可能暴露写信人：由承办人在受理端页面申请查看 "
    "the letter is masked and a file can show who wrote it: a handler asks on intake's page",
    "not_signed_in": "本局的客户端凭据无效 the issuer or intake refuses the bureau's credential",
    "altered": "收到的内容与目录不符，已丢弃 "
    "what arrived is not the announced file, and was discarded",
    "out_of_reach": "无法连接受理端或身份认证 intake or the issuer is out of reach",
}
SUFFIXES: Final[Mapping[str, str]] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}
PATIENCE_S: Final = 30.0
"""Longest wait for one answer or one piece of a file."""
EARLY_S: Final = 30.0
"""So long before its end a token is replaced."""
USUAL_WAIT_S: Final = 5.0


class NotFetched(Exception):
    """The file was not fetched; nothing of it was kept."""

    def __init__(self, why: Why, *, again_after_s: float | None = None) -> None:
        """`again_after_s`: after which the same request may succeed."""
        super().__init__(why)
        self.why = why
        self.again_after_s = again_after_s


@dataclass(frozen=True, slots=True)
class FileAccess:
    """Where a bureau's files are, and its client at the staff's issuer."""

    intake: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


class AttachmentFetcher:
    """Fetches files of one bureau; an async context manager."""

    def __init__(
        self, access: FileAccess, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._access = access
        self._http = httpx.AsyncClient(transport=transport, timeout=PATIENCE_S)
        self._token: tuple[str, float] | None = None
        """With the monotonic time until which it is used."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def save(self, letter: str, file: Attachment, *, into: Path) -> Path:
        """Store the file in the folder `into` under its id, whole or not at all; return its path.

        Raises: NotFetched; OSError.
        """
        path = into / f"{file.id}{SUFFIXES.get(file.type, '')}"
        with _whole(path) as unfinished:
            await self.fetch(letter, file, write=unfinished.write)
        return path

    async def fetch(
        self, letter: str, file: Attachment, *, write: Callable[[bytes], object]
    ) -> None:
        """Give the file's bytes to `write`; they count only if this returns. Raises: NotFetched."""
        try:
            if await self._stream(letter, file, write=write):
                return
            self._token = None  # revoked or of a former key: ask for another one, once
            if not await self._stream(letter, file, write=write):
                raise NotFetched("not_signed_in")
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise NotFetched("out_of_reach", again_after_s=USUAL_WAIT_S) from fault

    async def _stream(
        self, letter: str, file: Attachment, *, write: Callable[[bytes], object]
    ) -> bool:
        """Whether the token was accepted. Raises: NotFetched; httpx.HTTPError."""
        address = f"{self._access.intake.rstrip('/')}/v1/bureau-files/{letter}/{file.id}"
        headers = {"authorization": f"Bearer {await self._bearer()}", "accept-encoding": "identity"}
        async with self._http.stream("GET", address, headers=headers) as answer:
            if answer.status_code == 401:
                return False
            if answer.status_code != 200:
                await answer.aread()
                raise _refusal(answer)
            await _checked(answer, file, write=write)
        return True

    async def _bearer(self) -> str:
        """An access token. Raises: NotFetched; httpx.HTTPError."""
        now = time.monotonic()
        if self._token is None or now >= self._token[1]:
            answer = await self._http.post(
                await self._token_endpoint(),
                data={"grant_type": "client_credentials"},
                auth=(self._access.client_id, self._access.client_secret),
            )
            found = _object(answer)
            token, lasts_s = found.get("access_token"), found.get("expires_in", 60)
            if not isinstance(token, str) or not isinstance(lasts_s, int):
                raise NotFetched("not_signed_in")
            self._token = token, now + max(lasts_s - EARLY_S, 0.0)
        return self._token[0]

    async def _token_endpoint(self) -> str:
        issuer = self._access.issuer.rstrip("/")
        answer = await self._http.get(f"{issuer}/.well-known/openid-configuration")
        found = _object(answer)
        endpoint = found.get("token_endpoint")
        scheme = self._access.issuer.partition("//")[0]
        is_its_own = found.get("issuer") == self._access.issuer
        if not is_its_own or not isinstance(endpoint, str) or not endpoint.startswith(scheme):
            raise NotFetched("not_signed_in")
        return endpoint


@contextmanager
def _whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that is at `path` once the block has ended, and nowhere if it fails. Raises: OSError.

    Only its owner may read it.
    """
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
        part = Path(unfinished.name)
        try:
            yield unfinished
            unfinished.flush()
            part.replace(path)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()


async def _checked(
    answer: httpx.Response, file: Attachment, *, write: Callable[[bytes], object]
) -> None:
    """Pass the content on. Raises: NotFetched, if it is not the announced file."""
    size, digest = 0, hashlib.sha256()
    async for piece in answer.aiter_bytes():
        size += len(piece)
        if size > file.size:
            raise NotFetched("altered")
        digest.update(piece)
        write(piece)
    if (size, digest.hexdigest()) != (file.size, file.sha256):
        raise NotFetched("altered")


def _refusal(answer: httpx.Response) -> NotFetched:
    match answer.status_code:
        case 404:
            return NotFetched("not_held")
        case 409:
            return NotFetched("waiting", again_after_s=_retry_after(answer))
        case 410:
            return NotFetched("gone")
        case 403:
            is_masked = _object(answer, is_ok=False).get("code") == "needs_grant"
            return NotFetched("masked" if is_masked else "not_signed_in")
        case _:
            return NotFetched("out_of_reach", again_after_s=_retry_after(answer))


def _retry_after(answer: httpx.Response) -> float:
    seconds = answer.headers.get("retry-after", "")
    return float(seconds) if seconds.isascii() and seconds.isdigit() else USUAL_WAIT_S


def _object(answer: httpx.Response, *, is_ok: bool = True) -> dict[str, Any]:
    """The JSON object of an answer. Raises: NotFetched; httpx.HTTPStatusError, from 500."""
    if answer.status_code >= 500:
        answer.raise_for_status()
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict) or (is_ok and answer.status_code != 200):
        raise NotFetched("not_signed_in")
    return found
