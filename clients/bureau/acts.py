"""What can a bureau ask of the router, as methods? One for each action; `Mailbox` sends them.

All raise a ValueError, without the words, where a value can't be (an empty text, one that is too
long, a number below 1); and what `ask` raises: NoAnswer, Unreachable, NoKey.
"""

from abc import ABC, abstractmethod
from typing import Unpack

from clients.bureau import asking
from clients.bureau.outcomes import Outcome
from shared.contracts.event import Action
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import (
    ClockName,
    ExtensionReason,
    LinkKind,
    PoliceType,
    ReturnReason,
)
from shared.contracts.vocabulary import Outcome as ReplyOutcome


class Acts(ABC):
    """Every action of a bureau, on a letter and the number of its present assignment."""

    @abstractmethod
    async def ask(self, letter: str, action: Action, *, anew: bool = False) -> Outcome:
        """Send the action until it is answered."""

    @abstractmethod
    def made(self) -> asking.Made:
        """When and by whom what is asked now is made."""

    async def accept(self, letter: str, assignment: int) -> Outcome:
        """Take the letter up."""
        return await self.ask(letter, asking.acceptance(assignment, **self.made()))

    async def return_letter(
        self,
        letter: str,
        assignment: int,
        *,
        reason: ReturnReason,
        suggestion: Bureau | None = None,
        text: str | None = None,
    ) -> Outcome:
        """Hand the letter back, before it is taken up; `suggestion`: whose it is."""
        action = asking.handing_back(
            assignment, reason=reason, suggestion=suggestion, text=text, **self.made()
        )
        return await self.ask(letter, action)

    async def decline(
        self, letter: str, assignment: int, *, text: str, **why: Unpack[asking.Refusal]
    ) -> Outcome:
        """Refuse the letter, before it is taken up; a chief signs that."""
        return await self.ask(letter, asking.refusal(assignment, text, why=why, **self.made()))

    async def pass_on(
        self, letter: str, assignment: int, *, unit: str, police_type: PoliceType
    ) -> Outcome:
        """Give the letter to a unit."""
        action = asking.passing_on(assignment, unit=unit, police_type=police_type, **self.made())
        return await self.ask(letter, action)

    async def unit_accept(self, letter: str, assignment: int, *, unit: str) -> Outcome:
        """Take it up in that unit."""
        return await self.ask(letter, asking.unit_acceptance(assignment, unit=unit, **self.made()))

    async def note(self, letter: str, assignment: int, *, text: str) -> Outcome:
        """Note something that the writer never sees."""
        return await self.ask(letter, asking.note(assignment, text, **self.made()))

    async def ask_writer(self, letter: str, assignment: int, *, text: str) -> Outcome:
        """Ask the writer, twice at most; the reply's clock stands still until the answer."""
        return await self.ask(letter, asking.question(assignment, text, **self.made()))

    async def request_extension(
        self,
        letter: str,
        assignment: int,
        *,
        days: int,
        reason: ExtensionReason,
        clock: ClockName = "reply",
        text: str | None = None,
    ) -> Outcome:
        """Ask for days more, as that clock counts; a chief or supervisor decides."""
        action = asking.more_time(
            assignment, clock=clock, days=days, reason=reason, text=text, **self.made()
        )
        return await self.ask(letter, action)

    async def reply(
        self,
        letter: str,
        assignment: int,
        *,
        text: str,
        outcome: ReplyOutcome,
        **details: Unpack[asking.Details],
    ) -> Outcome:
        """Answer the letter."""
        reply = asking.answer(assignment, text, outcome=outcome, **self.made())
        return await self.ask(letter, asking.detailed(reply, **details))

    async def answer_instruction(
        self, letter: str, assignment: int, *, instruction: int, text: str
    ) -> Outcome:
        """Answer what a chief has instructed."""
        action = asking.answer_to_instruction(
            assignment, text, instruction=instruction, **self.made()
        )
        return await self.ask(letter, action)

    async def fulfil(self, letter: str, assignment: int, *, commitment: int, text: str) -> Outcome:
        """Say that a promise is kept, and what shows it; also once the letter is closed."""
        action = asking.keeping(assignment, text, commitment=commitment, **self.made())
        return await self.ask(letter, action)

    async def link(self, letter: str, assignment: int, *, kind: LinkKind, with_: str) -> Outcome:
        """Say that it is the same as another letter, or one of a campaign."""
        return await self.ask(
            letter, asking.link(assignment, kind=kind, with_=with_, **self.made())
        )

    async def propose_publication(self, letter: str, assignment: int) -> Outcome:
        """Say that everyone should be able to read the letter and its reply."""
        return await self.ask(letter, asking.publication(assignment, **self.made()))

    async def request_resend(
        self,
        letter: str,
        assignment: int,
        *,
        from_sequence: int | None = None,
        snapshot: bool = False,
    ) -> Outcome:
        """Ask to be told again: from that number on, or how the letter stands now; else all.

        It comes through `letters()` as everything does.
        """
        request = asking.resend_request(
            assignment, from_sequence=from_sequence, snapshot=snapshot, **self.made()
        )
        return await self.ask(letter, request)
