"""Which bureau learns who wrote, and under which of its keys? Pure.

The present holder of a letter has the identity once. It gets it again under another key when it had
no valid one at first, or when the key that it had it under was retired.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

from services.intake.domain.commands import SealIdentity
from services.intake.domain.letter import Letter
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterRouted
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld
from shared.contracts.vocabulary import State, WithheldReason

UNNAMED: Mapping[str, WithheldReason] = MappingProxyType(
    {"complaint": "complaint", "report": "report"}
)
"""Categories for which no bureau learns who wrote. Source: ADR-0003."""
ENDED: tuple[State, ...] = ("declined", "closed", "withdrawn")
"""States after which no holder is told anything more."""


class BureauKey(NamedTuple):
    """The id of a bureau's newest valid key, or why it has none."""

    kid: str | None
    lack: Literal["no_key", "bad_key"] = "no_key"


KeyOf = Callable[[Bureau], BureauKey]


def is_masked(letter: Letter) -> bool:
    """Whether the holder isn't to know who wrote: by the stricter of both categories."""
    if letter.masked is not None:
        return letter.masked
    return not UNNAMED.keys().isdisjoint((letter.category, letter.found_category))


def identity_for(
    routed: LetterRouted, letter: Letter, *, key_of: KeyOf
) -> IdentitySealed | IdentityWithheld:
    """The identity for the new holder.

    Withheld by the stricter of the writer's and router's category.
    """
    reason = UNNAMED.get(letter.category) or UNNAMED.get(routed.category)
    if reason is None and routed.masked:
        reason = "complaint"
    if reason is None and letter.identity is None:
        reason = "erased"
    bureau, assignment = routed.bureau, routed.assignment
    if reason is not None:
        return IdentityWithheld(bureau=bureau, assignment=assignment, reason=reason)
    key = key_of(bureau)
    if key.kid is None:
        return IdentityWithheld(bureau=bureau, assignment=assignment, reason=key.lack)
    return IdentitySealed(
        bureau=bureau, assignment=assignment, kid=key.kid, envelope=letter.identity
    )


def identity_again(
    command: SealIdentity, letter: Letter, *, key_of: KeyOf
) -> tuple[IdentitySealed | IdentityWithheld, ...]:
    """The identity under the holder's newest key, if it holds the letter as it did when asked."""
    bureau, assignment = letter.bureau, letter.assignment
    if bureau is None or letter.identity_kid != command.kid:
        return ()
    if letter.identity is None:
        return (IdentityWithheld(bureau=bureau, assignment=assignment, reason="erased"),)
    kid = key_of(bureau).kid
    if kid is None:
        return ()
    return (
        IdentitySealed(bureau=bureau, assignment=assignment, kid=kid, envelope=letter.identity),
    )


def identity_kid(event: IdentitySealed | IdentityWithheld) -> str | None:
    """Under which key the holder has the identity now; see `Letter.identity_kid`."""
    if isinstance(event, IdentitySealed):
        return event.kid
    return without_key(event.bureau) if event.reason in ("no_key", "bad_key") else None


def without_key(bureau: Bureau) -> str:
    """What `identity_kid` says while a bureau has no valid key. No key has such an id."""
    return f"none:bureau:{bureau}"


def keeps_identity(fact: Fact, letter: Letter) -> bool:
    """Whether the same holding goes on, of a letter whose writer may still be known to it."""
    stands = (fact.holder, fact.assignment) == (letter.bureau, letter.assignment)
    category = getattr(fact, "category", letter.category)
    return stands and fact.state not in ENDED and category not in UNNAMED
