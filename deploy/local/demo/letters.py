"""The letters that the demo sends, their writers, and what the writers do later.

Everything follows from the data and a seed, so that a demo that was stopped continues as it began.
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
"""Share of writers who don't rate the reply."""
UNSOLVED = 0.10
"""Share of writers who say that the reply solves nothing."""
REOPENED = 0.5
"""Share of those writers who ask for another answer."""
APPEALED = 0.5
"""Share of writers who appeal against a refusal."""
WITHDRAWN = 0.015
"""Share of writers who withdraw their letter."""
ADDED = 0.04
"""Share of writers who add something unasked."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """One invented letter of the data."""

    id: str
    writer: str
    """The demo person who signs in to send it."""
    content: Json = field(repr=False)
    """The request body."""
    lot: str
    """The name under which random choices about this letter are drawn."""
    is_emergency: bool = False
    """Whether somebody is in danger, according to the data."""

    @property
    def language(self) -> str:
        """The language of everything else the writer sends: "en" or "zh"."""
        return "en" if self.content["lang"] == "en" else "zh"

    def key(self, run: str, what: str = "letter") -> str:
        """Return the Idempotency-Key, the same for the same action of the same run."""
        return f"demo-{run}-{self.id}-{what}"


def demo_letter(row: Mapping[str, Any], *, seed: str = SEED) -> DemoLetter:
    """Return the letter of one row of the data; a missing city is left for triage to choose."""
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
    """Return the first `most` letters of the data, repeating it with new ids if necessary."""
    with LETTERS.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    every = (row | {"id": _again(row["id"], round_)} for round_ in count() for row in rows)
    return [demo_letter(row, seed=seed) for row in islice(every, most)]


def _again(id_: str, round_: int) -> str:
    return f"{id_}.{round_ + 1}" if round_ else id_


def lot_of(id_: str, seed: str) -> str:
    """Return the name for random choices about a letter, which depends on the seed."""
    return id_ if seed == SEED else f"{id_} {seed}"


def rating(letter: DemoLetter, *, is_last: bool = False) -> Json | None:
    """Return the writer's rating of the reply, None for the few who don't rate.

    `is_last`: it is the second reply, which always solves the matter.
    """
    luck = drawn(letter.lot, "rating")
    if luck < UNRATED:
        return None
    if luck < UNRATED + UNSOLVED and not is_last:
        return {"solved": False, "score": 1 + int(drawn(letter.lot, "score") * 2)}
    return {"solved": True, "score": 4 + int(drawn(letter.lot, "score") * 2)}


def reopens(letter: DemoLetter) -> bool:
    """Return whether the writer asks for another answer after the first."""
    first_rating = rating(letter)
    return (
        first_rating is not None
        and not first_rating["solved"]
        and drawn(letter.lot, "reopens") < REOPENED
    )


def appeals(letter: DemoLetter) -> bool:
    """Return whether the writer would appeal against a refusal."""
    return drawn(letter.lot, "appeals") < APPEALED


def withdraws(letter: DemoLetter) -> bool:
    """Return whether the writer withdraws the letter before anybody can answer."""
    return drawn(letter.lot, "withdraws") < WITHDRAWN


def adds(letter: DemoLetter) -> bool:
    """Return whether the writer adds something to the letter."""
    return drawn(letter.lot, "adds") < ADDED


def drawn(*parts: str) -> float:
    """Return a number from 0 up to but not including 1 that depends only on the parts."""
    digest = hashlib.sha256("\n".join(parts).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
