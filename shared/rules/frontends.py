"""Frontends that may send letters for citizens: clients of the citizens' identity provider.

The data is a parsed `frontends.yaml`, an operator's own.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, get_args

from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Channel, Entry
from shared.kernel import plain
from shared.kernel.errors import BadData

ENTERED_BY_STAFF: Final[frozenset[Entry]] = frozenset({"counter", "hotline"})
"""Entries at which staff enter what somebody says: no frontend of citizens may claim them."""
OF_A_CITY: Final = "city-website"
_CHANNELS: Final[Mapping[Entry, Channel]] = MappingProxyType({"wechat": "wechat", "weibo": "weibo"})
_CLIENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")
_ORIGIN: Final = re.compile(
    r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?"
)
"""As browsers send it (RFC 6454): lower case, no path, no default port. Plain HTTP only on the
machine itself."""


@dataclass(frozen=True, slots=True)
class Frontend:
    """One registered client."""

    client: str
    """Its id at the citizens' identity provider."""
    entries: tuple[Entry, ...]
    """What its letters may say they came in by; the first is used if a letter names none."""
    city: Bureau | None = None
    """The bureau on whose site it is: its letters are addressed there unless they say otherwise."""
    origins: tuple[str, ...] = ()
    """From where browsers may call the API."""
    is_ours: bool = False
    """Whether it belongs to this mailbox, and not to another office or company."""


@dataclass(frozen=True, slots=True)
class Frontends:
    """The whole registry."""

    by_client: Mapping[str, Frontend] = field(default_factory=dict)
    is_example: bool = False

    @classmethod
    def of(cls, data: Mapping[str, object], *, bureaus: Collection[str]) -> "Frontends":
        """Read a parsed `frontends.yaml`; `bureaus`: all known slugs. Raises: BadData."""
        plain.only(data, "version", "example", "frontends", where="the file")
        plain.a_text(str(data.get("version") or ""), "version")
        rows = plain.rows(data.get("frontends"), "frontends")
        found = [_frontend(row, where, bureaus) for where, row in rows]
        return cls(
            plain.by_key([(each.client, each) for each in found], "frontends"),
            is_example=data.get("example") is True,
        )

    @property
    def origins(self) -> frozenset[str]:
        """Every origin from which browsers may call the API."""
        return frozenset(origin for each in self.by_client.values() for origin in each.origins)


def channel_of(entry: Entry | None) -> Channel:
    """The older, coarser word for how a letter came in."""
    return _CHANNELS.get(entry, "web") if entry else "web"


def _frontend(row: Mapping[str, object], where: str, bureaus: Collection[str]) -> Frontend:
    plain.only(row, "client", "entries", "city", "origins", "ours", where=where)
    client = plain.a_text(row.get("client"), f"{where}.client")
    if not _CLIENT.fullmatch(client):
        raise BadData(f"{where}.client: letters, digits and . _ : / - are allowed")
    entries = _entries(row.get("entries"), f"{where}.entries")
    city = plain.maybe(row, "city", where=where, read=plain.a_text)
    if city is not None and city not in bureaus:
        raise BadData(f"{where}.city: there is no such bureau")
    if (OF_A_CITY in entries) != (city is not None):
        raise BadData(f"{where}.city: it goes with the entry {OF_A_CITY}, and only with that")
    origins = plain.texts(row.get("origins", []), f"{where}.origins")
    if wrong := [origin for origin in origins if not _ORIGIN.fullmatch(origin)]:
        raise BadData(f"{where}.origins: {wrong[0]} is no exact origin such as https://a.gov.cn")
    is_ours = plain.a_flag(row.get("ours", False), f"{where}.ours")
    return Frontend(client, entries, _slug(city), origins, is_ours)


def _entries(value: object, where: str) -> tuple[Entry, ...]:
    known: Mapping[str, Entry] = {entry: entry for entry in get_args(Entry)}
    names = plain.texts(value, where)
    if not names or len(set(names)) < len(names):
        raise BadData(f"{where}: at least one, and each once")
    for name in names:
        if name not in known:
            raise BadData(f"{where}: {name} is no entry")
        if known[name] in ENTERED_BY_STAFF:
            raise BadData(f"{where}: {name} is for letters that staff enter")
    return tuple(known[name] for name in names)


def _slug(city: str | None) -> Bureau | None:
    return next((slug for slug in get_args(Bureau) if slug == city), None)
