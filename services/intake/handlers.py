"""What each record asks of intake: to note what the router said. Pure, given who has a key."""

from collections.abc import Callable
from functools import partial

from services.intake.domain import NoteProgress
from shared.contracts.catalogue import ON_TOPIC
from shared.contracts.envelope import Envelope
from shared.contracts.event import Fact
from shared.contracts.slugs import Bureau
from shared.contracts.topics import PROGRESS
from shared.platform.rules import Arrival, Handlers

KidOf = Callable[[Bureau], str | None]
"""The id of a bureau's valid key, or none when it has none."""


def on_progress(event: Envelope[Fact], _: Arrival, *, kid_of: KidOf) -> NoteProgress:
    """Note a fact, and seal the identity for a new holder if it has a key."""
    fact = event.data
    kid = None if fact.holder == "triage" else kid_of(fact.holder)
    return NoteProgress(fact, event.time, kid)


def handlers(kid_of: KidOf) -> Handlers:
    """Every fact of `letters.progress`."""
    return {kind: partial(on_progress, kid_of=kid_of) for kind in ON_TOPIC[PROGRESS.name]}
