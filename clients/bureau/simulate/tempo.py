"""Office hours that a simulated bureau takes for each step.

Most are diligent. Some are slow and late; some forget a letter until they are chased: when its
clock turns red, when the chief is notified, or when the province supervises it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from clients.bureau.simulate.answers import USUAL_DAYS, days_promised
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.marks import Mark
from clients.bureau.simulate.mix import drawn
from clients.bureau.simulate.pace import TAKING_UP
from clients.bureau.simulate.steps import Step

HOUR_S = 3_600.0
DAY_H = 6.0
"""Office hours of a day."""

THE_REST = 0.8
"""Days left for everything but the reply itself: accepting, units, signatures."""
IN_TIME, LATE = (0.1, 0.7), (1.05, 1.5)
"""Shares of that time that the diligent and the slow take."""
KEPT, BROKEN = (0.4, 0.9), (1.15, 1.6)
"""Share of the days until the promised day."""
BROKEN_SHARE = 0.2
REPLYING: frozenset[Step] = frozenset(("reply", "reply_plainly"))
CHASED: tuple[tuple[float, Mark], ...] = ((0.4, "red"), (0.7, "chief"), (1.0, "province"))
"""What wakes the forgetful, by upper bound of the draw."""
AT_LAST_DAYS = 30.0
"""Days after which they find it by themselves."""
HOURS: Mapping[Step, tuple[float, float]] = {
    "accept": (0.3, 4.0), "return": (1.0, 9.0), "decline": (1.0, 5.0), "pass_on": (0.3, 2.0),
    "unit_accept": (1.0, 6.0), "note": (1.0, 6.0), "ask": (1.0, 6.0),
    "request_extension": (2.0, 8.0), "answer_instruction": (2.0, 15.0),
}  # fmt: skip
CHASED_H = (0.5, 4.0)


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast the bureaus are, in office hours."""

    seed: str = "1"
    slow: float = 0.06
    """Share of the letters that are answered late."""
    forgotten: float = 0.03
    """Share of the letters that are overlooked at first; as many again are forgotten later."""

    def seconds(self, held: BureauLetter, step: Step) -> float:
        """Duration of the step, in seconds of office hours."""
        return self._hours(held, step) * HOUR_S

    def chased(self, held: BureauLetter, step: Step, *, now: float) -> float:
        """The delay after the bureau was chased."""
        return now + _between(CHASED_H, self._luck(held, f"chased {step}")) * HOUR_S

    def was_chased(self, held: BureauLetter, step: Step) -> bool:
        """Whether the letter was forgotten until the bureau was chased, as has happened by now."""
        return self._lies(held, step) and self._is_awake(held)

    def _lies(self, held: BureauLetter, step: Step) -> bool:
        """Whether the letter waits until the bureau is chased."""
        if held.replies or step not in TAKING_UP | REPLYING:
            return False
        what = "overlooked" if step in TAKING_UP else "forgotten"
        return self._luck(held, what) < self.forgotten

    def _is_awake(self, held: BureauLetter) -> bool:
        luck = self._luck(held, "wakes")
        first = next(number for number, (most, _) in enumerate(CHASED) if luck <= most)
        return any(mark in held.marks for _, mark in CHASED[first:])

    def _hours(self, held: BureauLetter, step: Step) -> float:
        if self._lies(held, step):
            return AT_LAST_DAYS * DAY_H
        luck = self._luck(held, f"{held.turn}:{step}")
        if step == "fulfil":
            is_broken = self._luck(held, "broken") < BROKEN_SHARE
            days = days_promised(held, self.seed)
            late = (USUAL_DAYS[held.category] + days) * _between(BROKEN, luck)
            return DAY_H * (late if is_broken else days * _between(KEPT, luck))
        if step in REPLYING and held.state == "handling":
            is_slow = held.replies == 0 and self._luck(held, "slow") < self.slow
            usual = USUAL_DAYS[held.category]
            late, soon = usual * _between(LATE, luck), (usual - THE_REST) * _between(IN_TIME, luck)
            return DAY_H * (late if is_slow else soon)
        return _between(HOURS.get(step, HOURS["accept"]), luck)

    def _luck(self, held: BureauLetter, what: str) -> float:
        return drawn(self.seed, held.lot, what=what)


USUAL = Tempo()


def _between(ends: tuple[float, float], share: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * share
