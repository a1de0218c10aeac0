"""Effects of an action in the played mailbox: the table of section 6, for one letter.

Only what a bureau's system can notice: where an action is allowed, the state after it, and the
facts that the bureau receives. Nothing is signed, granted or escalated.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from shared.contracts import actions_v1 as actions
from shared.contracts import progress_v1 as progress
from shared.contracts.bureau_v1 import AssignmentEnded
from shared.contracts.event import Action, Fact
from shared.contracts.vocabulary import State

Common: TypeAlias = dict[str, Any]
"""Fields of all facts: state, holder, assignment, by."""


@dataclass(frozen=True, slots=True)
class ActionRule:
    """One action."""

    states: frozenset[State]
    """States in which it is allowed."""
    resulting: str
    """Type of the event that results."""
    state: State | None = None
    """The state after it; None if it stays."""
    copy: Callable[[Any, Common], Fact] | None = None
    """The fact that the bureau receives besides the answer."""
    ends: Callable[[Common], Fact] | None = None
    """The last event, if the bureau no longer holds the letter."""


_ROUTED: frozenset[State] = frozenset({"routed"})
_HANDLING: frozenset[State] = frozenset({"handling"})
_WORKING: frozenset[State] = frozenset({"routed", "handling", "supplement"})
_HELD: frozenset[State] = _WORKING | {"signing", "replied"}


def _replied(action: actions.Reply, common: Common) -> Fact:
    return progress.LetterReplied(
        **common,
        reply=1,
        outcome=action.outcome,
        finding=action.finding,
        referred_to=action.referred_to,
        publication_proposed=action.publication_proposed,
    )


RULES: dict[type[Action], ActionRule] = {
    actions.Accept: ActionRule(
        _ROUTED,
        progress.LetterAccepted.type,
        "handling",
        lambda _, common: progress.LetterAccepted(**common),
    ),
    actions.Return: ActionRule(
        _ROUTED,
        progress.LetterReturned.type,
        "triage",
        ends=lambda common: AssignmentEnded(**common, why="returned"),
    ),
    actions.Decline: ActionRule(_ROUTED, progress.ReplySubmitted.type, "signing"),
    actions.PassOn: ActionRule(
        _HANDLING,
        progress.LetterPassedOn.type,
        copy=lambda action, common: progress.LetterPassedOn(
            **common, unit=action.unit, police_type=action.police_type
        ),
    ),
    actions.UnitAccept: ActionRule(
        _HANDLING,
        progress.UnitAccepted.type,
        copy=lambda action, common: progress.UnitAccepted(**common, unit=action.unit),
    ),
    actions.Note: ActionRule(
        _WORKING,
        progress.NoteAdded.type,
        copy=lambda _, common: progress.NoteAdded(**common, note=1),
    ),
    actions.Ask: ActionRule(_HANDLING, progress.WriterAsked.type, "supplement"),
    actions.RequestExtension: ActionRule(_HANDLING, progress.ExtensionRequested.type),
    actions.Reply: ActionRule(_HANDLING, progress.LetterReplied.type, "replied", _replied),
    actions.Link: ActionRule(_HELD, progress.LetterLinked.type),
    actions.ProposePublication: ActionRule(
        frozenset({"replied"}), progress.PublicationProposed.type
    ),
}
"""No instruction or promise exists here, so the two actions that name one name none."""
