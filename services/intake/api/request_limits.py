"""Limits on how often one person, address and network may send something.

Counted before anything is stored, never for emergencies. Successful answers and refusals have the
headers of draft-ietf-httpapi-ratelimit-headers-11. An answer shows only what is left to its person:
what is left to an address or network would show what its neighbours do.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from services.intake import metrics
from services.intake.api.client_network import client_address, prefix
from services.intake.store import LimitCounts
from shared.kernel.errors import TooOften
from shared.kernel.request_limits import LimitKind, LimitPolicy, RequestLimits
from shared.kernel.working_days import civil_date
from shared.platform.crypto.key_ring import BlindIndex
from shared.platform.runtime.clock import Now

NETWORK_PREFIX: Final = {4: 24, 6: 48}
"""Prefix length of a network that is limited, by IP version."""
MOST_SPENT: Final = 20_000
"""Spent limits that a process remembers, so that asking on costs the database nothing."""
DETAIL: Final = (
    "已达到次数上限，请在 Retry-After 所示秒数后再试。如有危险请立即拨打 110；紧急警情不受此限。 · "
    "Too often: try again after the seconds in Retry-After. In danger call 110 now; emergencies "
    "are never limited."
)


@dataclass(frozen=True, slots=True)
class LimitStanding:
    """What is left of one limit."""

    policy: LimitPolicy
    left: int
    """Negative: it is exceeded."""
    ends_in_s: int
    """When the window ends."""


class RateLimited(TooOften):
    """A limit is exceeded; the headers say which and until when."""

    def __init__(self, exceeded: Sequence[LimitStanding]) -> None:
        super().__init__()
        wait = max(each.ends_in_s for each in exceeded)
        self.headers = {"retry-after": str(wait), **rate_headers(exceeded)}
        self.members = {
            "limit": [each.policy.name for each in exceeded],
            "retry_after": wait,
            "detail": DETAIL,
        }


@dataclass(frozen=True, slots=True)
class CountedRequest:
    """A request that is being counted."""

    kind: LimitKind
    keyed: Sequence[tuple[str, LimitPolicy]]
    """Its limits with their keys."""
    counts: asyncio.Future[tuple[int, ...]]


class RequestLimiter:
    """Counts requests of persons, addresses and networks. Each replica counts in the same store."""

    def __init__(
        self, limits: RequestLimits, counts: LimitCounts, *, blind: BlindIndex, now: Now
    ) -> None:
        """`now`: the machine's clock."""
        self._limits = limits
        self._counts = counts
        self._blind = blind
        self._now = now
        self._spent: OrderedDict[str, float] = OrderedDict()
        """When the window of a limit that is reached ends, by key; seconds since 1970."""

    async def run(self) -> None:
        """Count until cancelled."""
        await self._counts.run()

    async def take(self, kind: LimitKind, owner: str) -> Sequence[LimitStanding]:
        """Count one request of the person whose keyed hash is `owner`, and return what is left.

        Raises: RateLimited, if that is too often; DatabaseFault; Busy.
        """
        return await self.left(self.begin(kind, owner))

    def begin(self, kind: LimitKind, owner: str) -> CountedRequest:
        """Begin to count a request, for a caller that does something else meanwhile.

        Raises: RateLimited, before anything is counted, if this process knows that it is too often;
        Busy.
        """
        names = self._names(owner)
        keyed = [
            (policy.item.key_for(names[policy.scope]), policy)
            for policy in self._limits.policies[kind]
            if policy.scope in names
        ]
        self._refuse(kind, [policy for key, policy in keyed if self._is_spent(key)])
        counts = self._counts.begin([(key, policy.window_s, 1) for key, policy in keyed])
        return CountedRequest(kind, keyed, counts)

    async def left(self, request: CountedRequest) -> Sequence[LimitStanding]:
        """What is left once it is counted. Raises: RateLimited; DatabaseFault; Busy."""
        found = [
            (key, self._standing(policy, policy.item.amount - count))
            for (key, policy), count in zip(request.keyed, await request.counts, strict=True)
        ]
        for key, each in found:
            if each.left <= 0:
                self._note_spent(key, each.ends_in_s)
        self._refuse(request.kind, [each.policy for _, each in found if each.left < 0])
        return [each for _, each in found if each.policy.scope == "person"]

    def _names(self, owner: str) -> dict[str, str]:
        """Keyed hashes of person, address and network with the day: days can't be connected."""
        day = civil_date(self._now()).isoformat()
        names = {"person": self._blind.of("limit", "person", owner, day)}
        if (address := client_address()) is not None:
            names["address"] = self._blind.of("limit", "address", str(address), day)
            network = prefix(address, NETWORK_PREFIX)
            names["network"] = self._blind.of("limit", "network", network, day)
        return names

    def _standing(self, policy: LimitPolicy, left: int) -> LimitStanding:
        return LimitStanding(policy, left, ceil(self._counts.seconds_left(policy.window_s)))

    def _refuse(self, kind: LimitKind, policies: Sequence[LimitPolicy]) -> None:
        """Raises: RateLimited, if any of these is exceeded."""
        if policies:
            for scope in {policy.scope for policy in policies}:
                metrics.LIMITED.labels(kind, scope).inc()
            raise RateLimited([self._standing(policy, -1) for policy in policies])

    def _is_spent(self, key: str) -> bool:
        return self._now().timestamp() < self._spent.get(key, 0)

    def _note_spent(self, key: str, ends_in_s: int) -> None:
        self._spent[key] = self._now().timestamp() + ends_in_s
        self._spent.move_to_end(key)
        if len(self._spent) > MOST_SPENT:
            self._spent.popitem(last=False)


def rate_headers(standings: Iterable[LimitStanding]) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit`: lists of structured fields (RFC 9651)."""
    listed = [(each, f'"{each.policy.name}"') for each in standings]
    return {
        "ratelimit-policy": ", ".join(
            f"{name};q={each.policy.item.amount};w={each.policy.window_s}" for each, name in listed
        ),
        "ratelimit": ", ".join(
            f"{name};r={max(each.left, 0)};t={each.ends_in_s}" for each, name in listed
        ),
    }
