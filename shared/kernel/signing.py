"""The signatures that a reply or a refusal needs; read from plain data.

The data is the part `signing` of a parsed `deadline_policies.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.kernel import plain
from shared.kernel.errors import BadData
from shared.kernel.offices import Step

STEPS: Final[tuple[Step, ...]] = ("chief", "supervisor")
"""In the order in which they are taken."""
CASES: Final = frozenset({"replies", "refusals", "second_reopening", "malicious"})


@dataclass(frozen=True, slots=True)
class DraftToSign:
    """A draft by a bureau or the triage desk."""

    kind: Literal["reply", "refusal"]
    category: str
    outcome: str | None = None
    reopened: int = 0
    """How often the letter was reopened."""

    @property
    def cases(self) -> frozenset[str]:
        """The policy's cases that apply to the draft."""
        is_so = {
            "replies": self.kind == "reply",
            "refusals": self.kind == "refusal",
            "second_reopening": self.reopened >= 2,
            "malicious": self.outcome == "malicious",
        }
        return frozenset(case for case, holds in is_so.items() if holds)


@dataclass(frozen=True, slots=True)
class Demand:
    """One row of the policy."""

    categories: frozenset[str] | None
    """None: every category."""
    cases: frozenset[str]
    by: frozenset[str]

    def meets(self, draft: DraftToSign) -> bool:
        """Whether the row applies to this draft."""
        fits = self.categories is None or draft.category in self.categories
        return fits and bool(self.cases & draft.cases)


@dataclass(frozen=True, slots=True)
class Signing:
    """The whole policy."""

    demands: tuple[Demand, ...]

    @classmethod
    def of(cls, data: Mapping[str, object]) -> "Signing":
        """Read the policy of a parsed `deadline_policies.yaml`. Raises: BadData."""
        rows = plain.rows(data.get("signing"), "signing")
        return cls(tuple(_demand(row, where) for where, row in rows))

    def signers(self, draft: DraftToSign, *, is_signed: bool = False) -> tuple[Step, ...]:
        """Who must sign, in order; `is_signed`: the chief has signed in the bureau's own system."""
        steps = {step for demand in self.demands if demand.meets(draft) for step in demand.by}
        if is_signed:
            steps.discard("chief")
        return tuple(step for step in STEPS if step in steps)


def _demand(row: Mapping[str, object], where: str) -> Demand:
    applies = row.get("applies")
    named = None if applies == "all" else plain.texts(applies, f"{where}.applies")
    categories = None if named is None else frozenset(named)
    to, by = _codes(row, where, "to", CASES), _codes(row, where, "by", frozenset(STEPS))
    return Demand(categories, to, by)


def _codes(
    row: Mapping[str, object], where: str, key: str, known: frozenset[str]
) -> frozenset[str]:
    codes = frozenset(plain.texts(row.get(key), f"{where}.{key}"))
    if not codes or codes - known:
        raise BadData(f"{where}.{key}: at least one of {', '.join(sorted(known))}, and no other")
    return codes
