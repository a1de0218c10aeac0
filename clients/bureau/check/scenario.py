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
    """One situation that a bureau's system must handle."""

    name: str
    title: Bilingual
    expected: Bilingual
    contract: Bilingual
    """The contract's sentence that requires it."""
    script: Callable[[Cast, datetime], Script]
    """The mailbox's steps; the argument is the scenario's start, in UTC."""
    judge: Callable[[Cast, Transcript], ScenarioVerdict]
    """The verdict on a transcript."""
    applies: Callable[[Cast], bool] = lambda _: True
    """Whether it can run with what the bureau provided."""
    needs: Bilingual | None = None
    """What the bureau must provide to run it, if anything."""
