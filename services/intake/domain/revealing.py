"""Who may be shown a writer's identity, and what is recorded of it? Pure.

A holder that was sent no identity asks for it here, with a reason, and so do supervisors. The rule
of who may see the letter at all is asked before; here it is who may see its writer.
"""

from services.intake.domain.commands import RevealIdentity
from services.intake.domain.letter import Letter
from shared.contracts.submitted_v1 import IdentityRevealed
from shared.kernel.complaints import complained_of
from shared.kernel.errors import LimitReached, NotFound, OutOfOrder
from shared.kernel.seeing import Standing

MOST_REVEALS = 100
"""Of one letter; whoever needs more asks the operator what is going on."""


def reveal(command: RevealIdentity, letter: Letter) -> IdentityRevealed:
    """The record of it.

    Raises: NotFound, when the letter isn't the handler's; OutOfOrder, when it was withdrawn or
    there is no identity any more; LimitReached.
    """
    is_handler = command.role == "handler"
    if is_handler and (letter.bureau is None or command.bureau != letter.bureau):
        raise NotFound
    if letter.identity is None or (is_handler and letter.state == "withdrawn"):
        raise OutOfOrder("there is nobody to reveal")
    if len(letter.reveals) >= MOST_REVEALS:
        raise LimitReached
    return IdentityRevealed(
        reveal=command.reveal,
        role=command.role,
        bureau=command.bureau,
        staff=command.staff,
        reason=command.reason,
        signed_in_at=command.signed_in_at,
        words=command.words,
    )


def standing(letter: Letter) -> Standing:
    """Whose the letter is and whom it must not reach, for the rule of who may see it."""
    return Standing(
        letter.bureau or "triage",
        unit=letter.unit,
        addressed_to=letter.addressed_to,
        about=complained_of(letter.about) if letter.about else None,
        excluded=frozenset(letter.excluded),
    )
