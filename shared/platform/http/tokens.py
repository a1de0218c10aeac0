"""JWTs: reading and checking their content."""

import json
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey, RSAKey
from typing_extensions import override

from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import DocumentType
from shared.kernel.documents import FORMS, is_valid, normal_number
from shared.kernel.viewers import OPAQUE
from shared.platform.crypto.key_files import of_base64url
from shared.platform.runtime.issuer_settings import ClaimNames, IssuerSettings

ALGORITHMS = frozenset({"ES256", "EdDSA", "RS256"})
MAX_TOKEN = 8_192
MAX_ROLES = 50
MAX_CLAIM = 300
"""Most characters of a token and of a text claim, and most roles."""
LEEWAY = timedelta(seconds=30)
"""Allowed difference between the issuer's clock and ours."""


BUREAU = "bureau"
"""The prefix of roles within bureaus."""
SYSTEMS: Final[Mapping[str, Bureau]] = MappingProxyType(
    {f"{BUREAU}:{slug}:system": slug for slug in BUREAUS}
)
"""Roles of the bureaus' own systems, which no person has."""
ACCESS_TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
"""Types of tokens that open our API."""
_HEADER = {"alg", "kid", "typ"}
_PART_OF_DATE: Final = re.compile(r"\d{4}|0000-\d{2}-\d{2}")
_FAR = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


class BadToken(Exception):
    """The token is not valid. The reason is for tests and shows nothing of the token."""


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """A signed-in person; its `repr` reveals nothing."""

    sub: str
    """The identity provider's id of the person."""
    name: str | None = None
    id_number: str | None = None
    phone: str | None = None
    roles: frozenset[str] = frozenset()
    auth_time: datetime | None = None
    """Time of the last sign-in (UTC)."""
    document_type: DocumentType = "resident_id"
    """The kind of document that `id_number` is of."""
    birthdate: date | None = None
    """As the identity provider has it, for documents whose number has none."""
    client: str | None = None
    """The client that the token was issued to; None if the token names none."""

    @property
    def is_citizen(self) -> bool:
        """Whether name and ID number are known and there is no staff role."""
        return bool(self.name and self.id_number) and not self.roles

    @property
    def is_system(self) -> bool:
        """Whether a role is that of a bureau's system, so that this is no member of staff."""
        return not self.roles.isdisjoint(SYSTEMS)

    @property
    def system_of(self) -> Bureau | None:
        """The bureau whose system this is: with that role alone, and without a person's sign-in."""
        is_person = self.name or self.id_number or self.auth_time
        if is_person or len(self.roles) != 1:
            return None
        return SYSTEMS.get(*self.roles)

    @property
    def staff_id(self) -> str:
        """An id that doesn't reveal the person: the identity provider's own, if that is opaque."""
        if OPAQUE.fullmatch(self.sub):
            return self.sub
        return sha256(self.sub.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def has_role(self, *roles: str) -> bool:
        """Whether the person has one of `roles` or one below it; only bureaus have roles below.

        Counters are below nothing: they enter letters and read none. A claim of another form,
        such as `supervisor:trainee`, is not a role that we know.
        """
        return any(
            mine == wanted or (wanted.startswith(BUREAU) and _is_below(mine, wanted))
            for mine in self.roles
            for wanted in roles
        )

    @property
    def bureaus(self) -> frozenset[str]:
        """Slugs of the bureaus in which the person has a role."""
        parts = (role.split(":") for role in self.roles)
        return frozenset(part[1] for part in parts if part[0] == "bureau" and len(part) > 2)

    def __repr__(self) -> str:
        return "Person()"


def _is_below(role: str, wanted: str) -> bool:
    return role.startswith(f"{wanted}:") and not role.endswith(":counter")


class _Allowed(jws.JWSRegistry):
    """The three algorithms and no other; `jwks` ensures that EdDSA keys are on Ed25519."""

    @override
    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError("not allowed")
        return self.algorithms[name]


_REGISTRY = _Allowed()


def header_of(token: str, *, types: Collection[str] = ACCESS_TYPES) -> tuple[str, str]:
    """The key id and algorithm in the header, unverified, of a token of one of `types`.

    Raises: BadToken.
    """
    if len(token) > MAX_TOKEN or token.count(".") != 2 or not token.isascii():
        raise BadToken("no token, or too long")
    header = _object(token.partition(".")[0])
    if header.keys() - _HEADER:
        raise BadToken("a header that is not understood")
    kid, alg, kind = header.get("kid"), header.get("alg"), header.get("typ", "JWT")
    if not isinstance(kid, str) or not isinstance(alg, str) or alg not in ALGORITHMS:
        raise BadToken("no key id, or another algorithm")
    if not isinstance(kind, str) or kind.lower() not in types:
        raise BadToken("a token for something else")
    return kid, alg


def claims_of(token: str, key: ECKey | OKPKey | RSAKey) -> dict[str, Any]:
    """The claims that the holder of `key` signed. Raises: BadToken."""
    try:
        signed = jws.deserialize_compact(token, key, registry=_REGISTRY)
        claims = json.loads(signed.payload or b"")
    except (JoseError, ValueError, TypeError, RecursionError):
        raise BadToken("signature or content") from None
    if not isinstance(claims, dict):
        raise BadToken("content is no object")
    return claims


def person_of(
    claims: Mapping[str, Any], *, issuer: IssuerSettings, at: datetime, max_age: timedelta
) -> tuple[Person, float]:
    """The person, and until when (POSIX seconds) the token is valid.

    `max_age`: a token ends that long after its issue, even if its own `exp` is later; a token
    without `iat` must expire within it. Raises: BadToken.
    """
    check_origin(claims, issuer=issuer.issuer, audience=issuer.audience)
    until = _in_time(claims, at.timestamp(), max_age=max_age.total_seconds())
    signed_in, names = _seconds(claims, "auth_time"), issuer.claims
    person = Person(
        sub=_text(claims, names.subject) or _missing("sub"),
        name=_text(claims, names.name),
        id_number=_text(claims, names.id_number),
        phone=_text(claims, names.phone),
        **_document(claims, names),
        roles=_roles(claims, names.roles),
        auth_time=None if signed_in is None else datetime.fromtimestamp(signed_in, UTC),
        client=_text(claims, names.client) or _text(claims, "azp"),
    )
    return person, until


def check_origin(claims: Mapping[str, Any], *, issuer: str, audience: str) -> None:
    """Check who issued the token and for which audience. Raises: BadToken."""
    if claims.get("iss") != issuer:
        raise BadToken("another issuer")
    meant_for = claims.get("aud")
    if audience not in (meant_for if isinstance(meant_for, list) else [meant_for]):
        raise BadToken("for another audience")


def _in_time(claims: Mapping[str, Any], now: float, *, max_age: float) -> float:
    """The end (POSIX seconds) of a token valid at `now`: its `exp` or its maximum age."""
    leeway = LEEWAY.total_seconds()
    until, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
    if until is None or (issued is None and until > now + max_age + leeway):
        raise BadToken("no expiry, or one too far ahead")
    if issued is not None:
        until = min(until, issued + max_age)
    if now >= until + leeway:
        raise BadToken("expired, or too old")
    for name in ("nbf", "iat"):
        begins = _seconds(claims, name)
        if begins is not None and begins > now + leeway:
            raise BadToken("not yet")
    return until


def _object(encoded: str) -> dict[str, Any]:
    try:
        content = json.loads(of_base64url(encoded))
    except (ValueError, RecursionError):
        raise BadToken("no readable header") from None
    if not isinstance(content, dict):
        raise BadToken("the header is no object")
    return content


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadToken("a time that is no number")
    if not (isinstance(value, int) or math.isfinite(value)) or not 0 <= value < _FAR:
        raise BadToken("a time beyond all times")
    return float(value)


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = _claim(claims, name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MAX_CLAIM:
        raise BadToken("a claim that is no text, or too long")
    return value


def _document(claims: Mapping[str, Any], names: ClaimNames) -> dict[str, Any]:
    """Document type and date of birth; a named type must fit the number. Raises: BadToken."""
    named, number = _text(claims, names.document_type), _text(claims, names.id_number)
    born = {"birthdate": _birthdate(_text(claims, names.birthdate))}
    if named is None:
        return born
    kind = next((each for each in FORMS if each == named), None)
    if kind is None or not is_valid(kind, normal_number(number or "")):
        raise BadToken("an unknown document, or a number that it can't have")
    return {**born, "document_type": kind}


def _birthdate(text: str | None) -> date | None:
    """The date; None where only the year is said. Raises: BadToken.

    Source: OpenID Connect Core 1.0, section 5.1, which also allows a year, or the year 0000.
    """
    if text is None or _PART_OF_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadToken("a date of birth that is no date") from None


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of that very name, or the one to which its dots lead."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _missing(name: str) -> str:
    raise BadToken(f"no {name}")


def _roles(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    roles = _claim(claims, name)
    roles = [] if roles is None else roles
    if not isinstance(roles, list) or len(roles) > MAX_ROLES:
        raise BadToken("roles are no list, or too many")
    if not all(isinstance(role, str) and 0 < len(role) <= MAX_CLAIM for role in roles):
        raise BadToken("a role that is no text, or too long")
    return frozenset(roles)
