"""Everybody who may ask the router, and what they may see of each letter: a table by hand.

It is written from `docs/who-sees-what.md` and not from the access policy, so that it can judge it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.support.letter_world import CASES

PEOPLE: Final[Mapping[str, tuple[str, ...]]] = {
    "lin": ("triage",),
    "wu": ("supervisor",),
    "di": ("director",),
    "he": ("auditor",),
    "bao": ("custodian",),
    "mei": ("editor",),
    "du": ("duty",),
    "gz": ("bureau:guangzhou:handler",),
    "gz-chief": ("bureau:guangzhou:chief",),
    "gz-traffic": ("bureau:guangzhou:traffic:handler",),
    "gz-legal": ("bureau:guangzhou:legal:handler",),
    "gz-inspection": ("bureau:guangzhou:inspection:handler",),
    "fs": ("bureau:foshan:handler",),
    "fs-chief": ("bureau:foshan:chief",),
    "fs-traffic": ("bureau:foshan:traffic:handler",),
    "fs-inspection": ("bureau:foshan:inspection:handler",),
    "sz": ("bureau:shenzhen:handler",),
    "sz-chief": ("bureau:shenzhen:chief",),
    "pv": ("bureau:province:handler",),
    "pv-chief": ("bureau:province:chief",),
    "pv-traffic": ("bureau:province:traffic:handler",),
    "pv-inspection": ("bureau:province:inspection:handler",),
    "pv-head": ("bureau:province:inspection:chief",),
    "officer-7": ("triage", "bureau:guangzhou:chief"),
    "hats": ("supervisor", "bureau:guangzhou:traffic:handler"),
    "two": ("bureau:guangzhou:handler", "bureau:foshan:handler"),
    "odd": ("bureau:guangzhou", "bureau:guangzhou:chief:x", "supervisor:trainee", "director:x"),
    "nobody": (),
}
"""Roles of each; `officer-7` is complained of in two cases."""
SHUT_OUT: Final = frozenset({"bao", "mei", "du", "nobody"})
"""Whose roles open no route of letters here."""

IN_QUICK_RUN: Final = frozenset(
    [
        "lin",
        "di",
        "he",
        "du",
        "gz",
        "gz-chief",
        "gz-traffic",
        "gz-inspection",
        "fs",
        "sz",
        "pv",
        "pv-inspection",
        "officer-7",
        "two",
    ]
)
"""One of each kind; the others are asked by `make test-all`, too."""


def everybody(*, without: Collection[str] = ()) -> list[Any]:
    """Everybody as a parameter of a test."""
    return [
        pytest.param(who, marks=() if who in IN_QUICK_RUN else pytest.mark.slow)
        for who in PEOPLE
        if who not in without
    ]


DESKS: Final = "lin wu di officer-7 hats"
GZ: Final = "gz gz-chief two"
FS: Final = "fs fs-chief two"


@dataclass(frozen=True)
class Sights:
    """Who sees how much of a letter; everybody else sees nothing."""

    all: str
    past: str = ""
    course: str = "he"

    def of(self, who: str) -> str:
        """What this person sees."""
        levels = {"all": self.all, "past": self.past, "course": self.course}
        return next((sight for sight, seen in levels.items() if who in seen.split()), "nothing")


_DESKS = Sights(DESKS)
_GZ = Sights(f"{DESKS} {GZ}")
_WAS_GZ = Sights(DESKS, past=GZ)
_MOVED = Sights(f"{DESKS} {FS}", past="gz gz-chief")
_OF_UNIT = Sights("lin wu di officer-7")
_OF_UNIT_THERE = Sights("lin wu di officer-7 gz-chief gz-inspection")
_OF_OFFICER = Sights("lin wu di")
_OF_OFFICER_THERE = Sights("lin wu di gz-chief gz-inspection")
_OF_BUREAU = Sights("lin wu di")
_OF_BUREAU_THERE = Sights("lin wu di pv pv-chief")
_OF_DEPARTMENT = Sights("pv-inspection pv-head", course="")

SEEN: Final[Mapping[str, Sights]] = {
    "triage": _DESKS,
    "routed": _GZ,
    "handling": _GZ,
    "supervised": _GZ,
    "passed on": Sights(f"{DESKS} {GZ} gz-traffic"),
    "passed on again": Sights(f"{DESKS} {GZ} gz-legal", past="gz-traffic"),
    "extension": _GZ,
    "supplement": _GZ,
    "signing": _GZ,
    "signing in triage": _DESKS,
    "replied": _GZ,
    "promised": _GZ,
    "reopened": _GZ,
    "closed": _GZ,
    "declined": _GZ,
    "appealed": _WAS_GZ,
    "withdrawn": _GZ,
    "withdrawn in triage": _DESKS,
    "recalled": _WAS_GZ,
    "moved": _MOVED,
    "moved from unit": Sights(f"{DESKS} {FS}", past="gz gz-chief gz-traffic"),
    "moved and replied": _MOVED,
    "moved and excluded": Sights("lin wu di fs fs-chief"),
    "to the province": Sights(f"{DESKS} {FS}", course="he pv pv-chief"),
    "at the province": Sights(f"{DESKS} pv pv-chief"),
    "unit": _OF_UNIT,
    "unit routed": _OF_UNIT_THERE,
    "unit handling": _OF_UNIT_THERE,
    "unit signing": _OF_UNIT_THERE,
    "unit replied": _OF_UNIT_THERE,
    "unit found later": _OF_UNIT_THERE,
    "officer": _OF_OFFICER,
    "officer routed": _OF_OFFICER_THERE,
    "bureau": _OF_BUREAU,
    "bureau routed": _OF_BUREAU_THERE,
    "bureau signing": _OF_BUREAU_THERE,
    "bureau found later": _OF_BUREAU,
    "somebody": Sights("lin wu di"),
    "province's unit": _DESKS,
    "province's unit routed": Sights(f"{DESKS} pv-chief pv-inspection"),
    "desk": Sights("wu di hats"),
    "department": _OF_DEPARTMENT,
    "department handling": _OF_DEPARTMENT,
    "department signing": _OF_DEPARTMENT,
    "department replied": _OF_DEPARTMENT,
    "department or not": Sights("lin wu di officer-7 hats"),
    "inspection": Sights("", course=""),
}
"""By the name of the case."""


def sight_of(who: str, name: str) -> str:
    """What this person sees of that letter through the router."""
    return "nothing" if who in SHUT_OUT or who == "odd" else SEEN[name].of(who)


def visible(who: str) -> frozenset[str]:
    """The cases of which this person sees something."""
    return frozenset(name for name in CASES if sight_of(who, name) != "nothing")
