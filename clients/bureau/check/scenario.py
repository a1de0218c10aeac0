"""A scenario of the check: its name, expectation, script and judge."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from clients.bureau.check.cast import Cast
from clients.bureau.check.steps import Script
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import ScenarioVerdict
from shared.contracts.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Scenario:
    """One thing that a bureau's system must cope with."""

    name: str
    title: Bilingual
    expected: Bilingual
    contract: Bilingual
    """The sentence of the contract that says so."""
    script: Callable[[Cast, datetime], Script]
    """What the mailbox does; the time is that of the scenario's beginning, in UTC."""
    judge: Callable[[Cast, Transcript], ScenarioVerdict]
    """What to make of what was heard."""
    applies: Callable[[Cast], bool] = lambda _: True
    """Whether it can be played with what the bureau has given."""
    needs: Bilingual | None = None
    """What the bureau must give so that it can be played, if anything."""
