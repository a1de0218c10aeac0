"""Faults in the daily counts that the publisher has signed."""

from datetime import date

from shared.kernel.daily_counts import counted_day
from tests.shared.audit.planting import finds
from tests.shared.audit.town import ANSWERED, Town


@finds("leaf_differs")
def _another_leaf_than_intakes(town: Town) -> None:
    town.document("publisher", ANSWERED)["state"]["leaf"]["leaf"] = "0" * 64


@finds("leaf_differs")
def _counted_on_another_day(town: Town) -> None:
    town.document("publisher", ANSWERED)["state"]["leaf"]["received_on"] = "2026-01-01"


@finds("day_miscounted")
def _a_letter_left_out(town: Town) -> None:
    town.count_days()
    last = town.counts[-1]
    fewer = counted_day(date.fromisoformat(last["entry"]["day"]), last["leaves"][1:])
    changed = fewer.entry(None, at=town.as_of)
    last["entry"] |= {name: changed[name] for name in ("letters", "leaves_sha256")}
    last["leaves"] = list(fewer.leaves)


@finds("chain_broken")
def _a_day_taken_out(town: Town) -> None:
    town.count_days()
    town.counts.append(town.counts.pop() | {"_id": 99})
    town.counts[-1]["entry"]["number"] = 99


@finds("chain_broken")
def _leaves_that_were_not_signed(town: Town) -> None:
    town.count_days()
    town.counts[-1]["leaves"] = ["0" * 64]


@finds("chain_broken")
def _an_entry_that_is_none(town: Town) -> None:
    town.count_days()
    town.counts[-1]["entry"] = {"number": "x"}
