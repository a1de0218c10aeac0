"""What follows once a reply or refusal needs no signature any more: the writer has it. Pure."""

from services.router.domain.context import Matter
from services.router.domain.due_dates import change_of
from services.router.domain.parts import Draft, Pledge
from services.router.domain.standing import standing
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import CommitmentMade, LetterDeclined, LetterReplied
from shared.contracts.values import Commitment
from shared.kernel.complaints import TO_NOBODY, path_of_complaint
from shared.kernel.errors import OutOfOrder


def settled(matter: Matter) -> tuple[Fact, ...]:
    """The letter's answer, and each promise that it makes, of the draft that lies there.

    Raises: OutOfOrder, without a draft.
    """
    draft = matter.letter.draft
    if draft is None:
        raise OutOfOrder("nothing is written")
    if draft.kind == "refusal":
        return (_declined(matter, draft),)
    replied = _replied(matter, draft)
    facts: tuple[Fact, ...] = (replied,)
    for pledge in draft.commitments:
        facts = (*facts, _made(matter.after(*facts), pledge))
    return facts


def _declined(matter: Matter, draft: Draft) -> LetterDeclined:
    """A refusal can be appealed once, unless nobody here may look at it."""
    if draft.decline_reason is None:
        raise OutOfOrder("a refusal has its reason")
    said = matter.common(LetterDeclined, state="declined")
    is_nobodys = _is_nobodys(matter)
    by = next((one.due_on for one in said["clocks"] if one.clock == "appeal"), None)
    if is_nobodys:
        said["clocks"] = tuple(one for one in said["clocks"] if one.clock != "appeal")
    return LetterDeclined(
        **said,
        decline_reason=draft.decline_reason,
        where_to_turn=draft.where_to_turn,
        appeal_by=None if is_nobodys or matter.letter.appeals else by,
        words=draft.words,
    )


def _is_nobodys(matter: Matter) -> bool:
    about = standing(matter.letter).about
    return about is not None and path_of_complaint(about) == TO_NOBODY


def _replied(matter: Matter, draft: Draft) -> LetterReplied:
    letter = matter.letter
    if draft.outcome is None:
        raise OutOfOrder("a reply has its outcome")
    first = len(letter.commitments) + 1
    return LetterReplied(
        **matter.common(LetterReplied, state="replied"),
        reply=letter.replies + 1,
        outcome=draft.outcome,
        finding=draft.finding,
        referred_to=draft.referred_to,
        commitments=tuple(
            Commitment(commitment=number, due_on=one.due_on)
            for number, one in enumerate(draft.commitments, first)
        ),
        publication_proposed=draft.publication_proposed,
        words=draft.words,
    )


def _made(matter: Matter, pledge: Pledge) -> CommitmentMade:
    """A promise outlives its letter; its clock is due on the day that was promised."""
    number = len(matter.letter.commitments) + 1
    due = matter.book.promised(pledge.due_on, start=matter.today)
    clock = change_of("started", "commitment", round_=number, due=due, book=matter.book)
    return CommitmentMade(
        **matter.bare(clock),
        commitment=number,
        due_on=pledge.due_on,
        words=pledge.words,
    )
