"""From a held letter to the bureau's next action, if any."""

from collections.abc import Container
from dataclasses import dataclass
from uuid import UUID

from clients.bureau.action_records import with_next_id
from clients.bureau.simulate.actions import action_for
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.steps import Step, steps
from shared.contracts.event import Action


@dataclass(frozen=True, slots=True)
class Next:
    """What a bureau does next with a letter."""

    step: Step
    action: Action


def next_action(held: BureauLetter, pace: Pace, *, given_up: Container[UUID] = ()) -> Next | None:
    """The first action that the router hasn't refused since the letter's state last changed.

    `given_up`: ids of actions that nobody answers. None when the bureau has nothing to do.
    """
    if held.bureau in pace.silent:
        return None
    for step in steps(held, pace.mix, seed=pace.seed):
        action = _free(action_for(held, step, pace=pace), held)
        if action is not None and action.action_id not in given_up:
            return Next(step, action)
    return None


def _free(action: Action, held: BureauLetter) -> Action | None:
    """The action under an id that wasn't refused before; None if it was refused in this turn."""
    refused = dict(held.refused)
    while (turn := refused.get(action.action_id)) is not None:
        if turn == held.turn:
            return None
        action = with_next_id(action)
    return action
