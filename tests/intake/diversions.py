"""Diversions as intake's rules see them. Everything in them is invented."""

from datetime import datetime, timedelta
from typing import Any

from services.intake.domain.diversion import Divert, DivertedContent
from shared.contracts.diverted_v1 import LetterDiverted
from shared.contracts.values import ClockChange, Level, Place
from shared.contracts.vocabulary import Threshold
from shared.kernel.letter_number import new_diversion_number
from shared.kernel.working_days import civil_date
from tests.intake.story import CONTACT, IDENTITY, OTHER, OWNER, WORDS, submitted

DIVERSION = new_diversion_number(bytes(range(20, 30)))
SEEN_WITHIN = timedelta(minutes=5)


def divert(
    at: datetime,
    *,
    number: str = DIVERSION,
    becomes: str = OTHER,
    threshold: Threshold = "stop",
    **over: Any,
) -> Divert:
    """An emergency written at `at`; `becomes`: the letter that it may become."""
    see_by = at + SEEN_WITHIN
    clock = ClockChange(
        clock="diversion",
        change="started",
        due_on=civil_date(see_by),
        passes_at=see_by,
        levels=(Level(level="page", at=see_by),),
    )
    said = LetterDiverted(
        diverted_at=at,
        threshold=threshold,
        reasons=("words.threat",),
        city="guangzhou",
        see_by=see_by,
        clocks=(clock,),
    )
    form = submitted(received_at=at, from_diversion=number, words=None, contact=None, identity=None)
    caught = DivertedContent(
        "zh",
        Place(city="guangzhou"),
        words=WORDS,
        contact=CONTACT,
        identity=IDENTITY,
        form=form,
        becomes=becomes,
    )
    return Divert(OWNER, said.model_copy(update=over), caught)
