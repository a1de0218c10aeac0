"""Sealing of the writer's identity: for which bureau, and under which of its keys.

The present holder of a letter gets the identity once. It gets it again under another key if it had
no valid key at first, or if the key it was sealed under was retired.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from services.intake.domain.letter import ENDED, IdentityGiven, IntakeLetter
from shared.contracts.event import Fact
from shared.contracts.progress_v1 import LetterRouted
from shared.contracts.slugs import Bureau
from shared.contracts.submitted_v1 import IdentitySealed, IdentityWithheld
from shared.contracts.vocabulary import WithheldReason

UNNAMED: Mapping[str, WithheldReason] = MappingProxyType(
    {"complaint": "complaint", "report": "report"}
)
"""Categories of which no bureau learns the writer. Source: ADR-0003."""


class BureauKey(NamedTuple):
    """The id of a bureau's newest valid key, or why it has none."""

    kid: str | None
    lack: Literal["no_key", "bad_key"] = "no_key"


KeyOf = Callable[[Bureau], BureauKey]
IdentityEvent: TypeAlias = IdentitySealed | IdentityWithheld


@dataclass(frozen=True)
class SealIdentity:
    """Seal the identity again for the holder: it had no valid key, or that key was retired."""

    kid: str
    """The letter's `identity_kid` when this was asked for."""


def is_masked(letter: IntakeLetter) -> bool:
    """Whether the holder must not learn who wrote: by the stricter of both categories."""
    if letter.masked is not None:
        return letter.masked
    return not UNNAMED.keys().isdisjoint((letter.category, letter.found_category))


def identity_for(routed: LetterRouted, letter: IntakeLetter, *, key_of: KeyOf) -> IdentityEvent:
    """The identity for the new holder.

    Withheld by the stricter of the writer's and the router's category.
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


def seal_again(
    command: SealIdentity, letter: IntakeLetter, *, key_of: KeyOf
) -> tuple[IdentityEvent, ...]:
    """The identity under the holder's newest key; nothing if the letter has changed since."""
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


def identity_sealed(letter: IntakeLetter, event: IdentityEvent) -> IntakeLetter:
    """The letter with the key under which its holder has the identity."""
    if isinstance(event, IdentitySealed):
        return replace(_given(letter, event), identity_kid=event.kid)
    lacks_key = event.reason in ("no_key", "bad_key")
    return replace(letter, identity_kid=without_key(event.bureau) if lacks_key else None)


def _given(letter: IntakeLetter, event: IdentitySealed) -> IntakeLetter:
    """The letter with who got the identity; sealing it again for the same holder is no news."""
    if any(each.assignment == event.assignment for each in letter.identity_given):
        return letter
    routed = (step.at for step in reversed(letter.history) if step.what == "letter.routed")
    given = IdentityGiven(event.bureau, event.assignment, next(routed, None))
    return replace(letter, identity_given=(*letter.identity_given, given))


def without_key(bureau: Bureau) -> str:
    """The `identity_kid` while a bureau has no valid key. No key has such an id."""
    return f"none:bureau:{bureau}"


def keeps_identity(fact: Fact, letter: IntakeLetter) -> bool:
    """Whether the same holding goes on and its bureau may still know the writer."""
    is_same = (fact.holder, fact.assignment) == (letter.bureau, letter.assignment)
    category = getattr(fact, "category", letter.category)
    return is_same and fact.state not in ENDED and category not in UNNAMED
