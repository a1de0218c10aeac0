"""What becomes of a complaint about the provincial department itself. Pure.

Its inspection has it at once, since nobody at the triage desk may see it; a complaint about the
inspection is declined, and the writer is told of 12389.
"""

from services.router.domain.answering import declined_by_rule
from services.router.domain.checks import HELD, is_hidden
from services.router.domain.facts import RULE, Matter
from services.router.domain.letter import Letter
from services.router.domain.routing import entered, recalled, routed
from services.router.domain.standing import standing
from shared.contracts.event import Fact
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


def is_about_us(matter: Matter) -> bool:
    """Whether the letter complains of the department itself, or of its inspection."""
    about = standing(matter.letter).about
    return about is not None and is_about_department(about)


def sent_on(matter: Matter) -> tuple[Fact, ...]:
    """To the department's inspection, or an end; for a letter that came in or is in triage."""
    if is_inspections_alone(standing(matter.letter)):
        return (routed(matter.of(RULE), PROVINCE, why="rule"),)
    if matter.letter.state == "triage":
        return declined_by_rule(matter.of(RULE), NOT_BY_US)
    waiting = entered(matter, WHY, suggestion=None)
    return waiting, *declined_by_rule(matter.after(waiting).of(RULE), NOT_BY_US)


def moved_on(matter: Matter) -> tuple[Fact, ...]:
    """A letter that is no more for its holder leaves it, also for the department's inspection.

    What the inspection held for a complaint about the department leaves it once it is none.
    """
    letter = matter.letter
    facts: tuple[Fact, ...] = ()
    if letter.bureau is not None and letter.state in HELD and _is_misplaced(letter):
        facts = recalled(matter, letter.bureau, reason="concerns_holder")
    now = matter.after(*facts)
    if now.letter.state == "triage" and is_about_us(now):
        return *facts, *sent_on(now)
    return facts


def _is_misplaced(letter: Letter) -> bool:
    return is_hidden(letter) or letter.is_quiet != is_inspections_alone(standing(letter))
