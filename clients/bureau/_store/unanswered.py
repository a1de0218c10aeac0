"""Who sees to it that an action is repeated until it is answered? First `ask`, then the journal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from clients.bureau._store.journal import Journal
from clients.bureau.outcomes import Outcome
from shared.contracts.envelope import Record


class UnansweredActions:
    """What a mailbox has asked for; without a journal it is forgotten with the program."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self._in_hand: set[UUID] = set()

    @contextmanager
    def asking(self, action_id: UUID, record: Record) -> Iterator[None]:
        """In the block somebody repeats the action; before it begins it is written down.

        Raises: OSError when it can't be written down: then it must not be sent.
        """
        if self._journal is not None:
            self._journal.ask(action_id, record)
        self._in_hand.add(action_id)
        try:
            yield
        finally:
            self._in_hand.discard(action_id)

    def cross_out(self, action_id: UUID) -> None:
        """It is answered. Raises: OSError."""
        if self._journal is not None:
            self._journal.cross_out(action_id)

    def due(self, answer: Callable[[UUID], Outcome | None]) -> list[Record]:
        """What nobody repeats and `answer` doesn't know of; what it knows of is crossed out.

        Raises: OSError.
        """
        if self._journal is None:
            return []
        left = self._journal.unanswered()
        for action_id in [each for each in left if answer(each) is not None]:
            self._journal.cross_out(action_id)
            del left[action_id]
        return [record for action_id, record in left.items() if action_id not in self._in_hand]
