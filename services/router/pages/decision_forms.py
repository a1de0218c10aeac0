"""The actions of triage, supervisors, chiefs and the director as forms (`action_forms.py`)."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from services.router.api import decisions
from services.router.api.decisions_schemas import (
    ExtensionDecision,
    Instruction,
    Mark,
    Recall,
    Reclassification,
    Target,
)
from services.router.api.dependencies import StaffAction
from services.router.api.handling_schemas import MAX_REASON, Return
from services.router.domain.routing import targets
from services.router.pages.action_forms import FORMS, ActionField, ActionForm, coded
from shared.contracts.words import MAX_NOTE
from shared.kernel.working_days import civil_date
from shared.web.form_pages import Choice
from shared.web.language import N_, Message
from shared.web.vocabulary import label

_radios = partial(ActionField, kind="radios")
_select = partial(ActionField, kind="select")


def _wish(action: StaffAction) -> str:
    """The days that are requested."""
    return str(action.letter.wanted.days) if action.letter.wanted else ""


def _targets(action: StaffAction) -> Sequence[Choice]:
    """The bureaus that it may go to."""
    may = targets(action.letter, on=civil_date(action.now), rulebook=action.desk.rulebook)
    return [(slug, label("bureau", slug)) for slug in may]


def _decisions(action: StaffAction) -> Sequence[Choice]:
    """Grant or refuse, with what is requested."""
    wish = action.letter.wanted
    if wish is None:
        return [("true", N_("Grant")), ("false", N_("Refuse"))]
    reason = label("extension_reason", wish.reason or "not_said")
    clock = label("clock", wish.clock)
    asked = N_("Requested: %(days)s days for the clock “%(clock)s”. Reason: %(reason)s")
    said = Message(asked, days=wish.days, clock=clock, reason=reason)
    return [("true", N_("Grant"), said), ("false", N_("Refuse"))]


def _suggested(action: StaffAction) -> str:
    return action.letter.suggestion or action.letter.place.city or ""


_MARK: Final = (
    _radios("reason", N_("Why does the law apply?"), choices=coded("mark_reason")),
    ActionField("text", N_("Reason in words"), most=MAX_REASON),
)
_KEEP: Final = N_("Leave as it is")

DECISION_FORMS: Final[Mapping[str, ActionForm]] = {
    "route": ActionForm(
        N_("Route this letter"),
        N_("The letter has been routed."),
        decisions.route,
        Target,
        (_select("bureau", N_("Bureau"), choices=_targets, value=_suggested),),
        needs="route",
    ),
    "supervise": ActionForm(
        N_("Supervise this letter"),
        N_("The letter is under supervision."),
        decisions.supervise,
        says=(N_("The bureau and the writer see it. It stays so until the letter ends."),),
        needs="supervise",
    ),
    "decide_extension": ActionForm(
        N_("Decide on more time"),
        N_("The request for more time is decided."),
        decisions.decide_extension,
        ExtensionDecision,
        (
            _radios(
                "granted",
                N_("Decision"),
                choices=_decisions,
            ),
            ActionField(
                "days",
                N_("How many days?"),
                kind="text",
                hint=N_("As many as requested, or fewer. Leave it as it is when you refuse."),
                value=_wish,
                most=3,
            ),
            ActionField("text", N_("Reason, which the writer reads"), most=MAX_REASON),
        ),
        needs="decide_extension",
    ),
    "instruct": ActionForm(
        N_("Give an instruction"),
        N_("The instruction is given."),
        decisions.instruct,
        Instruction,
        (ActionField("text", N_("What is to be done"), most=MAX_NOTE),),
        says=(N_("Whoever handles the letter must answer it in time. The writer doesn’t see it."),),
        needs="instruct",
    ),
    "recall": ActionForm(
        N_("Take the letter back"),
        N_("The letter waits at the triage desk."),
        decisions.recall,
        Recall,
        (_radios("reason", N_("Why?"), choices=coded("recall_reason")),),
        warns=N_("The bureau loses the letter. Its question, draft and requests are dropped."),
        needs="recall",
    ),
    "consent_return": ActionForm(
        N_("Let the bureau return it"),
        N_("The letter has been returned."),
        decisions.consent_return,
        Return,
        (
            _radios("reason", N_("Why is it not the bureau’s?"), choices=coded("return_reason")),
            _select(
                "suggestion",
                N_("Whose is it?"),
                choices=coded("bureau", optional=N_("I don’t know")),
            ),
            ActionField("text", N_("Explanation for the desk (optional)"), most=MAX_NOTE),
        ),
        says=(N_("After the time to object, or once the province has decided, it needs this."),),
        needs="consent_return",
    ),
    "reclassify": ActionForm(
        N_("Correct what the letter is"),
        N_("The letter is corrected."),
        decisions.reclassify,
        Reclassification,
        (
            _radios(
                "category",
                N_("Kind of letter"),
                choices=coded("category"),
                value=lambda action: action.letter.category,
            ),
            _select(
                "police_type",
                N_("Field of work"),
                choices=coded("police_type", optional=_KEEP),
                value=lambda action: action.letter.police_type or "",
            ),
            _select(
                "about.kind",
                N_("Complains about"),
                choices=coded("about_kind", optional=_KEEP),
            ),
            _select(
                "about.bureau",
                N_("Of this bureau"),
                choices=coded("bureau", optional=N_("Not known")),
            ),
            _select(
                "about.level",
                N_("Level"),
                choices=coded("about_level", optional=N_("Not known")),
            ),
            _select(
                "about.police_type",
                N_("Field of work of that unit"),
                choices=coded("police_type", optional=N_("Not known")),
            ),
        ),
        says=(
            N_("A complaint or report hides the writer from the bureau."),
            N_("If a supervisor makes it another kind, the bureau learns who wrote it."),
        ),
        needs="reclassify",
    ),
    "mark_petition": ActionForm(
        N_("Treat as a petition by law"),
        N_("The clocks of the petition regulation run."),
        decisions.mark_petition,
        Mark,
        _MARK,
        says=(N_("Its clocks run beside the mailbox’s own, and nothing pauses them."),),
        needs="mark_petition",
    ),
    "mark_disclosure": ActionForm(
        N_("Treat as a request for information by law"),
        N_("The clock of the disclosure regulation runs."),
        decisions.mark_disclosure,
        Mark,
        _MARK,
        says=(N_("Its clock runs beside the mailbox’s own, and nothing pauses it."),),
        needs="mark_disclosure",
    ),
}
"""By the last part of the page's path. Signing has its folder, reading its list."""
EVERY_FORM: Final[Mapping[str, ActionForm]] = {**FORMS, **DECISION_FORMS}
"""Those of handlers, too."""
