"""The issuer's published key set (JWKS): fetched, cached and refreshed.

The set is refreshed when it is old, and when a token names an unknown key, but at most every ten
seconds. While the issuer can't be reached, the cached keys stay valid up to a maximum age, because
a key withdrawn meanwhile must not count forever.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.platform.crypto.key_files import of_base64url
from shared.platform.crypto.key_metrics import ISSUER_FAILURES
from shared.platform.runtime.clock import Now

LOG = logging.getLogger(__name__)

PublicKey = ECKey | OKPKey | RSAKey

BETWEEN_FETCHES = timedelta(seconds=10)
OLD_AFTER = timedelta(minutes=5)
MAX_AGE = timedelta(hours=24)
PATIENCE_S = 3.0
MAX_SET = 256 * 1024
MAX_KEYS = 50
MIN_RSA_BITS = 2048


class KeysUnavailable(Exception):
    """The issuer can't be reached, and no keys were fetched yet or the cached ones are too old."""


class Jwks:
    """The key set at one URL."""

    def __init__(
        self, url: str, client: httpx.AsyncClient, *, now: Now, max_age: timedelta = MAX_AGE
    ) -> None:
        """`client` is closed by its owner. `max_age`: of keys that can't be refreshed."""
        self._url = url
        self._max_age = max_age
        self._client = client
        self._now = now
        self._keys: dict[str, tuple[str, PublicKey]] = {}
        self._key_set: Any = None
        self._fetched_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._asking = asyncio.Lock()
        self.generation = 0
        """Grows with each new set; results based on the former set must be forgotten."""

    async def refresh(self) -> None:
        """Fetch the set if it is old; if that fails, the old one stays.

        Raises: KeysUnavailable, if there is none or the old one exceeds the maximum age.
        """
        if self._is_old() and not (self._keys and self._asking.locked()):
            await self._ask()
        if self._fetched_at is None or self._now() - self._fetched_at >= self._max_age:
            raise KeysUnavailable

    async def key(self, kid: str, alg: str) -> PublicKey | None:
        """The key with that id, if it is for `alg`. Raises: KeysUnavailable."""
        await self.refresh()
        if kid not in self._keys:
            await self._ask()
        its_alg, key = self._keys.get(kid, ("", None))
        return key if its_alg == alg else None

    def _is_old(self) -> bool:
        return self._fetched_at is None or not self._is_within(OLD_AFTER, self._fetched_at)

    def _is_within(self, time: timedelta, since: datetime) -> bool:
        """False if the clock was set back: then the elapsed time is unknown."""
        return timedelta(0) <= self._now() - since < time

    async def _ask(self) -> None:
        """Fetch the set once for all who wait for it, unless that was just tried."""
        async with self._asking:
            if self._asked_at is not None and self._is_within(BETWEEN_FETCHES, self._asked_at):
                return
            self._asked_at = self._now()
            try:
                key_set = await self._fetch()
                keys = signing_keys(key_set)
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as fault:
                ISSUER_FAILURES.inc()
                LOG.warning("issuer's keys not fetched", extra={"fault": type(fault).__name__})
                return
            self._fetched_at = self._asked_at
            if key_set != self._key_set:
                self._keys, self._key_set = keys, key_set
                self.generation += 1

    async def _fetch(self) -> Any:
        response = await self._client.get(
            self._url, timeout=PATIENCE_S, headers={"accept": "application/json"}
        )
        response.raise_for_status()
        if len(response.content) > MAX_SET:
            raise ValueError("too large for a key set")
        return response.json()


def signing_keys(key_set: Any) -> dict[str, tuple[str, PublicKey]]:
    """The keys of a set that may sign tokens, by kid, each with its algorithm.

    Keys of other kinds are left out. Raises: ValueError, if none is left or a kid occurs twice.
    """
    entries = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(entries, list) or len(entries) > MAX_KEYS:
        raise ValueError("no key set")
    keys: dict[str, tuple[str, PublicKey]] = {}
    for entry in entries:
        read = _signing_key(entry) if isinstance(entry, dict) else None
        if read is None:
            continue
        kid = entry["kid"]
        if kid in keys:
            raise ValueError("a kid comes twice")
        keys[kid] = read
    if not keys:
        raise ValueError("no key to check signatures with")
    return keys


def _signing_key(entry: Mapping[str, Any]) -> tuple[str, PublicKey] | None:
    kid = entry.get("kid")
    if not isinstance(kid, str) or not kid or entry.get("use", "sig") != "sig":
        return None
    public = {name: entry[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in entry}
    try:
        read = _imported(public)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if read is None or entry.get("alg", read[0]) not in {read[0], _ALSO_CALLED.get(read[0])}:
        return None
    return read


_ALSO_CALLED = {"EdDSA": "Ed25519"}


def _imported(public: dict[str, Any]) -> tuple[str, PublicKey] | None:
    match public:
        case {"kty": "EC", "crv": "P-256"}:
            return "ES256", ECKey.import_key(public)
        case {"kty": "OKP", "crv": "Ed25519"}:
            return "EdDSA", OKPKey.import_key(public)
        case {"kty": "RSA", "n": str(modulus)} if _bits(modulus) >= MIN_RSA_BITS:
            return "RS256", RSAKey.import_key(public)
        case _:
            return None


def _bits(number: str) -> int:
    return int.from_bytes(of_base64url(number), "big").bit_length()
