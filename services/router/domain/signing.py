"""Who signs a reply or refusal, in which order, and who must not. Pure."""

from typing import Literal

from services.router.domain.commands.deciding import SendBack, SignAnswer
from services.router.domain.context import Matter
from services.router.domain.parts import Draft
from services.router.domain.preconditions import check_state, check_words
from services.router.domain.settling import settled
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterSigned, ReplySentBack
from shared.contracts.values import By
from shared.contracts.vocabulary import SignerRole
from shared.kernel.complaints import complained_of
from shared.kernel.errors import NotAllowed, OutOfOrder, TooLate


def sign(command: SignAnswer, matter: Matter) -> tuple[Fact, ...]:
    """Sign what is written; after the last signature the writer has it.

    Raises: OutOfOrder, NotAllowed; TooLate for a promise whose day is over, which goes back.
    """
    draft = _draft(matter)
    if command.draft not in (None, matter.letter.drafts):
        raise OutOfOrder("another draft lies there by now")
    signer = _signer(command, matter, draft)
    if any(one.due_on < matter.today for one in draft.commitments):
        raise TooLate("what it promises was due before it is signed")
    signs = matter.of(_by(signer, matter))
    following = draft.signers[1] if len(draft.signers) > 1 else None
    fact = LetterSigned(
        **signs.common(LetterSigned, conditions={"has_next"} if following else set()),
        signer=signer,
        step=len(draft.signed) + 1,
        next=following,
    )
    return (fact,) if following else (fact, *settled(signs.after(fact)))


def send_back(command: SendBack, matter: Matter) -> tuple[ReplySentBack, ...]:
    """Send it back whence it came, with what is missing. Raises: OutOfOrder, NotAllowed, BadValue.

    What a bureau has written before it took the letter up goes to those who handle letters, too.
    """
    draft = _draft(matter)
    signer = _signer(command, matter, draft)
    check_words(command.words)
    to_state: Literal["triage", "handling"] = (
        "triage" if draft.from_state == "triage" else "handling"
    )
    said = matter.of(_by(signer, matter)).common(
        ReplySentBack, state=to_state, conditions={f"to_state={to_state}"}
    )
    return (ReplySentBack(**said, to_state=to_state, words=command.words),)


def _draft(matter: Matter) -> Draft:
    check_state(matter.letter, "signing", what="sign")
    draft = matter.letter.draft
    if draft is None or not draft.signers:
        raise OutOfOrder("nothing waits for a signature")
    return draft


def _signer(command: SignAnswer | SendBack, matter: Matter, draft: Draft) -> SignerRole:
    """As what this person may take the next step: each of those who sign is another person than
    the others and the writer of the draft. Raises: NotAllowed."""
    letter, staff, step = matter.letter, command.by.staff, draft.signers[0]
    if staff is None or staff == draft.author or staff in draft.signed:
        raise NotAllowed("another person must sign")
    signs_as = matter.book.offices.signs_as(
        staff,
        "supervisor" if step == "supervisor" else "chief",
        bureau=letter.bureau or "province",
        on=matter.today,
        about=complained_of(letter.about) if letter.about else None,
    )
    if signs_as is None:
        raise NotAllowed("only those named for it sign")
    return signs_as


def _by(signer: SignerRole, matter: Matter) -> By:
    """The role in which they sign; a deputy has the chief's."""
    if signer == "supervisor":
        return By(role="supervisor", staff=matter.by.staff)
    return By(role="chief", bureau=matter.letter.bureau, staff=matter.by.staff)
