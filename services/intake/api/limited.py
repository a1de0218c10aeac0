"""Dependencies by which a route counts its requests against the limits of their senders."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Response

from services.intake.api.dependencies import Desk, FrontDesk
from services.intake.api.request_limits import (
    CountedRequest,
    LimitStanding,
    RateLimited,
    rate_headers,
)
from shared.kernel.request_limits import LimitKind, RequestLimits
from shared.platform.http.identity import Citizen
from shared.platform.http.openapi import refuses
from shared.platform.runtime import data_files

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SenderLimit:
    """The limit on one kind of requests of the sender of the present request."""

    desk: FrontDesk
    kind: LimitKind
    owner: str
    response: Response

    async def take(self) -> None:
        """Count the request, and say in its answer what is left.

        Raises: RateLimited; DatabaseFault; Busy.
        """
        await self.show(self.begin())

    def begin(self) -> CountedRequest:
        """Begin to count the request. Raises: RateLimited; Busy."""
        return self.desk.limiter.begin(self.kind, self.owner)

    async def show(self, request: CountedRequest) -> None:
        """Say in the answer what is left once the request is counted.

        Raises: RateLimited; DatabaseFault; Busy.
        """
        left = await self.desk.limiter.left(request)
        self.response.headers.update(rate_headers(left))


def limit_of(kind: LimitKind) -> Callable[..., Awaitable[SenderLimit]]:
    """For `Depends`: the limit, for a route that finds out first whether it is an emergency."""

    async def limit(person: Citizen, desk: Desk, response: Response) -> SenderLimit:
        return SenderLimit(desk, kind, desk.owner(person), response)

    return limit


def limited(kind: LimitKind) -> Callable[..., Awaitable[None]]:
    """For `Depends`: count every request of the route, before anything else is done."""

    async def take(person: Citizen, desk: Desk, response: Response) -> None:
        await SenderLimit(desk, kind, desk.owner(person), response).take()

    return take


def shows_limits(kind: LimitKind, *, on: int) -> dict[int | str, Json]:
    """For a route's `responses`: the headers of its answer `on` success, and of its refusal."""
    limits: RequestLimits = data_files.request_limits()
    policies = limits.policies[kind]
    left = [LimitStanding(each, each.item.amount - 2, each.window_s // 2) for each in policies[:2]]
    refused = RateLimited([LimitStanding(policies[1], -1, 3_600)])
    headers = {
        name: {"description": SHOWN[name], "schema": {"type": "string"}, "example": value}
        for name, value in rate_headers(left).items()
    }
    return {on: {"headers": headers}, **refuses(refused)}


SHOWN: Final[Mapping[str, str]] = {
    "ratelimit-policy": "The sender's limits: amount `q` in a window of `w` seconds "
    "(draft-ietf-httpapi-ratelimit-headers-11).",
    "ratelimit": "What is left: `r` until the window ends in `t` seconds.",
}
