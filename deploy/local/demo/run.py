"""The state of a demo run: what was posted and read back, kept in a file to be resumed."""

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
"""The only end states of a demo with its own office time."""

Json = dict[str, Any]


@dataclass
class DemoRun:
    """One run. Letters are named by their ids in the data until they have a number."""

    id: str
    numbers: dict[str, str] = field(default_factory=dict)
    """Letter numbers by id."""
    seed: str = SEED
    """Seed of everybody's actions."""
    ends: frozenset[str] = ENDED
    """States in which nothing more happens to a letter by itself."""
    diary: dict[str, float] = field(default_factory=dict)
    """Planned actions and when they are due: Unix time of the office."""
    refused: dict[str, str] = field(default_factory=dict)
    """Reasons for which intake refused letters, by id."""
    diverted: dict[str, str] = field(default_factory=dict)
    """Numbers of diversions that never became letters, by id."""
    done: set[str] = field(default_factory=set)
    """Finished actions: of writers as `<id> <name>`, such as `L001 rating`, of staff as in `tries`.
    """
    awaited: set[str] = field(default_factory=set)
    """Ids of letters with a request whose result the writer waits for."""
    acts: Counter[str] = field(default_factory=Counter)
    """Number of actions of staff, by route."""
    tries: Counter[str] = field(default_factory=Counter)
    """Number of attempts by staff, as `<number> <route>`."""
    published: dict[str, str] = field(default_factory=dict)
    """Paths of publications, by letter number."""
    seen: dict[str, Json] = field(default_factory=dict, repr=False)
    """Intake's last answer about each letter, by number; not kept, but read again in each run."""
    doubtful: set[str] = field(default_factory=set)
    """Numbers of letters for which a service refused an action: their state is not as expected."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Why letters wait in triage, by number."""
    at: datetime | None = None
    """The current office time, in a demo that has its own."""
    submit_s: float = 0.0
    submitted: int = 0
    """How many letters this process posted, in `submit_s` seconds."""

    @classmethod
    def new(cls, *, seed: str = SEED) -> Self:
        """Return a new run with a random id."""
        return cls(secrets.token_hex(6), seed=seed)

    @classmethod
    def resumed(cls, path: Path) -> Self | None:
        """Return the run stored in `path`, if any."""
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
        """Save what a later run must know; the file is replaced whole or not at all."""
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
        """Return the letter's state as its writer sees it, empty before it was first read."""
        return str(self.seen.get(number, {}).get("state", ""))

    def count(self, states: frozenset[str]) -> int:
        """Return how many letters are in one of these states."""
        return sum(1 for number in self.numbers.values() if self.state(number) in states)

    def routed(self) -> int:
        """Return how many letters have been routed to a bureau."""
        return sum(1 for number in self.numbers.values() if self.seen.get(number, {}).get("bureau"))

    def rated(self) -> int:
        """Return how many writers have rated, or decided not to."""
        return sum(1 for action in self.done if action.endswith(" rating"))

    def open_letters(self) -> list[str]:
        """Return the numbers of letters that have not ended."""
        return [number for number in self.numbers.values() if self.state(number) not in self.ends]

    def unfinished(self) -> list[str]:
        """Return the numbers of letters that have neither ended nor wait in triage."""
        return [number for number in self.open_letters() if number not in self.waiting]


def seconds_to_reply(letter: Mapping[str, Any]) -> float | None:
    """Return the seconds from receipt to reply, as intake shows them, None without a reply."""
    reply = letter.get("reply")
    if not reply:
        return None
    replied, received = (
        datetime.fromisoformat(str(at)) for at in (reply["replied_at"], letter["received_at"])
    )
    return (replied - received).total_seconds()
