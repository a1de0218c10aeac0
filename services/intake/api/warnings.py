"""Problems for writers whose words aren't accepted as a letter, with where to turn instead."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, ClassVar, Literal, TypeAlias

from pydantic import BaseModel

from services.intake.api.office_hours import Said
from services.intake.domain.diversion import Diversion
from shared.contracts.slugs import Bureau
from shared.kernel.errors import Refused
from shared.platform.http.openapi import refuses
from shared.rules.classify.triage import TriageResult
from shared.rules.places.stations import Stations
from shared.rules.referrals import ReferralLine, where_to_turn, who_reads

NO_STATIONS = Stations()

Explained: TypeAlias = Literal["crime_report", "not_police"]
"""Letters that are accepted once their writer was told where to turn."""
SendAnyway: TypeAlias = Literal["crime_report", "not_police", "same_matter"]
"""Codes of the problems after which the same letter is accepted if it names the code."""


class LineShown(BaseModel):
    """A service to turn to."""

    code: str
    number: str
    """To call or text; empty for a place to go to."""
    name_zh: str
    name_en: str
    hours_zh: str
    """When somebody is there."""
    hours_en: str
    zh: str
    """What it is for."""
    en: str


class EmergencyShown(BaseModel):
    """What a writer sees when the words look like an emergency."""

    diversion: str | None = None
    """Its number at the duty desk; None: nobody has the words."""
    detail: str
    lines: list[LineShown]
    """Most urgent first."""
    answer_at: str | None = None
    """Where to say whether it is happening now; None: nobody asks."""


class Warned(Refused):
    """The words aren't accepted as a letter, and the writer learns where to turn."""

    status = 422
    detail: ClassVar[str]

    def __init__(self, lines: list[LineShown], **more: Any) -> None:
        """`more`: further members of the problem, without those that are None."""
        super().__init__()
        known = {name: value for name, value in more.items() if value is not None}
        zh, en = who_reads(URGENT, in_office_hours=True)
        self.members: Mapping[str, Any] = {
            "detail": self.detail,
            **({"read_by": {"zh": zh, "en": en}} if "diversion" in known else {}),
            **known,
            "lines": [line.model_dump() for line in lines],
        }


class Stopped(Warned):
    """An emergency: the duty desk has it, and it isn't a letter."""

    code = "emergency"
    detail = (
        "如有危险请立即拨打 110。来信没有作为信件受理，值班室已收到，会尽快与您联系；"
        "这不能代替报警。 · "
        "In danger call 110 now. This was not taken in as a letter. The duty desk has it and will "
        "call you; that doesn't replace calling 110."
    )


class HappeningNow(Warned):
    """A possible emergency: the duty desk has it, and the writer is asked."""

    code = "happening_now"
    detail = (
        "值班室已收到来信。请回答：现在正在发生吗？如是，请立即拨打 110。"
        "回答“否”，来信照常办理，收信时间不变。 · "
        "The duty desk has what you wrote. Is it happening now? If so, call 110. "
        "If you say no, it goes on as a letter received when you first sent it."
    )


class NotKept(Warned):
    """An emergency that couldn't be stored: the duty desk doesn't know of it."""

    status = 503
    code = "emergency_not_kept"
    detail = (
        "如有危险请立即拨打 110。来信未能保存，值班室没有收到。 · "
        "In danger call 110 now. What you wrote could not be kept, and nobody has it."
    )


class CrimeReport(Warned):
    """A crime to be reported elsewhere; sent again with `send_anyway`, it is a letter."""

    code = "crime_report"
    detail = (
        "写信不等于报案，请先看下列办法；看过后仍可寄出此信。 · "
        "A letter is no report to the police. Read where to go instead; you may still send it."
    )


class NotPolice(Warned):
    """A matter of other offices; sent again with `send_anyway`, it is a letter."""

    code = "not_police"
    detail = (
        "此事由其他部门办理，请先看下列办法；看过后仍可寄出此信。 · "
        "Another authority is responsible for this. "
        "Read where to go instead; you may still send it."
    )


EXPLAINED: Mapping[Explained, type[Warned]] = {
    "crime_report": CrimeReport,
    "not_police": NotPolice,
}


class WarningShown(BaseModel):
    """A problem (RFC 9457) with where to turn, in Chinese and English."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    lines: list[LineShown]
    diversion: str | None = None
    """The number of an emergency at the duty desk."""
    read_by: Said | None = None
    """Who reads it, and when."""
    answer_at: str | None = None
    """Where to say whether it is happening now."""
    send_anyway: Explained | None = None
    """Send this with the same letter to have it accepted anyway."""
    emergency: EmergencyShown | None = None
    """An emergency in a request that was refused for another reason."""
    refused: str | None = None
    """Why the words didn't reach the letter they were about; the duty desk has them."""


def lines_for(
    triaged: TriageResult, city: Bureau | None, *, stations: Stations = NO_STATIONS
) -> list[LineShown]:
    """Whom to turn to, most urgent first, with the city's police stations where they help."""
    return lines_shown(where_to_turn(triaged, city=city, stations=stations))


def lines_shown(lines: Iterable[ReferralLine]) -> list[LineShown]:
    """The lines with names, numbers, hours and purposes."""
    return [LineShown(**asdict(line)) for line in lines]


def explained(
    kind: Explained, triaged: TriageResult, *, city: Bureau | None, stations: Stations
) -> Warned:
    """Where to turn instead, and how to send the letter anyway."""
    return EXPLAINED[kind](lines_for(triaged, city, stations=stations), send_anyway=kind)


def warning_of(number: str, diversion: Diversion, *, refused: str | None = None) -> Warned:
    """The warning of a diversion; always the same, whatever became of it."""
    kind = HappeningNow if diversion.threshold == "ask" else Stopped
    return kind(
        lines_of(diversion),
        diversion=number,
        answer_at=_answer_at(number) if kind is HappeningNow else None,
        refused=refused,
    )


def emergency_shown(number: str, diversion: Diversion) -> EmergencyShown:
    """What the writer sees besides an answer or addition that was accepted."""
    asks = diversion.threshold == "ask"
    return EmergencyShown(
        diversion=number,
        detail=CAUGHT,
        lines=lines_of(diversion),
        answer_at=_answer_at(number) if asks else None,
    )


URGENT = TriageResult("emergency")
CAUGHT = (
    "如有危险请立即拨打 110。值班室已收到您写的内容，会尽快与您联系；这不能代替报警。 · "
    "In danger call 110 now. The duty desk has what you wrote and will call you; "
    "that doesn't replace calling 110."
)


def lines_of(diversion: Diversion) -> list[LineShown]:
    """Whom the writer of a diversion should turn to."""
    if diversion.threshold == "stop" or diversion.says_now:
        return lines_for(TriageResult("emergency", evidence=diversion.reasons), diversion.city)
    form = diversion.caught.form if diversion.caught else None
    also = form.triage.class_ if form else "accept"
    return lines_for(TriageResult(also, asks=True, evidence=diversion.reasons), diversion.city)


def _answer_at(number: str) -> str:
    return f"/v1/diversions/{number}/answer"


_SHOWN: dict[str, Any] = {"diversion": "DV-7K2M-9QXT-4HBN-W3RD-5"}
_LINES = lines_for(URGENT, "guangzhou")
EMERGENCIES = (
    Stopped(_LINES, **_SHOWN),
    HappeningNow(_LINES, **_SHOWN, answer_at=_answer_at(_SHOWN["diversion"])),
    NotKept(_LINES),
)
ELSEWHERE = tuple(
    kind(lines_for(TriageResult(code), "guangzhou"), send_anyway=code)
    for code, kind in EXPLAINED.items()
)


def warned(*others: Refused) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the warnings about emergencies, and these refusals."""
    described: dict[str, Any] = {
        "model": WarningShown,
        "description": (
            "Where to turn; or, without `lines`, what is wrong. Any problem of this route may have "
            "`emergency`, if the words look like one."
        ),
    }
    found = refuses(*EMERGENCIES, *others)
    return found | {status: found[status] | described for status in (422, 503)}
