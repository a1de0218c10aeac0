"""The transcript of a run: records received and sent, and cues, in order.

It holds no words: only whether there were any, and which codes they quoted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

RESEND = "request_resend"
"""The action that only asks for a resend."""


@dataclass(frozen=True, slots=True)
class HeardRecord:
    """A record from the system under check."""

    letter: str = ""
    """The letter number; empty if unreadable."""
    kind: str = ""
    """`accept`, `reply` …; empty if it is not a readable action."""
    assignment: int = 0
    action_id: str = ""
    content: str = ""
    """A digest of the request; independent of time, author and id."""
    partition: int = 0
    offset: int = 0
    quotes: frozenset[str] = frozenset()
    """Codes of letters that its words quote."""
    kids: frozenset[str] = frozenset()
    """Keys of the mailbox for which its words are sealed."""
    faults: tuple[str, ...] = ()
    """How it breaks the contract, by names of `faults.FAULTS`."""


@dataclass(frozen=True, slots=True)
class Told:
    """A record that the played mailbox has sent."""

    letter: str
    type: str
    sequence: int | None
    of: str = ""
    """The id of the action that it answers."""
    code: str = ""
    """The code of the refusal, if it is one."""


@dataclass(frozen=True, slots=True)
class TranscriptCue:
    """A position in the script that a judge looks for."""

    name: str


Entry: TypeAlias = HeardRecord | Told | TranscriptCue


class Transcript:
    """The whole run so far."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: list[Entry] = list(entries)

    def add(self, *entries: Entry) -> None:
        """Append what has just happened."""
        self.entries.extend(entries)

    def all_heard(self) -> list[HeardRecord]:
        """Every record of the system under check."""
        return [entry for entry in self.entries if isinstance(entry, HeardRecord)]

    def acts(self, letter: str, *kinds: str) -> list[HeardRecord]:
        """The system's actions on a letter except requests for a resend; of `kinds`, if any."""
        return [
            heard
            for heard in self.all_heard()
            if heard.letter == letter and heard.kind not in {"", RESEND}
            if not kinds or heard.kind in kinds
        ]

    def asked_again(self, letter: str) -> bool:
        """Whether the system requested a resend of the letter."""
        return any(one.letter == letter and one.kind == RESEND for one in self.all_heard())

    def since(self, cue: str) -> "Transcript":
        """Everything after the cue; empty until it has been reached."""
        for place, entry in enumerate(self.entries):
            if entry == TranscriptCue(cue):
                return Transcript(self.entries[place + 1 :])
        return Transcript()

    def refusals(self, letter: str) -> Iterator[tuple[int, Told]]:
        """The refusals that were sent about a letter, each with its position."""
        for place, entry in enumerate(self.entries):
            if isinstance(entry, Told) and entry.letter == letter and entry.code:
                yield place, entry
