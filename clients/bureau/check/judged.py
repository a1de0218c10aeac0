"""Judgements that several scenarios share: a letter was accepted, its words were decrypted."""

from clients.bureau.check.acting import ACCEPT, ever_quoted, opening
from clients.bureau.check.cast import ASSIGNMENT
from clients.bureau.check.transcript import Transcript
from clients.bureau.check.verdict import ScenarioVerdict, failed, not_seen, passed
from shared.contracts.bilingual import Bilingual

NOTHING = Bilingual("{letter}：没有任何动作", "{letter}: no action came")
OTHERS = Bilingual("{letter}：没有 accept，只有 {kinds}", "{letter}: no accept came, but {kinds}")
WRONG = Bilingual(
    "{letter}：动作用了转办编号 {said}，应为 {right}",
    "{letter}: an action names assignment {said}, which should be {right}",
)
TAKEN_UP = Bilingual(
    "{letter}：以转办编号 {right} 受理", "{letter}: accepted under assignment {right}"
)
QUOTED = Bilingual(
    "{letter}：引用了信中代码，文字已打开", "{letter}: its code was quoted: the words were opened"
)
NOT_QUOTED = Bilingual(
    "{letter}：没有引用信中代码，而别的信引用过：这封没有打开",
    "{letter}: its code was not quoted, though another letter's was: this one was not opened",
)
NEVER_QUOTED = Bilingual(
    "{letter}：系统从不引用信中代码，看不出文字是否打开",
    "{letter}: the system never quotes a code, so that nothing shows whether the words were opened",
)


def fault_of_taking_up(
    transcript: Transcript, letter: str, *, right: int = ASSIGNMENT
) -> Bilingual | None:
    """What is wrong with how the letter was accepted; None if it was accepted correctly."""
    acts = transcript.acts(letter)
    if not acts:
        return NOTHING.filled(letter=letter)
    wrong = next((heard for heard in acts if heard.assignment != right), None)
    if wrong is not None:
        return WRONG.filled(letter=letter, said=wrong.assignment, right=right)
    if not any(heard.kind == ACCEPT for heard in acts):
        kinds = ", ".join(dict.fromkeys(heard.kind for heard in acts))
        return OTHERS.filled(letter=letter, kinds=kinds)
    return None


def taken_up(transcript: Transcript, letter: str) -> ScenarioVerdict:
    """Passed when the letter was accepted under its assignment."""
    fault = fault_of_taking_up(transcript, letter)
    if fault is not None:
        return failed(fault)
    return passed(TAKEN_UP.filled(letter=letter, right=ASSIGNMENT))


def opened(transcript: Transcript, letter: str, *, code: str) -> ScenarioVerdict:
    """Passed when the letter was accepted and its code came back in the words of an action."""
    fault = fault_of_taking_up(transcript, letter)
    if fault is not None:
        return failed(fault)
    if opening(transcript, letter, code=code):
        return passed(QUOTED.filled(letter=letter))
    if ever_quoted(transcript):
        return failed(NOT_QUOTED.filled(letter=letter))
    return not_seen(NEVER_QUOTED.filled(letter=letter))


def both(first: ScenarioVerdict, second: ScenarioVerdict) -> ScenarioVerdict:
    """The worse of the two, with the evidence of both."""
    order = ("failed", "not_seen", "not_applicable", "passed")
    worse = min(first.result, second.result, key=order.index)
    return ScenarioVerdict(worse, (*first.seen, *second.seen))
