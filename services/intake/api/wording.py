"""Chinese and English wording of the codes that writers see."""

from collections.abc import Mapping

from services.intake.domain.access_log import AccessKind
from services.intake.domain.letter import TimelineStep
from shared.contracts.bilingual import Bilingual, bilingual
from shared.contracts.names import RETURN_REASONS
from shared.contracts.vocabulary import ClockName, DayKind, WhyClosed

WHY_CLOSED: Mapping[WhyClosed, Bilingual] = bilingual(
    {
        "solved": ("您已确认解决", "you said that it is solved"),
        "silence": ("逾期未评价，自动办结", "nothing more was said in time"),
    }
)
DAYS: Mapping[DayKind, Bilingual] = bilingual(
    {
        "zero": ("起算日，不计入", "the count begins after this day"),
        "counted": ("第{number}日", "day {number}"),
        "skipped": ("休息日，不计入", "a day off, not counted"),
        "paused": ("等待您补充说明，不计入", "waiting for your answer, not counted"),
    }
)
PASSED: Mapping[ClockName, Bilingual] = bilingual(
    {
        "assign": ("已超过确定承办单位的期限", "it was not assigned to a bureau in time"),
        "sign_in": ("承办单位未按期签收", "the bureau did not take it up in time"),
        "unit_sign_in": ("承办部门未按期签收", "the unit did not take it up in time"),
        "reply": ("已超过答复期限", "it was not answered in time"),
        "reopened_reply": ("已超过再次答复的期限", "it was not answered again in time"),
        "commitment": ("承诺未按期兑现", "a promise was not kept in time"),
        "petition_notice": (
            "已超过信访受理告知的期限",
            "the petition was not acknowledged in time",
        ),
        "petition": ("已超过信访办理的期限", "the petition was not settled in time"),
        "disclosure": (
            "已超过政府信息公开答复的期限",
            "the request for information was not answered in time",
        ),
    }
)
"""For the clocks whose passing the writer sees."""
ACCESSES: Mapping[AccessKind, Bilingual] = bilingual(
    {
        "identity_given": (
            "承办单位收到您的身份信息",
            "the bureau that handles the letter got your identity",
        ),
        "identity_requested": ("申请查看您的身份信息", "asked to see your identity"),
        "identity_refused": ("查看您身份信息的申请未获批准", "was refused a view of your identity"),
        "identity_shown": ("查看了您的身份信息", "was shown your identity"),
        "file_fetched": ("承办单位调取了您的文件", "the bureau fetched a file of yours"),
        "files_opened": ("打开了您的文件", "opened files of yours"),
    }
)
STEPS: Mapping[str, Bilingual] = bilingual(
    {
        "letter.received": ("已登记", "registered"),
        "triage.entered": ("正在确定承办单位", "being assigned to a bureau"),
        "letter.returned": ("承办单位退回", "handed back by the bureau"),
        "letter.routed": ("已转交承办单位", "passed to the bureau"),
        "letter.accepted": ("承办单位已签收", "taken up by the bureau"),
        "letter.passed_on": ("已交承办部门", "passed on to a unit of the bureau"),
        "unit.accepted": ("承办部门已签收", "taken up by the unit"),
        "letter.read": ("领导已阅", "read by a chief"),
        "writer.asked": ("请您补充说明", "the bureau has a question"),
        "writer.answered": ("已收到您的补充说明", "your answer has come in"),
        "question.lapsed": (
            "未收到补充说明，继续办理",
            "no answer came in time; handling goes on",
        ),
        "letter.added_to": ("您补充的内容已附卷", "what you added is with the letter"),
        "extension.decided": ("已批准延期", "more time was granted"),
        "due.changed": ("办理期限有变更", "a due date has changed"),
        "petition.marked": ("按信访事项办理", "handled as a petition by law"),
        "disclosure.marked": ("按政府信息公开申请办理", "handled as a request for information"),
        "letter.escalated": ("已超过期限", "a time limit has passed"),
        "letter.supervised": ("省厅督办", "supervised by the province"),
        "letter.replied": ("已答复", "answered"),
        "letter.declined": ("不予受理", "not accepted"),
        "commitment.made": ("承办单位作出承诺", "something was promised"),
        "commitment.fulfilled": ("承诺已办结", "what was promised is done"),
        "letter.rated": ("您已评价", "you have rated the reply"),
        "letter.reopened": ("重新办理", "being handled again"),
        "appeal.made": ("已收到您的申诉", "your appeal has come in"),
        "letter.withdrawn": ("已按您的要求撤回", "withdrawn, as you asked"),
        "letter.closed": ("已办结", "closed"),
        "letter.published": ("已公开（隐去个人信息）", "published without a trace of you"),
    }
)


def step_wording(step: TimelineStep) -> Bilingual:
    """What happened, with the reason or the time limit if known."""
    wording = STEPS[step.what]
    if step.reason:
        why = RETURN_REASONS[step.reason]
        return Bilingual(f"{wording.zh}：{why.zh}", f"{wording.en}: {why.en}")
    return PASSED[step.clock] if step.clock else wording
