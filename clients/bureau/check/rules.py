"""Effects of an action in the played mailbox: the table of section 6, for one letter.

As much of the router's law as a bureau's system can notice in a check: where an action is allowed,
the state after it, and the facts that the bureau is told. Nobody signs, grants or escalates here.
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
"""What all facts have: state, holder, assignment, by."""


@dataclass(frozen=True, slots=True)
class ActionRule:
    """One action."""

    states: frozenset[State]
    """Where it is allowed."""
    resulting: str
    """Type of the event that it becomes."""
    state: State | None = None
    """Where it leads; none where the letter stays as it is."""
    copy: Callable[[Any, Common], Fact] | None = None
    """The fact that the bureau is told beside the answer."""
    ends: Callable[[Common], Fact] | None = None
    """What is told last, if the bureau holds the letter no more."""


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
"""Nothing is instructed or promised here, so the two that name such a thing name none."""
