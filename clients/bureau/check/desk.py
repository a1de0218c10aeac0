"""One letter as the played mailbox keeps it, with the numbers of its events."""

from dataclasses import dataclass, field
from typing import Any

from shared.contracts.bureau_v1 import LetterShown
from shared.contracts.envelope import KafkaRecord
from shared.contracts.slugs import Bureau
from shared.contracts.values import By
from shared.contracts.vocabulary import ActionRefusal, State


@dataclass(frozen=True, slots=True)
class Sent:
    """A record of the played mailbox, with its entry in the transcript."""

    letter: str
    type: str
    sequence: int | None
    record: KafkaRecord = field(repr=False)
    of: str = ""
    code: str = ""


@dataclass(slots=True)
class InventedLetter:
    """One invented letter and its state."""

    number: str
    bureau: Bureau
    assignment: int = 0
    state: State = "routed"
    is_held: bool = False
    """Whether the bureau holds it."""
    sequence: int = 0
    said: list[Sent] = field(default_factory=list)
    """All events with a number, in that order."""
    kept_back: list[int] = field(default_factory=list)
    """Numbers of events that were held back."""
    silent_for: int = 0
    """How many further actions are dropped, as if they had been lost."""
    refuses: ActionRefusal | None = None
    """The code with which every action is refused."""
    shown: LetterShown | None = None
    """The letter as last assigned, with its words in clear; it is invented."""
    answers: dict[str, tuple[Sent, ...]] = field(default_factory=dict)
    """By action id."""
    contents: dict[str, str] = field(default_factory=dict)
    """A digest of the request under each id."""

    def common(self, state: State | None = None) -> dict[str, Any]:
        """The fields that every fact of the letter has, in the given state or the present one."""
        return {
            "state": state or self.state,
            "holder": self.bureau if self.is_held else "triage",
            "assignment": self.assignment,
            "by": By(role="rule"),
        }

    def take_kept_back(self) -> list[Sent]:
        """Return the events that were held back, to be sent now."""
        found = [one for one in self.said if one.sequence in self.kept_back]
        self.kept_back.clear()
        return found
