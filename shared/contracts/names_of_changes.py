"""Names of codes of changes, refusals and records, in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from shared.contracts import vocabulary
from shared.contracts.bilingual import Bilingual, bilingual

ACTION_REFUSALS: Final[Mapping[vocabulary.ActionRefusal, Bilingual]] = bilingual(
    {
        "unreadable": ("无法读取", "unreadable"),
        "too_large": ("内容过大", "too large"),
        "unknown_type": ("动作不存在", "unknown action"),
        "not_held": ("不由该局承办", "not held by that bureau"),
        "stale_assignment": ("转办编号已失效", "the assignment has ended"),
        "id_reused": ("编号已用于其他内容", "the id was used for something else"),
        "out_of_order": ("当前状态下不能这样办理", "not possible in the present state"),
        "bad_envelope": ("加密信封有误", "the envelope is faulty"),
        "bad_value": ("有内容不合规定", "a value is not acceptable"),
        "not_allowed": ("没有权限", "not allowed"),
        "limit": ("已达到数量上限", "limit reached"),
        "too_late": ("已超过办理期限", "too late"),
    }
)
CHANGES: Final[Mapping[vocabulary.Change, Bilingual]] = bilingual(
    {
        "started": ("开始计时", "started"),
        "stopped": ("停止计时", "stopped"),
        "paused": ("暂停计时", "paused"),
        "resumed": ("恢复计时", "resumed"),
        "moved": ("期限变更", "moved"),
    }
)
COPY_PARTS: Final[Mapping[vocabulary.CopyPart, Bilingual]] = bilingual(
    {"title": ("标题", "title"), "text": ("来信", "letter"), "reply": ("答复", "reply")}
)
DAY_KINDS: Final[Mapping[vocabulary.DayKind, Bilingual]] = bilingual(
    {
        "zero": ("起算日，不计入", "the count begins after this day"),
        "counted": ("计入", "counted"),
        "skipped": ("休息日，不计入", "a day off, not counted"),
        "paused": ("暂停，不计入", "paused, not counted"),
    }
)
EFFECTS: Final[Mapping[vocabulary.Effect, Bilingual]] = bilingual(
    {
        "letter.supervised": ("转省厅督办", "the province supervises the letter"),
        "letter.closed": ("自动办结", "the letter is closed"),
        "question.lapsed": ("不再等待补充，继续办理", "work goes on without the answer"),
    }
)
ERASABLE: Final[Mapping[vocabulary.Erasable, Bilingual]] = bilingual(
    {
        "identity": ("身份信息", "identity"),
        "words": ("信件文字", "words"),
        "attachments": ("附件", "attachments"),
    }
)
KEPT: Final[Mapping[vocabulary.Kept, Bilingual]] = bilingual(
    {"in_time": ("按期兑现", "kept in time"), "late": ("逾期兑现", "kept late")}
)
LIMIT_UNITS: Final[Mapping[vocabulary.LimitUnit, Bilingual]] = bilingual(
    {"wd": ("个工作日", "working days"), "d": ("日", "days")}
)
PROBLEM_KINDS: Final[Mapping[vocabulary.ProblemKind, Bilingual]] = bilingual(
    {
        "reveals": ("泄露了个人信息", "it reveals personal details"),
        "wrong": ("内容有误", "it is wrong"),
        "outdated": ("内容已过时", "it is outdated"),
    }
)
PROBLEM_OUTCOMES: Final[Mapping[vocabulary.ProblemOutcome, Bilingual]] = bilingual(
    {
        "corrected": ("已更正", "corrected"),
        "withdrawn": ("已撤下", "taken down"),
        "unfounded": ("经查没有问题", "nothing was wrong"),
    }
)
REFUSAL_DETAILS: Final[Mapping[vocabulary.RefusalDetail, Bilingual]] = bilingual(
    {
        "header": ("信封头", "header"),
        "key": ("密钥", "key"),
        "reader": ("收件人", "reader"),
        "length": ("长度", "length"),
        "content": ("内容", "content"),
        "bad_characters": ("含有不能显示的字符", "characters that can’t be shown"),
        "blank": ("没有内容", "blank"),
    }
)
REPLY_KINDS: Final[Mapping[vocabulary.ReplyKind, Bilingual]] = bilingual(
    {"reply": ("答复", "reply"), "refusal": ("不予受理告知", "refusal")}
)
REQUEST_TYPES: Final[Mapping[vocabulary.RequestType, Bilingual]] = bilingual(
    {
        "answer.submitted": ("补充说明", "answer"),
        "addition.submitted": ("补充内容", "addition"),
        "rating.submitted": ("评价", "rating"),
        "reopening.requested": ("要求重新办理", "request to reopen"),
        "appeal.requested": ("申诉", "appeal"),
        "withdrawal.requested": ("撤回", "withdrawal"),
        "consent.changed": ("变更公开意愿", "change of consent"),
    }
)
SCAN_OUTCOMES: Final[Mapping[vocabulary.ScanOutcome, Bilingual]] = bilingual(
    {"clean": ("未发现问题", "clean"), "refused": ("未通过检查", "refused")}
)
SERVICES: Final[Mapping[vocabulary.Service, Bilingual]] = bilingual(
    {
        "intake": ("来信受理", "intake"),
        "router": ("转办", "router"),
        "notifier": ("期限与通知", "notifier"),
        "publisher": ("公开", "publisher"),
    }
)
THRESHOLDS: Final[Mapping[vocabulary.Threshold, Bilingual]] = bilingual(
    {"stop": ("立即引导报警", "stop"), "ask": ("先行询问", "ask")}
)
TRIAGE_CLASSES: Final[Mapping[vocabulary.TriageClass, Bilingual]] = bilingual(
    {
        "accept": ("予以受理", "accept"),
        "emergency": ("紧急警情", "emergency"),
        "crime_report": ("报案", "crime report"),
        "not_police": ("非公安职责", "not a matter for the police"),
    }
)
WHY_CLOSED: Final[Mapping[vocabulary.WhyClosed, Bilingual]] = bilingual(
    {
        "solved": ("来信人确认解决", "the writer said that it is solved"),
        "silence": ("逾期未评价，自动办结", "nothing more was said in time"),
    }
)
WHY_DUE_CHANGED: Final[Mapping[vocabulary.WhyDueChanged, Bilingual]] = bilingual(
    {
        "calendar": ("工作日安排有变", "the calendar of working days changed"),
        "reclassified": ("类别变更", "another category"),
        "resumed": ("恢复计时", "the clock runs again"),
    }
)
WHY_ENDED: Final[Mapping[vocabulary.WhyEnded, Bilingual]] = bilingual(
    {
        "returned": ("退回", "returned"),
        "recalled": ("收回", "recalled"),
        "rerouted": ("改派", "sent to another bureau"),
        "withdrawn": ("来信人撤回", "withdrawn by the writer"),
    }
)
WHY_ROUTED: Final[Mapping[vocabulary.WhyRouted, Bilingual]] = bilingual(
    {"rule": ("系统转办", "by rule"), "desk": ("人工分派", "by a clerk")}
)
WHY_SUPERVISED: Final[Mapping[vocabulary.WhySupervised, Bilingual]] = bilingual(
    {
        "escalation": ("超期上报", "overdue"),
        "second_reopening": ("第二次重新办理", "reopened twice"),
        "appeal": ("来信人申诉", "an appeal"),
        "desk": ("督办岗决定", "a supervisor’s decision"),
    }
)
WHY_UNPUBLISHED: Final[Mapping[vocabulary.WhyUnpublished, Bilingual]] = bilingual(
    {
        "consent": ("来信人撤回同意", "consent was withdrawn"),
        "problem": ("内容有问题", "a problem with it"),
        "rule": ("依规定", "by rule"),
        "erased": ("已删除", "erased"),
    }
)
