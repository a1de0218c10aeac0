"""The share of envelopes in the cost of a letter, measured alone in this process."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.topics import SUBMITTED
from shared.contracts.words import LetterText
from shared.platform.crypto.key_sets import opener_in
from shared.platform.runtime.clock import utc_now
from shared.sealing.envelopes import Address, open_event, seal_event
from tests.bench import posts
from tests.bench.measures import Measure
from tests.support.sealers import sealer_in

LETTERS, ROUNDS = 100, 5
NUMBER = "GD-0000-0000-0000-0000-0"


def measure(keys: Path) -> list[Measure]:
    """Microseconds a letter at intake and at the router, once for each round."""
    sealer = sealer_in(keys / "public.jwks.json")
    opener = opener_in(keys / "router.private.jwks.json")
    letter = posts.submitted(1, at=utc_now())
    address = Address("bureau:guangzhou", NUMBER, "gd.mailbox.letter.assigned.v1", 1)
    words = LetterText(subject=posts.SUBJECT, body=posts.body(1))

    def sealed() -> LetterSubmitted:
        return seal_event(letter, sealer, topic=SUBMITTED.name, letter=NUMBER)

    submitted = sealed()

    def passed_on() -> None:
        open_event(submitted, opener, reader="router", topic=SUBMITTED.name, letter=NUMBER)
        sealer.seal(words, address)

    return [
        Measure("intake.jwe", "us/letter", [_timed(sealed) for _ in range(ROUNDS)]),
        Measure("router.jwe", "us/letter", [_timed(passed_on) for _ in range(ROUNDS)]),
    ]


def _timed(work: Callable[[], object]) -> float:
    took = []
    for _ in range(LETTERS):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return median(took) * 1_000_000
