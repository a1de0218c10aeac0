"""What pages offer is what the rules allow, whatever happened to the letter."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from services.router.domain.actors import DeskCommand, HolderCommand
from services.router.domain.allowed_actions import PROBES, ActionName, allowed_actions
from services.router.domain.decide import decide
from services.router.domain.evolve import evolve
from services.router.domain.letter import Letter
from shared.contracts.values import By
from shared.kernel.errors import NotHeld, OutOfOrder, Refused, StaleAssignment
from tests.router import anyone
from tests.router.story import MONDAY, RULEBOOK, STAGES, at, letter_of, receive
from tests.support.budget import budget

HANDLER = By(role="handler", bureau="guangzhou", staff="gz")
COMMANDS: dict[str, ActionName] = {
    "AcceptLetter": "accept",
    "ReturnLetter": "return",
    "DeclineLetter": "decline",
    "PassOnLetter": "pass_on",
    "AcceptInUnit": "unit_accept",
    "AddNote": "note",
    "AskWriter": "ask",
    "RequestMoreTime": "request_extension",
    "ReplyToLetter": "reply",
    "AnswerInstruction": "answer_instruction",
    "FulfilCommitment": "fulfil",
    "LinkLetter": "link",
    "ProposePublication": "propose_publication",
    "RouteLetter": "route",
    "ReclassifyLetter": "reclassify",
    "MarkPetition": "mark_petition",
    "MarkDisclosure": "mark_disclosure",
    "ConsentReturn": "consent_return",
    "RecallLetter": "recall",
    "SuperviseLetter": "supervise",
    "DecideExtension": "decide_extension",
    "SignAnswer": "sign",
    "SendBack": "send_back",
    "ReadLetter": "read",
    "Instruct": "instruct",
}


def offered(letter: Letter, *by: By, when: Any = MONDAY) -> frozenset[ActionName]:
    return allowed_actions(letter, by=by, at=when, rulebook=RULEBOOK)


def test_every_action_has_its_probe() -> None:
    assert PROBES.keys() == set(get_args(ActionName)) == set(COMMANDS.values())


@pytest.mark.parametrize(
    ("stage", "actions"),
    [
        ("triage", set()),
        ("routed", {"accept", "return", "decline", "note", "link"}),
        (
            "handling",
            {"pass_on", "note", "ask", "request_extension", "reply", "link"},
        ),
        ("supplement", {"note", "link"}),
        ("signing", {"link"}),
        ("replied", {"link", "propose_publication"}),
        ("declined", set()),
        ("closed", {"propose_publication"}),
        ("withdrawn", set()),
    ],
)
def test_a_handler_is_offered_what_the_state_allows(stage: str, actions: set[str]) -> None:
    assert offered(letter_of(at(stage).state), HANDLER) == actions


def test_another_bureau_is_offered_nothing() -> None:
    foshan = By(role="handler", bureau="foshan", staff="fs")
    triage = By(role="triage", staff="lin")
    for stage in STAGES.keys() - {"nothing"}:
        letter = letter_of(at(stage).state)
        assert not offered(letter, foshan)
        if letter.holder != "triage":
            assert "link" not in offered(letter, triage)


def _actor(command: Any, letter: Letter) -> By:
    """The role in which a person would do it through a page."""
    by: By = command.by
    if not isinstance(command, HolderCommand) or letter.holder == "triage":
        return by
    return by.model_copy(update={"role": "handler"})


@settings(max_examples=budget(300), deadline=None)
@forall(data=st.data(), city=st.none() | anyone.bureaus, category=anyone.categories)
def test_what_has_an_effect_is_offered_and_nothing_else(
    data: st.DataObject, city: Any, category: Any
) -> None:
    now, state = MONDAY, at("nothing").when(receive(city, category=category)).state
    for _ in range(data.draw(st.integers(1, 12))):
        letter = letter_of(state)
        command = data.draw(anyone.sensible(letter, now))
        if isinstance(command, HolderCommand | DeskCommand):
            _check(command, letter, now)
        try:
            for event in decide(command, state, rulebook=RULEBOOK):
                state = evolve(state, event)
        except Refused:
            pass
        now += timedelta(hours=data.draw(st.sampled_from([0, 5, 50])))


NUMBERED = ("answer_instruction", "fulfil")
"""Actions on one of several: the one that is named may be done while another is open."""
BY_STATE = (OutOfOrder, NotHeld, StaleAssignment)


def _check(command: Any, letter: Letter, now: Any) -> None:
    """The rule and the offer agree about this command."""
    name = COMMANDS[type(command).__name__]
    by = _actor(command, letter)
    if by.role not in PROBES[name][0]:
        return
    is_offered = name in offered(letter, by, when=now)
    try:
        has_effect = bool(decide(command, letter, rulebook=RULEBOOK))
    except BY_STATE:
        assert name in NUMBERED or not is_offered
    except Refused:
        pass
    else:
        assert is_offered or not has_effect
