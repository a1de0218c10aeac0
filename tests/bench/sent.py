"""Intake's event of a letter: one sealed record of its topic."""

from datetime import datetime

from shared.contracts.envelope import envelope
from shared.contracts.topics import SUBMITTED
from shared.platform.kafka.bus import Outbound
from shared.platform.letters.stored_letter import outbound
from shared.sealing.envelopes import Sealer, seal_event
from tests.bench import posts


def record(letter: str, serial: int, *, sealer: Sealer, at: datetime) -> Outbound:
    """Letter number `serial` of the measured letters, received at that instant."""
    submitted = posts.submitted(serial, at=at)
    sealed = seal_event(submitted, sealer, topic=SUBMITTED.name, letter=letter)
    said = envelope(SUBMITTED.name, letter, data=sealed, time=at, sequence=1, cause="bench")
    return outbound(said.traced(None, 1), SUBMITTED.name)
