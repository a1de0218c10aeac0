"""Which letters does the demo send, who writes them, and what do their writers think?

Everything follows from the data and a seed, so that a demo that was stopped goes on as it began.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Any

from deploy.local.stack.paths import CHECKOUT

LETTERS = CHECKOUT / "shared" / "data" / "demo" / "letters_dev.jsonl"
SEED = "1"
WRITERS = ("chen", "huang")
ENGLISH_WRITER = "ho"
UNRATED = 0.08
"""Share of writers who say nothing about the reply."""
UNSOLVED = 0.10
"""Share of writers who say that it solves nothing."""
REOPENED = 0.5
"""Share of those who want it answered once more."""
APPEALED = 0.5
"""Share of writers who appeal against a refusal."""
WITHDRAWN = 0.015
"""Share of writers who need no answer any more."""
ADDED = 0.04
"""Share of writers who send something more, unasked."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """One invented letter of the data."""

    id: str
    writer: str
    """A demo person who can sign in."""
    content: Json = field(repr=False)
    """What is posted."""
    lot: str
    """What its people's luck is drawn by."""
    is_emergency: bool = False
    """Whether somebody is in danger, as the data says."""

    @property
    def language(self) -> str:
        """In which of the two the writer goes on."""
        return "en" if self.content["lang"] == "en" else "zh"

    def key(self, run: str, what: str = "letter") -> str:
        """The Idempotency-Key: the same for the same thing of the same run."""
        return f"demo-{run}-{self.id}-{what}"


def demo_letter(row: Mapping[str, Any], *, seed: str = SEED) -> DemoLetter:
    """The letter that a row of the data stands for; no city stays none, for triage to choose."""
    content = {
        "subject": row["subject"],
        "body": row["body"],
        "category": row["category"],
        "place": {"city": row["city"]},
        "addressed_to": row["city"],
        "lang": row["lang"],
        "channel": "web",
        "consent_to_publish": row["category"] != "report",
    }
    if row["lang"] == "en":
        writer = ENGLISH_WRITER
    else:
        writer = WRITERS[int(drawn(row["id"], "writer") * len(WRITERS))]
    is_emergency = row.get("triage") == "emergency"
    return DemoLetter(row["id"], writer, content, lot_of(row["id"], seed), is_emergency)


def demo_letters(most: int, *, seed: str = SEED) -> list[DemoLetter]:
    """The first so many letters of the data; when all are used they are written once more."""
    with LETTERS.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    every = (row | {"id": _again(row["id"], round_)} for round_ in count() for row in rows)
    return [demo_letter(row, seed=seed) for row in islice(every, most)]


def _again(id_: str, round_: int) -> str:
    return f"{id_}.{round_ + 1}" if round_ else id_


def lot_of(id_: str, seed: str) -> str:
    """Another seed, other luck."""
    return id_ if seed == SEED else f"{id_} {seed}"


def rating(letter: DemoLetter, *, is_last: bool = False) -> Json | None:
    """What the writer says about the reply; none for the few who say nothing.

    `is_last`: a second reply, which solves it.
    """
    luck = drawn(letter.lot, "rating")
    if luck < UNRATED:
        return None
    if luck < UNRATED + UNSOLVED and not is_last:
        return {"solved": False, "score": 1 + int(drawn(letter.lot, "score") * 2)}
    return {"solved": True, "score": 4 + int(drawn(letter.lot, "score") * 2)}


def reopens(letter: DemoLetter) -> bool:
    """Whether the writer wants another answer than the first."""
    said = rating(letter)
    return said is not None and not said["solved"] and drawn(letter.lot, "reopens") < REOPENED


def appeals(letter: DemoLetter) -> bool:
    """Whether the writer would appeal against a refusal."""
    return drawn(letter.lot, "appeals") < APPEALED


def withdraws(letter: DemoLetter) -> bool:
    """Whether the writer takes the letter back before anybody can answer."""
    return drawn(letter.lot, "withdraws") < WITHDRAWN


def adds(letter: DemoLetter) -> bool:
    """Whether the writer sends something more."""
    return drawn(letter.lot, "adds") < ADDED


def drawn(*parts: str) -> float:
    """A number from 0 up to 1 that is always the same for the same parts."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
