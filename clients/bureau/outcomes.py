"""Outcomes of actions, and the meaning of each refusal in Chinese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from shared.contracts.bilingual import Bilingual, bilingual
from shared.contracts.bureau_v1 import ActionApplied, ActionRefused
from shared.contracts.event import Event
from shared.contracts.vocabulary import ActionRefusal

EXPLAINED: Mapping[ActionRefusal, Bilingual] = bilingual(
    {
        "unreadable": ("记录无法读取", "the record could not be read"),
        "too_large": ("记录超过 256 KiB", "the record is larger than 256 KiB"),
        "unknown_type": ("不认识这种动作", "there is no such action"),
        "not_held": (
            "没有这封信，或者它不在本单位",
            "no such letter, or this bureau does not hold it",
        ),
        "stale_assignment": (
            "这次转办已经结束，请用最新的转办编号",
            "that assignment has ended: act on the letter's present one",
        ),
        "id_reused": (
            "同一动作编号用于不同内容",
            "the same action id was used before for something else",
        ),
        "out_of_order": (
            "信件当前的状态不允许这样做（例如尚未受理，或已经答复）",
            "not in the letter's present state (not accepted yet, say, or replied already)",
        ),
        "bad_envelope": (
            "密封的文字无法打开，请核对密钥与信封头",
            "the sealed words could not be opened: check the keys and the envelope's header",
        ),
        "bad_value": (
            "字段缺失或取值不对（例如“不属实”需要写明认定）",
            "a field is missing or wrong (`unfounded` needs a finding, for example)",
        ),
        "not_allowed": ("规则不允许", "the rules don't allow it"),
        "limit": ("超过了这封信允许的次数或大小", "over a limit of this letter"),
        "too_late": ("已过期限", "the time for it has passed"),
    }
)


DETAILS: Mapping[str, Bilingual] = bilingual(
    {
        "header": ("信封头与动作不符", "the envelope's header isn't the action's"),
        "key": ("密钥不对，请用最新公布的公钥", "the wrong key: take the newest one published"),
        "reader": ("没有密封给 router", "not sealed for router"),
        "length": ("文字或密封件过长", "the text or its envelope is too long"),
        "content": ("密封的内容格式不对", "what is sealed has the wrong form"),
        "bad_characters": ("文字含不允许的字符", "the text has characters that may not be there"),
        "blank": ("文字没有可见内容", "the text shows nothing"),
    }
)
"""What a refusal's `detail` means, as far as it is known here."""


@dataclass(frozen=True, slots=True)
class Applied:
    """It is done."""

    action_id: UUID
    state: str
    """The letter's state after it."""
    resulting: str
    """The type of the event that it became."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not done, and `code` says why."""

    action_id: UUID
    code: ActionRefusal
    state: str | None = None
    """The letter's state, when the bureau holds it."""
    detail: str | None = None
    """What exactly is wrong, where the code leaves that open."""

    @property
    def explained(self) -> Bilingual:
        """The reason in Chinese and in English."""
        reason = EXPLAINED[self.code]
        if self.detail is None:
            return reason
        detail = DETAILS.get(self.detail, Bilingual(self.detail, self.detail))
        return Bilingual(f"{reason.zh}：{detail.zh}", f"{reason.en}: {detail.en}")


Outcome: TypeAlias = Applied | Refused


class NoAnswer(Exception):
    """The router hasn't answered in time; the action may still be done. Repeating it is safe."""


def outcome_of(event: Event) -> Outcome | None:
    """The outcome that `event` tells, if it is an answer to an action that has an id."""
    match event:
        case ActionApplied():
            return Applied(event.action_id, event.state, event.resulting)
        case ActionRefused(action_id=UUID() as action_id):
            return Refused(action_id, event.code, event.state, event.detail)
        case _:
            return None
