"""How the holder takes a letter up and answers it, and what it learns of the writer. Pure."""

from services.router.domain.commands import (
    AcceptLetter,
    PassIdentity,
    ReplyToLetter,
    ResendToHolder,
    WithholdIdentity,
)
from services.router.domain.dues import STARTS, Book, started
from services.router.domain.facts import RULE, common
from services.router.domain.letter import Letter
from shared.contracts.bureau_v1 import LetterIdentity
from shared.contracts.progress_v1 import LetterAccepted, LetterReplied, ReplySubmitted
from shared.contracts.submitted_v1 import IdentityWithheld
from shared.contracts.vocabulary import State
from shared.kernel.errors import BadValue, NotAllowed, NotHeld, OutOfOrder, StaleAssignment
from shared.kernel.working_days import civil_date

NEEDS_FINDING = ("unfounded", "malicious")
ENDED: tuple[State, ...] = ("declined", "closed", "withdrawn")
"""States after which nothing more comes for an assignment."""
LARGEST_REPLY = 92_000
"""Most bytes of a reply as it is sealed: two envelopes of it must fit into one record."""


def accept(command: AcceptLetter, letter: Letter) -> LetterAccepted:
    """Take the letter up. Raises: NotHeld, StaleAssignment, OutOfOrder."""
    check_holding(command, letter)
    if letter.state != "routed":
        raise OutOfOrder(f"accept while {letter.state}")
    return LetterAccepted(**common(letter, "letter.accepted", by=command.by, state="handling"))


def reply(
    command: ReplyToLetter, letter: Letter, *, book: Book
) -> tuple[ReplySubmitted, LetterReplied]:
    """Answer the letter; nobody must sign yet, so that the answer takes effect at once.

    Raises: NotHeld, StaleAssignment, OutOfOrder, BadValue, NotAllowed.
    """
    check_holding(command, letter)
    if letter.state != "handling":
        raise OutOfOrder(f"reply while {letter.state}")
    _check_reply(command)
    return _reply_submitted(command, letter), _replied(command, letter, book=book)


def tell_identity(
    command: PassIdentity | WithholdIdentity, letter: Letter
) -> tuple[LetterIdentity | IdentityWithheld, ...]:
    """Forward what intake says of the identity, while the holding lasts; no name if masked."""
    said = command.identity
    stands = (said.bureau, said.assignment) == (letter.holder, letter.assignment)
    if letter.state in ENDED or not stands:
        return ()
    if isinstance(said, IdentityWithheld):
        return (said,)
    if letter.masked:
        return ()
    of_letter = common(letter, "letter.identity", by=RULE)
    return (LetterIdentity(**of_letter, kid=said.kid, envelope=said.envelope),)


def check_holding(command: AcceptLetter | ReplyToLetter | ResendToHolder, letter: Letter) -> None:
    """Only the holder may act, and only on the holding that it was told of.

    Raises: NotHeld, StaleAssignment.
    """
    if command.bureau != letter.holder:
        raise NotHeld
    if command.assignment != letter.assignment:
        raise StaleAssignment


def _reply_submitted(command: ReplyToLetter, letter: Letter) -> ReplySubmitted:
    return ReplySubmitted(
        **common(letter, "reply.submitted", by=command.by, state="signing"),
        kind="reply",
        outcome=command.outcome,
        from_state="handling",
        finding=command.finding,
        referred_to=command.referred_to,
        publication_proposed=command.publication_proposed,
        words=command.words,
    )


def _replied(command: ReplyToLetter, letter: Letter, *, book: Book) -> LetterReplied:
    starts = started(STARTS["letter.replied"], letter, start=civil_date(command.at), book=book)
    return LetterReplied(
        **common(letter, "letter.replied", by=command.by, state="replied", starts=starts),
        reply=letter.replies + 1,
        outcome=command.outcome,
        finding=command.finding,
        referred_to=command.referred_to,
        publication_proposed=command.publication_proposed,
        words=command.words,
    )


def _check_reply(command: ReplyToLetter) -> None:
    """What a reply must hold, and what no chief could sign yet."""
    if command.words is None or not command.words.text.strip():
        raise BadValue("words")
    if len(command.words.plaintext()) > LARGEST_REPLY:
        raise BadValue("words")
    if command.outcome in NEEDS_FINDING and command.finding is None:
        raise BadValue("finding")
    if command.commitments:
        raise NotAllowed("commitments")
    if command.outcome == "malicious":
        raise NotAllowed("outcome")
