"""The required outcome of routed letters."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from shared.contracts.topics import PROGRESS, letters_of
from tests.bench import posts
from tests.bench.measures import WrongOutcome
from tests.bench.topics import Name

T = TypeVar("T")


def wanted(letters: Sequence[str]) -> Counter[Name]:
    """Received and routed for everyone, assigned for its bureau: each once for each letter."""
    records: Counter[Name] = Counter()
    for serial, letter in enumerate(letters):
        bureau = letters_of(posts.city(serial)).name
        for topic, sequence in ((PROGRESS.name, 1), (PROGRESS.name, 2), (bureau, 1)):
            records[topic, letter, f"{topic}/{letter}/{sequence}"] += 1
    return records


def compare(what: str, found: Counter[T], wanted: Counter[T]) -> None:
    """The two are the same. Raises: WrongOutcome."""
    lost, extra = wanted - found, found - wanted
    if lost or extra:
        raise WrongOutcome(f"router: {lost.total()} {what} lost, {extra.total()} too many")
