"""Events of intake, publisher and notifier about a letter, right or wrong."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.router.domain.escalation import ConfirmClock
from services.router.domain.external_events import (
    EraseContent,
    PassIdentity,
    RecordPublication,
    RecordScan,
    WithholdIdentity,
)
from services.router.domain.letter import Letter
from shared.contracts.deadlines_v1 import ClockFired
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld
from tests.router.story import ATTACHMENT


def of_services(letter: Letter, at: datetime) -> st.SearchStrategy[Any]:
    """Intake and the publisher emit an event that concerns the present or a former holder."""
    bureau = letter.bureau or "guangzhou"
    held = st.sampled_from([(bureau, max(letter.assignment, 1)), ("guangzhou", 1)])
    return st.one_of(
        held.map(
            lambda one: PassIdentity(
                IdentitySealed(bureau=one[0], assignment=one[1], kid="k"), at=at
            )
        ),
        held.map(
            lambda one: WithholdIdentity(
                IdentityWithheld(bureau=one[0], assignment=one[1], reason="no_key"), at=at
            )
        ),
        st.just(RecordScan(ATTACHMENT.id, "refused", at=at)),
        st.just(RecordPublication("p-1", "/publications/p-1", at=at)),
        st.just(EraseContent(("words",), at=at)),
    )


def senseless(letter: Letter, at: datetime) -> st.SearchStrategy[Any]:
    """A clock is proposed that doesn't run so, or not yet."""
    clocks = [one.clock for one in letter.clocks] or ["reply"]
    return st.builds(
        lambda clock, level, round_, days: ConfirmClock(
            ClockFired(
                clock=clock,
                round=round_,
                level=level,
                due_on=(at + timedelta(days=days)).date(),
                passed_at=at,
                progress_sequence=1,
            ),
            at=at,
        ),
        st.sampled_from([*clocks, "appeal", "petition"]),
        st.sampled_from(["red", "effect", "reminder", "province"]),
        st.integers(1, 3),
        st.integers(-3, 3),
    )
