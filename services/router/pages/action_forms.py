"""The actions on a letter as data: fields, command and confirmation of each form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.router.api import handling
from services.router.api.dependencies import StaffAction
from services.router.api.handling_schemas import (
    MAX_REASON,
    Fulfillment,
    InstructionAnswer,
    MoreTime,
    NewLink,
    NewNote,
    PassingOn,
    Refusal,
    Return,
    Unit,
)
from services.router.domain.allowed_actions import ActionName
from services.router.domain.extensions import more_days
from services.router.domain.handling import reachable_units
from services.router.domain.masking import masked_note
from shared.contracts.words import MAX_NOTE, MAX_REPLY, Note
from shared.web.form_pages import AskedField, AskedForm, Choice
from shared.web.language import N_, Message
from shared.web.vocabulary import choices, label

Choices = Callable[[StaffAction], Sequence[Choice]]


class ActionField(AskedField[StaffAction]):
    """A field of an action's form."""


@dataclass(frozen=True, slots=True)
class ActionForm(AskedForm[StaffAction]):
    """An action as a page of its own with a check step."""

    needs: ActionName | None = None
    """The action that must be allowed; None: the person only needs to see all of the letter."""


def coded(kind: str, *, optional: str | None = None) -> Choices:
    """All codes of a kind; `optional`: what no choice is called."""
    first: list[Choice] = [("", optional)] if optional else []
    return lambda _: [*first, *choices(kind)]


def _units(action: StaffAction) -> Sequence[Choice]:
    return [(one, label("police_type", one)) for one in reachable_units(action.letter)]


def _clocks(action: StaffAction) -> Sequence[Choice]:
    rulebook = action.desk.rulebook.under(action.letter.policy_version)
    return [
        (
            clock.clock,
            label("clock", clock.clock),
            Message(N_("Due on %(day)s; at most %(days)s more days"), day=clock.due_on, days=days),
        )
        for clock, days in more_days(action.letter, at=action.now, rulebook=rulebook)
    ]


def _instructions(action: StaffAction) -> Sequence[Choice]:
    return [
        (
            str(one.number),
            Message(
                N_("Instruction %(number)s, due on %(day)s"), number=one.number, day=one.answer_by
            ),
            _said(one.words, action),
        )
        for one in action.letter.instructions
        if not one.is_answered
    ]


def _commitments(action: StaffAction) -> Sequence[Choice]:
    return [
        (
            str(one.number),
            Message(N_("Promise %(number)s, due on %(day)s"), number=one.number, day=one.due_on),
            _said(one.words, action),
        )
        for one in action.letter.commitments
        if one.kept is None
    ]


def _said(words: Note | None, action: StaffAction) -> str:
    """A text as this person may read it."""
    note = masked_note(words, action.letter)
    return note.text if note else ""


def _first(found: Choices) -> Callable[[StaffAction], str]:
    """The only choice, so that nobody has to choose it."""

    def value(action: StaffAction) -> str:
        every = found(action)
        return every[0][0] if len(every) == 1 else ""

    return value


_radios = partial(ActionField, kind="radios")
_select = partial(ActionField, kind="select")

FORMS: Final[Mapping[str, ActionForm]] = {
    "accept": ActionForm(
        N_("Accept this letter"),
        N_("Your bureau has accepted the letter."),
        handling.accept,
        says=(
            N_("Your bureau then answers the letter. The writer sees that it is being handled."),
        ),
        needs="accept",
    ),
    "return": ActionForm(
        N_("Return this letter"),
        N_("The letter has been returned."),
        handling.hand_back,
        Return,
        (
            _radios(
                "reason",
                N_("Why is it not your bureau’s?"),
                choices=coded("return_reason"),
            ),
            _select(
                "suggestion",
                N_("Whose is it?"),
                hint=N_("The province’s desk decides, unless the writer named the same bureau."),
                choices=coded("bureau", optional=N_("I don’t know")),
            ),
            ActionField(
                "text",
                N_("Explanation for the desk (optional)"),
                hint=N_("The writer doesn’t see it."),
                most=MAX_NOTE,
            ),
        ),
        needs="return",
    ),
    "decline": ActionForm(
        N_("Decline this letter"),
        N_("The refusal waits for a signature."),
        handling.decline,
        Refusal,
        (
            _radios(
                "decline_reason",
                N_("For which reason in law?"),
                choices=coded("decline_reason"),
            ),
            _select(
                "where_to_turn",
                N_("Where can the writer turn instead?"),
                hint=N_("Needed if another authority is responsible."),
                choices=coded("where_to_turn", optional=N_("Nowhere in particular")),
            ),
            ActionField(
                "text",
                N_("What the writer will read"),
                hint=N_("Name the reason, and what the writer can do now."),
                most=MAX_REPLY,
            ),
        ),
        says=(N_("A chief signs every refusal. The writer can appeal once."),),
        needs="decline",
    ),
    "pass_on": ActionForm(
        N_("Pass on to a unit"),
        N_("The letter has been passed on."),
        handling.pass_on,
        PassingOn,
        (
            _select("police_type", N_("Line of work of the unit"), choices=_units),
            ActionField(
                "unit",
                N_("Your bureau’s code of the unit"),
                kind="text",
                hint=N_("Small letters, digits, dots and hyphens, such as tianhe.traffic"),
                most=64,
            ),
        ),
        says=(N_("From then on, only this unit, the office and the chief see the letter."),),
        needs="pass_on",
    ),
    "unit_accept": ActionForm(
        N_("Accept for the unit"),
        N_("The unit has accepted the letter."),
        handling.unit_accept,
        Unit,
        (
            ActionField(
                "unit",
                N_("Unit"),
                kind="fixed",
                value=lambda action: action.letter.unit_code or "",
            ),
        ),
        needs="unit_accept",
    ),
    "note": ActionForm(
        N_("Add a note"),
        N_("The note has been added."),
        handling.note,
        NewNote,
        (
            ActionField(
                "text",
                N_("Note"),
                hint=N_("Everybody who handles the letter reads it; the writer never does."),
                most=MAX_NOTE,
            ),
        ),
        needs="note",
    ),
    "ask": ActionForm(
        N_("Ask the writer"),
        N_("The question has gone to the writer."),
        handling.ask,
        NewNote,
        (
            ActionField(
                "text",
                N_("Question to the writer"),
                hint=N_("Ask for everything that you need at once: two questions are possible."),
                most=MAX_NOTE,
            ),
        ),
        says=(
            N_(
                "The clock of the reply is paused until the writer answers, for seven days at most."
            ),
        ),
        needs="ask",
    ),
    "request_extension": ActionForm(
        N_("Request more time"),
        N_("The request waits for a decision."),
        handling.request_extension,
        MoreTime,
        (
            _radios("clock", N_("For which clock?"), choices=_clocks, value=_first(_clocks)),
            ActionField("days", N_("How many more days?"), kind="text", most=3),
            _radios("reason", N_("Why?"), choices=coded("extension_reason")),
            ActionField("text", N_("Explanation (optional)"), most=MAX_REASON),
        ),
        says=(N_("A chief or a supervisor decides. Until then the date stays as it is."),),
        needs="request_extension",
    ),
    "answer_instruction": ActionForm(
        N_("Answer an instruction"),
        N_("The instruction has been answered."),
        handling.answer_instruction,
        InstructionAnswer,
        (
            _radios(
                "instruction",
                N_("Which instruction?"),
                choices=_instructions,
                value=_first(_instructions),
            ),
            ActionField("text", N_("What was done"), most=MAX_NOTE),
        ),
        needs="answer_instruction",
    ),
    "fulfil": ActionForm(
        N_("Show that a promise was kept"),
        N_("The promise is recorded as kept."),
        handling.fulfil,
        Fulfillment,
        (
            _radios(
                "commitment",
                N_("Which promise?"),
                choices=_commitments,
                value=_first(_commitments),
            ),
            ActionField(
                "text",
                N_("What shows that it was kept"),
                hint=N_("The writer reads it."),
                most=MAX_NOTE,
            ),
        ),
        needs="fulfil",
    ),
    "link": ActionForm(
        N_("Link to another letter or a campaign"),
        N_("The letter has been linked."),
        handling.link,
        NewLink,
        (
            _radios("kind", N_("Link to"), choices=coded("link_kind")),
            ActionField(
                "with",
                N_("Number of the other letter, or code of the campaign"),
                kind="text",
                most=64,
            ),
        ),
        says=(N_("Each letter still gets its own reply."),),
        needs="link",
    ),
    "propose_publication": ActionForm(
        N_("Propose for publication"),
        N_("The letter is proposed for publication."),
        handling.propose_publication,
        says=(N_("Two editors decide, and only if the writer agreed."),),
        needs="propose_publication",
    ),
    "conflict": ActionForm(
        N_("I have a conflict of interest"),
        N_("You have been taken out of the letter. It is shown to you nowhere any more."),
        handling.declare_conflict,
        says=(
            N_(
                "Declare it if you, your family or somebody close to you is involved, or if "
                "anything else could cast doubt on your impartiality."
            ),
            N_("Your colleagues go on. A reply that you have begun is deleted."),
        ),
        warns=N_("You never see this letter again, and nobody can undo it."),
    ),
}
"""By the last part of the page's path."""
