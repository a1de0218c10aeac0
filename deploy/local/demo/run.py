"""Where does a demo stand? What was posted and read back; kept in a file, to go on from."""

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from deploy.local.demo.letters import SEED

ANSWERED = frozenset(("replied", "declined", "closed"))
ENDED = ANSWERED | {"withdrawn"}
AT_REST = frozenset(("declined", "closed", "withdrawn"))
"""Where months are played through, nothing else is an end."""

Json = dict[str, Any]


@dataclass
class DemoRun:
    """One run. Letters are named by their ids in the data until they have a number."""

    id: str
    numbers: dict[str, str] = field(default_factory=dict)
    """Letter numbers by id."""
    seed: str = SEED
    """Of what everybody does."""
    ends: frozenset[str] = ENDED
    """States in which nothing more comes of a letter by itself."""
    diary: dict[str, float] = field(default_factory=dict)
    """What is meant to be done, and when: Unix time of the office."""
    refused: dict[str, str] = field(default_factory=dict)
    """Letters that intake didn't take, and why."""
    diverted: dict[str, str] = field(default_factory=dict)
    """Numbers of diversions that are no letter in the end, by id."""
    done: set[str] = field(default_factory=set)
    """What was done: by writers as `<id> <name>`, such as `L001 rating`, by staff as in `tries`."""
    awaited: set[str] = field(default_factory=set)
    """Ids of letters whose writers wait for what becomes of a request."""
    acts: Counter[str] = field(default_factory=Counter)
    """How often staff did what, by its route."""
    tries: Counter[str] = field(default_factory=Counter)
    """How often staff tried to, as `<number> <route>`."""
    published: dict[str, str] = field(default_factory=dict)
    """Paths of publications, by letter number."""
    seen: dict[str, Json] = field(default_factory=dict, repr=False)
    """What intake last showed of each letter, by number; read anew in each run."""
    doubtful: set[str] = field(default_factory=set)
    """Numbers of letters of which a desk said no: they stand otherwise than was thought."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Why letters wait in triage, by number."""
    at: datetime | None = None
    """The present instant in the office, where months are played through."""
    submit_s: float = 0.0
    submitted: int = 0
    """How many letters this process posted, and in how many seconds."""

    @classmethod
    def new(cls, *, seed: str = SEED) -> Self:
        """A run of its own."""
        return cls(secrets.token_hex(6), seed=seed)

    @classmethod
    def resumed(cls, path: Path) -> Self | None:
        """The run that `path` keeps, if any."""
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                str(kept["run"]),
                numbers=dict(kept["numbers"]),
                seed=str(kept["seed"]),
                diary=dict(kept["diary"]),
                refused=dict(kept["refused"]),
                diverted=dict(kept["diverted"]),
                done=set(kept["done"]),
                awaited=set(kept["awaited"]),
                acts=Counter(kept["acts"]),
                tries=Counter(kept["tries"]),
                published=dict(kept["published"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, path: Path) -> None:
        """Write down what a later run must know; whole or not at all."""
        kept = {
            "run": self.id,
            "numbers": self.numbers,
            "seed": self.seed,
            "diary": self.diary,
            "refused": self.refused,
            "diverted": self.diverted,
            "done": sorted(self.done),
            "awaited": sorted(self.awaited),
            "acts": self.acts,
            "tries": self.tries,
            "published": self.published,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.new")
        beside.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        beside.replace(path)

    def state(self, number: str) -> str:
        """The letter's state as its writer sees it; empty before it was read."""
        return str(self.seen.get(number, {}).get("state", ""))

    def count(self, states: frozenset[str]) -> int:
        """How many letters are in one of these states."""
        return sum(1 for number in self.numbers.values() if self.state(number) in states)

    def routed(self) -> int:
        """How many letters a bureau holds or held."""
        return sum(1 for number in self.numbers.values() if self.seen.get(number, {}).get("bureau"))

    def rated(self) -> int:
        """How many writers have said what they think, or have let it be."""
        return sum(1 for one in self.done if one.endswith(" rating"))

    def open_letters(self) -> list[str]:
        """Numbers of letters that have not ended."""
        return [one for one in self.numbers.values() if self.state(one) not in self.ends]

    def unfinished(self) -> list[str]:
        """Numbers of letters that have neither ended nor wait for a recorded reason."""
        return [number for number in self.open_letters() if number not in self.waiting]


def seconds_to_reply(letter: Mapping[str, Any]) -> float | None:
    """From receipt to reply, by the instants that intake shows; none without a reply."""
    reply = letter.get("reply")
    if not reply:
        return None
    replied, received = (
        datetime.fromisoformat(str(at)) for at in (reply["replied_at"], letter["received_at"])
    )
    return (replied - received).total_seconds()
