"""Another version of the policies, which differs in everything that can differ."""

from dataclasses import replace

from shared.kernel.limits import DayLimit, Part, PartOfReply, RestOf
from shared.kernel.policies import ClockRow, Policies
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.signing import Demand, Signing
from shared.platform.runtime import data_files

OURS = data_files.policies().newest


def other(version: str) -> Policies:
    """Our policies with longer limits, shorter extensions, fewer levels and other desks.

    Every reply is signed, and calls repeat every ten minutes.
    """
    return replace(
        OURS,
        version=version,
        clocks={name: _other(clock) for name, clock in OURS.clocks.items()},
        replies={name: limit.longer(3) for name, limit in OURS.replies.items()},
        extensions={name: longer and DayLimit(1, longer.unit) for name, longer in _extensions()},
        signing=Signing((Demand(None, frozenset({"replies"}), frozenset({"chief"})),)),
    )


def both(version: str) -> PolicyVersions:
    """Our policies, and the other ones from that day on."""
    return PolicyVersions.of({"ours": OURS, "other": other(version)})


def _extensions() -> list[tuple[str, DayLimit | None]]:
    return list(OURS.extensions.items())


def _other(clock: ClockRow) -> ClockRow:
    levels = (replace(one, to=("chief",)) for one in clock.levels if one.id != "reminder")
    return replace(
        clock,
        limits=tuple(_longer(part) for part in clock.limits),
        levels=tuple(levels),
        paging=clock.paging and replace(clock.paging, every_min=10, to=("duty_chief",)),
    )


def _longer(part: Part) -> Part:
    match part:
        case DayLimit():
            return part.longer(2)
        case RestOf(limit):
            return RestOf(limit.longer(2))
        case PartOfReply():
            return part
