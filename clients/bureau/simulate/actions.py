"""The action of a simulated bureau at each step.

An action never depends on when it is decided: its time is that of the event that it answers.
"""

from collections.abc import Callable, Mapping

from clients.bureau.action_records import Made, draft, with_id
from clients.bureau.actions import DeclineFields
from clients.bureau.simulate.answers import reply
from clients.bureau.simulate.held import BureauLetter
from clients.bureau.simulate.mix import drawn
from clients.bureau.simulate.pace import Pace
from clients.bureau.simulate.phrases import Phrase, phrase, refusal_text
from clients.bureau.simulate.steps import Step
from shared.contracts import actions_v1 as v1
from shared.contracts.event import Action
from shared.contracts.vocabulary import ExtensionReason, PoliceType

STAFF = "simulated"
REFUSALS: tuple[DeclineFields, ...] = (
    {"decline_reason": "outside_jurisdiction", "where_to_turn": "12345"},
    {"decline_reason": "court_or_arbitration", "where_to_turn": "court"},
    {"decline_reason": "no_new_facts"},
)
MORE_DAYS = 3
"""As many as every category allows that allows any."""
REASONS: tuple[ExtensionReason, ...] = ("complex", "work_on_site", "other_authority")


def action_for(held: BureauLetter, step: Step, *, pace: Pace) -> Action:
    """The action with its id."""
    made = Made(made_at=held.said_at, staff=STAFF)
    action = _MAKERS[step](held, pace, made)
    return with_id(action, bureau=held.bureau, letter=held.letter)


def _accept(held: BureauLetter, _: Pace, made: Made) -> Action:
    return draft(v1.Accept, held.assignment, **made)


def _pass_on(held: BureauLetter, _: Pace, made: Made) -> Action:
    unit = _unit(held)
    return draft(v1.PassOn, held.assignment, unit=unit, police_type=unit, **made)


def _unit_accept(held: BureauLetter, _: Pace, made: Made) -> Action:
    return draft(v1.UnitAccept, held.assignment, unit=_unit(held), **made)


def _note(held: BureauLetter, _: Pace, made: Made) -> Action:
    return draft(v1.Note, held.assignment, text=_said(held, "note"), **made)


def _ask(held: BureauLetter, _: Pace, made: Made) -> Action:
    return draft(v1.Ask, held.assignment, text=_said(held, "question"), **made)


def _answer_instruction(held: BureauLetter, _: Pace, made: Made) -> Action:
    first, *_rest = held.open_ones("instruction", "answered")
    said = _said(held, "instruction")
    return draft(v1.AnswerInstruction, held.assignment, text=said, instruction=first, **made)


def _fulfil(held: BureauLetter, _: Pace, made: Made) -> Action:
    first, *_rest = held.open_ones("commitment", "kept")
    return draft(v1.Fulfil, held.assignment, text=_said(held, "kept"), commitment=first, **made)


def _reply(held: BureauLetter, pace: Pace, made: Made) -> Action:
    return reply(held, pace, made=made, is_plain=False)


def _reply_plainly(held: BureauLetter, pace: Pace, made: Made) -> Action:
    return reply(held, pace, made=made, is_plain=True)


def _return(held: BureauLetter, _: Pace, made: Made) -> Action:
    """Returned to its own bureau when the matter arose in another city."""
    is_elsewhere = held.place is not None and held.place != held.bureau
    return draft(
        v1.Return,
        held.assignment,
        reason="other_place" if is_elsewhere else "other_matter",
        suggestion=held.place if is_elsewhere else None,
        text=_said(held, "returned"),
        **made,
    )


def _decline(held: BureauLetter, pace: Pace, made: Made) -> Action:
    why = REFUSALS[int(drawn(pace.seed, held.lot, what="refusal") * len(REFUSALS))]
    text = refusal_text(why["decline_reason"], is_english=held.is_english)
    return draft(v1.Decline, held.assignment, text=text, **why, **made)


def _more_time(held: BureauLetter, pace: Pace, made: Made) -> Action:
    return draft(
        v1.RequestExtension,
        held.assignment,
        clock=held.clock,
        days=MORE_DAYS,
        reason=REASONS[int(drawn(pace.seed, held.lot, what="reason") * len(REASONS))],
        text=_said(held, "more_time"),
        **made,
    )


def _unit(held: BureauLetter) -> PoliceType:
    """The unit for the letter's police type, with that name."""
    return held.police_type or "general_office"


def _said(held: BureauLetter, what: Phrase) -> str:
    return phrase(what, is_english=held.is_english)


_MAKERS: Mapping[Step, Callable[[BureauLetter, Pace, Made], Action]] = {
    "accept": _accept,
    "return": _return,
    "decline": _decline,
    "pass_on": _pass_on,
    "unit_accept": _unit_accept,
    "note": _note,
    "ask": _ask,
    "request_extension": _more_time,
    "reply": _reply,
    "reply_plainly": _reply_plainly,
    "answer_instruction": _answer_instruction,
    "fulfil": _fulfil,
}
