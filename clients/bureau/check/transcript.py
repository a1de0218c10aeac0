"""The transcript of a run: records received and sent, and cues, in order.

Nothing here holds what anybody wrote: of words only whether there were any, and which codes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

RESEND = "request_resend"
"""Asks to be told again, and acts on nothing."""


@dataclass(frozen=True, slots=True)
class HeardRecord:
    """One record that the system under check has sent."""

    letter: str = ""
    """The letter number; empty where none can be read."""
    kind: str = ""
    """`accept`, `reply` …; empty where it is no action that can be read."""
    assignment: int = 0
    action_id: str = ""
    content: str = ""
    """A digest of what is asked; the same whenever, by whom and under what id."""
    partition: int = 0
    offset: int = 0
    has_words: bool = False
    """Whether it came with words that could be opened."""
    quotes: frozenset[str] = frozenset()
    """Codes of letters that stand in its words."""
    kids: frozenset[str] = frozenset()
    """Keys of the mailbox that its words are sealed for."""
    faults: tuple[str, ...] = ()
    """What the contract forbids about it, by names of `faults.FAULTS`."""


@dataclass(frozen=True, slots=True)
class Told:
    """One record that the played mailbox has sent."""

    letter: str
    type: str
    sequence: int | None
    of: str = ""
    """The id of the action that it answers."""
    code: str = ""
    """Why that was refused, if it was."""


@dataclass(frozen=True, slots=True)
class TranscriptCue:
    """A place in the script that a judge looks for."""

    name: str


Entry: TypeAlias = HeardRecord | Told | TranscriptCue


class Transcript:
    """Everything of a run so far."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: list[Entry] = list(entries)

    def add(self, *entries: Entry) -> None:
        """Write down what has just happened."""
        self.entries.extend(entries)

    def all_heard(self) -> list[HeardRecord]:
        """Every record of the system under check."""
        return [entry for entry in self.entries if isinstance(entry, HeardRecord)]

    def acts(self, letter: str, *kinds: str) -> list[HeardRecord]:
        """What the system has asked for with a letter, but to be told again; of `kinds`, if any."""
        return [
            heard
            for heard in self.all_heard()
            if heard.letter == letter and heard.kind not in {"", RESEND}
            if not kinds or heard.kind in kinds
        ]

    def asked_again(self, letter: str) -> bool:
        """Whether the system has asked to be told of the letter again."""
        return any(one.letter == letter and one.kind == RESEND for one in self.all_heard())

    def since(self, cue: str) -> "Transcript":
        """What came after the cue; nothing as long as it has not been reached."""
        for place, entry in enumerate(self.entries):
            if entry == TranscriptCue(cue):
                return Transcript(self.entries[place + 1 :])
        return Transcript()

    def refusals(self, letter: str) -> Iterator[tuple[int, Told]]:
        """Refusals that the system was told of with a letter, each with its place."""
        for place, entry in enumerate(self.entries):
            if isinstance(entry, Told) and entry.letter == letter and entry.code:
                yield place, entry
