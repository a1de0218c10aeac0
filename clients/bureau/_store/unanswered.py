"""Unanswered actions: repeated by `ask`, and by the journal after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from clients.bureau._store.journal import Journal
from clients.bureau.outcomes import Outcome
from shared.contracts.envelope import KafkaRecord


class UnansweredActions:
    """The unanswered actions of a mailbox; without a journal they end with the program."""

    def __init__(self, journal: Journal | None = None) -> None:
        self._journal = journal
        self._in_hand: set[UUID] = set()

    @contextmanager
    def asking(self, action_id: UUID, record: KafkaRecord) -> Iterator[None]:
        """Write the action to the journal; the caller repeats it within the block.

        Raises: OSError when it can't be written; it must not be sent then.
        """
        if self._journal is not None:
            self._journal.ask(action_id, record)
        self._in_hand.add(action_id)
        try:
            yield
        finally:
            self._in_hand.discard(action_id)

    def cross_out(self, action_id: UUID) -> None:
        """Remove an answered action. Raises: OSError."""
        if self._journal is not None:
            self._journal.cross_out(action_id)

    def due(self, answer: Callable[[UUID], Outcome | None]) -> list[KafkaRecord]:
        """Actions without an `answer` that no caller repeats; answered ones are crossed out.

        Raises: OSError.
        """
        if self._journal is None:
            return []
        left = self._journal.unanswered()
        for action_id in [each for each in left if answer(each) is not None]:
            self._journal.cross_out(action_id)
            del left[action_id]
        return [record for action_id, record in left.items() if action_id not in self._in_hand]
