"""Limits of what one person, address and network may do: a burst and a day for each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from limits import RateLimitItem, parse_many

from shared.kernel import plain
from shared.kernel.errors import BadData

LimitKind: TypeAlias = Literal["letters", "requests", "uploads", "drafts", "downloads", "codes"]
LimitScope: TypeAlias = Literal["person", "address", "network"]
KINDS: Final[tuple[LimitKind, ...]] = get_args(LimitKind)
SCOPES: Final[tuple[LimitScope, ...]] = get_args(LimitScope)
DAY_S: Final = 86_400
MOST_AMOUNT: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """One limit: so many in a window."""

    name: str
    """As in the headers, such as `letters-day` or `letters-network-burst`."""
    scope: LimitScope
    item: RateLimitItem
    """Amount and window; its key names the kind."""

    @property
    def window_s(self) -> int:
        """Length of the window in seconds."""
        return self.item.get_expiry()


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """The policies of each kind: person, address, network, with the burst first."""

    policies: Mapping[str, tuple[LimitPolicy, ...]]

    @classmethod
    def of(cls, data: Mapping[str, object], *, factor: int = 1) -> RequestLimits:
        """Read the data file; amounts are multiplied by `factor`. Raises: BadData."""
        plain.only(data, "limits", where="the file")
        rows = plain.rows(data.get("limits"), "limits")
        read = [_row(row, where, factor=factor) for where, row in rows]
        found = plain.by_key(read, "limits")
        if missing := [kind for kind in KINDS if kind not in found]:
            raise BadData(f"limits: {missing[0]} is missing")
        return cls(found)


def _row(
    row: Mapping[str, object], where: str, *, factor: int
) -> tuple[str, tuple[LimitPolicy, ...]]:
    plain.only(row, "kind", *SCOPES, "why", where=where)
    plain.a_text(row.get("why"), f"{where}.why")
    kind = next((known for known in KINDS if known == row.get("kind")), None)
    if kind is None:
        raise BadData(f"{where}.kind: one of {', '.join(KINDS)} is needed")
    policies = (
        policy
        for scope in SCOPES
        for policy in _policies(kind, scope, row.get(scope), where=where, factor=factor)
    )
    return kind, tuple(policies)


def _policies(
    kind: LimitKind, scope: LimitScope, value: object, *, where: str, factor: int
) -> tuple[LimitPolicy, ...]:
    place = f"{where}.{scope}"
    try:
        burst, day = parse_many(plain.a_text(value, place))
    except ValueError:
        raise BadData(f"{place}: such as '5 per 10 minutes; 10 per day' is needed") from None
    if day.get_expiry() != DAY_S or DAY_S % burst.get_expiry() or burst.get_expiry() == DAY_S:
        raise BadData(f"{place}: a window that divides a day, and then a day, are needed")
    if not 1 <= burst.amount <= day.amount <= MOST_AMOUNT:
        raise BadData(f"{place}: amounts from 1, and no more in the burst than in the day")
    prefix = kind if scope == "person" else f"{kind}-{scope}"
    return tuple(
        LimitPolicy(
            f"{prefix}-{name}", scope, type(item)(item.amount * factor, item.multiples, kind)
        )
        for name, item in (("burst", burst), ("day", day))
    )
