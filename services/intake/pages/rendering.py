"""Rendering of the duty desk's pages: templates and labels."""

from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from services.intake.domain.duty_desk import DutyRow, DutyShown
from shared.contracts.bilingual import Bilingual
from shared.contracts.names import DIVERSION_OUTCOMES
from shared.kernel.working_days import GUANGDONG
from shared.platform.runtime.data_files import bureaus
from shared.web.session_cookies import session_of

HERE = Path(__file__).parent.parent
STYLE = HERE / "static" / "duty.css"

_TEMPLATES = Jinja2Templates(directory=HERE / "templates")


def render(request: Request, name: str, *, status: int = 200, **shown: Any) -> Response:
    """A page; everything that people wrote is escaped."""
    shown["csrf"] = session_of(request).csrf
    return _TEMPLATES.TemplateResponse(request, name, shown, status_code=status)


def labelled(shown: DutyShown) -> dict[str, Any]:
    """A diversion with its labels."""
    bureau = bureaus().bureau_for(shown.city) if shown.city else None
    return {
        "shown": shown,
        "age": age(shown.age_s),
        "is_late": shown.seen_at is None and shown.age_s >= _limit_s(shown),
        "came": clock_time(shown.diverted_at),
        "seen": clock_time(shown.seen_at) if shown.seen_at else None,
        "city": (bureau.city_zh, bureau.city_en) if bureau else None,
        "outcome": DIVERSION_OUTCOMES[shown.outcome] if shown.outcome else None,
    }


def row(shown: DutyRow) -> dict[str, Any]:
    """A writer's row with its labels; as old and as late as its first diversion."""
    is_late = shown.seen_at is None and shown.first_age_s >= _limit_s(shown)
    return labelled(shown) | {"age": age(shown.first_age_s), "is_late": is_late}


def clock_time(at: datetime) -> str:
    """Day and time in Guangdong."""
    return f"{at.astimezone(GUANGDONG):%m-%d %H:%M:%S}"


def age(seconds: int) -> Bilingual:
    """How long ago, in Chinese and English."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return Bilingual(f"{hours} 小时 {minutes} 分", f"{hours} h {minutes} min")
    return Bilingual(f"{minutes} 分 {rest} 秒", f"{minutes} min {rest} s")


def _limit_s(shown: DutyShown) -> float:
    return (shown.see_by - shown.diverted_at).total_seconds()
