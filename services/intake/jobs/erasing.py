"""Erasing parts of one letter: recorded first, then intake's own copies, and the event last.

A crash leaves an entry in the ledger that waits; `finish` does the rest. Each step can be repeated.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from services.intake import metrics, store
from services.intake.domain import Command, IntakeState
from services.intake.domain.diversion import Diversion, DivertedContent
from services.intake.domain.erasure import EraseLetterParts, is_held, without
from services.intake.domain.letter import IntakeLetter
from services.intake.domain.retention import end_of
from services.intake.store.erasure_ledger import ErasureEntry, ErasureLedger
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.vocabulary import Erasable
from shared.kernel.errors import NotFound, OutOfOrder
from shared.platform.app.retention import AskedBy
from shared.platform.letters.service_decider import IdempotentCommand
from shared.platform.mongo.database import Collection
from shared.platform.repair.erasure_replay import PastErasure
from shared.platform.runtime.clock import Now

StateOf = Callable[[str], Awaitable[IntakeState | None]]
Tell = Callable[[IdempotentCommand[Command]], Awaitable[IntakeState]]


class Files(Protocol):
    """Where attachments are stored."""

    async def erase(self, ids: Sequence[str]) -> None:
        """Remove these files with their records; repeating it changes nothing."""


class LetterEraser:
    """Erases parts of letters and diversions."""

    def __init__(
        self,
        letters: Collection,
        state_of: StateOf,
        *,
        tell: Tell,
        ledger: ErasureLedger,
        files: Files,
        now: Now,
    ) -> None:
        self._letters = letters
        self._state_of = state_of
        self._tell = tell
        self._ledger = ledger
        self._files = files
        self._now = now

    async def present(self, letter: str, what: Sequence[Erasable]) -> tuple[Erasable, ...]:
        """Those of the parts that `erase` would erase.

        Raises: NotFound; OutOfOrder, while the letter runs or something about it is open.
        """
        state = await self._erasable(letter)
        return tuple(part for part in what if _has(state, part))

    async def erase(
        self,
        letter: str,
        what: Sequence[Erasable],
        *,
        rule: str,
        by: AskedBy,
        reference: str = "",
    ) -> tuple[Erasable, ...]:
        """Erase those parts that are still there, everywhere; return them.

        When it returns, intake has none of it and the event will reach every service.
        Raises: NotFound, OutOfOrder, as `present`; DatabaseFault, TooManyRaces: then the loop does
        the rest.
        """
        present = await self.present(letter, what)
        if not present:
            return ()
        now = self._now()
        at = now.replace(microsecond=now.microsecond // 1_000 * 1_000)
        entry = ErasureEntry(letter, present, rule, by, at, reference)
        await self._ledger.begin(entry)
        await self.finish(entry)
        return present

    async def finish(self, entry: ErasureEntry) -> None:
        """Do what is left of an erasure.

        Raises: NotFound, OutOfOrder, if the letter runs again, which is recorded; and faults that
        pass: DatabaseFault, TooManyRaces, Refused while storage or service are too busy.
        """
        try:
            await self._erase(entry)
        except (NotFound, OutOfOrder) as no:
            await self._ledger.finish(entry, refused=no.code)
            raise
        await self._ledger.finish(entry)
        for part in entry.what:
            metrics.ERASED_PARTS.labels(part, entry.by).inc()

    async def erase_files_of(self, ledger: Sequence[PastErasure]) -> None:
        """Remove the files that a restored database still lists. Raises: DatabaseFault."""
        for past in ledger:
            state = await self._state_of(past.letter)
            if isinstance(state, Diversion) or "attachments" in past.what:
                await self._files.erase(_files_of(state))

    async def _erase(self, entry: ErasureEntry) -> None:
        state = await self._erasable(entry.letter)
        if isinstance(state, IntakeLetter) and (state.last_fact_at or entry.at) > entry.at:
            raise OutOfOrder("erase after something new was said")
        if isinstance(state, Diversion):
            await self._files.erase(_files_of(state))
        elif "words" in entry.what:
            for diversion in await store.diversions_about(self._letters, entry.letter):
                await self._order(diversion, ("words",), entry)
        if isinstance(state, IntakeLetter) and "attachments" in entry.what:
            await self._files.erase(_files_of(state))
        await self._order(entry.letter, entry.what, entry)

    async def _order(self, letter: str, what: tuple[Erasable, ...], entry: ErasureEntry) -> None:
        command = EraseLetterParts(what, entry.rule)
        await self._tell(IdempotentCommand(letter, command, entry.command_id))

    async def _erasable(self, letter: str) -> IntakeLetter | Diversion:
        """The letter, if nothing about it is open. Raises: NotFound, OutOfOrder."""
        state = await self._state_of(letter)
        match state:
            case IntakeLetter():
                if end_of(state) is None or is_held(state):
                    raise OutOfOrder(f"erase while {state.state}")
                diversions = await store.diversions_about(self._letters, letter)
                _check_closed([await self._state_of(each) for each in diversions])
                return state
            case Diversion():
                _check_closed([state])
                return state
            case _:
                raise NotFound


def _files_of(state: IntakeState | None) -> list[str]:
    match state:
        case IntakeLetter(files=files):
            return [file.id for file in files]
        case Diversion(caught=DivertedContent(form=LetterSubmitted(attachments=files))):
            return [file.id for file in files]
        case _:
            return []


def _check_closed(diversions: Iterable[IntakeState | None]) -> None:
    """Raises: OutOfOrder, if the duty desk still has something to do."""
    for each in diversions:
        if isinstance(each, Diversion) and (each.is_open or each.letter_to_send):
            raise OutOfOrder("erase while the duty desk has it")


def _has(state: IntakeLetter | Diversion, part: Erasable) -> bool:
    if isinstance(state, IntakeLetter):
        return without(state, (part,)) != state
    return part == "words" and state.has_content
