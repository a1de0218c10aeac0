"""Complaints about the provincial department itself.

Its inspection gets them at once, since nobody at the triage desk may see them. A complaint about
the inspection is declined, and the writer is referred to 12389.
"""

from services.router.domain.actors import RULE
from services.router.domain.context import DecisionContext, Facts
from services.router.domain.letter import Letter, standing
from services.router.domain.preconditions import HELD, is_hidden
from services.router.domain.replies import declined_by_rule
from services.router.domain.routing import entered, recalled, routed
from shared.contracts.vocabulary import TriageReason
from shared.kernel.access_policy import is_inspections_alone
from shared.kernel.complaints import is_about_department
from shared.kernel.places import PROVINCE

WHY: tuple[TriageReason, ...] = ("about_police",)
NOT_BY_US = (
    "您来信反映的是省厅督察部门本身。按照回避要求，该部门不得办理涉及自身的投诉，本信箱没有其他部门可以办理，"
    "因此不予受理。请拨打 12389（公安机关和民警违法违纪举报平台）反映。\n\n"
    "Your letter is about the inspection unit of the provincial department itself, which may not "
    "look into complaints about itself. Nobody else here may, so the letter isn't accepted. "
    "Please turn to 12389, which takes complaints about the police."
)


def is_about_us(context: DecisionContext) -> bool:
    """Whether the letter complains about the department itself, or about its inspection."""
    about = standing(context.letter).about
    return about is not None and is_about_department(about)


def sent_on(context: DecisionContext) -> Facts:
    """Route a new or waiting letter to the department's inspection, or decline it."""
    if is_inspections_alone(standing(context.letter)):
        return (routed(context.as_actor(RULE), PROVINCE, why="rule"),)
    if context.letter.state == "triage":
        return declined_by_rule(context.as_actor(RULE), NOT_BY_US)
    waiting = entered(context, WHY, suggestion=None)
    return waiting, *declined_by_rule(context.after(waiting).as_actor(RULE), NOT_BY_US)


def moved_on(context: DecisionContext) -> Facts:
    """Take a letter from a holder who may not have it any more, the inspection included.

    The inspection loses a letter that turns out to be no complaint about the department.
    """
    letter = context.letter
    facts: Facts = ()
    if letter.bureau is not None and letter.state in HELD and _is_misplaced(letter):
        facts = recalled(context, letter.bureau, reason="concerns_holder")
    now = context.after(*facts)
    if now.letter.state == "triage" and is_about_us(now):
        return *facts, *sent_on(now)
    return facts


def _is_misplaced(letter: Letter) -> bool:
    return is_hidden(letter) or letter.is_quiet != is_inspections_alone(standing(letter))
