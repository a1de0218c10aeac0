"""Parts behind the pages of triage, chiefs, supervisors and auditors."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from services.router.pages.desk_pace import DeskPace
from services.router.store.desk_leases import DeskLeases
from services.router.store.overview import LetterOverview
from services.router.store.pending_decisions import PendingDecisions
from services.router.store.read_share import ReadShares
from shared.platform.letters.event_log import EventLog
from shared.platform.mongo.database import Collection


@dataclass(frozen=True, slots=True)
class DeskTools:
    """The parts behind these pages."""

    overview: LetterOverview
    shares: ReadShares
    leases: DeskLeases
    pending: PendingDecisions
    history: EventLog
    log: Collection
    """Events that have left their letters' documents."""
    pace: DeskPace = field(default_factory=DeskPace)


async def _tools(request: Request) -> DeskTools:
    tools: DeskTools = request.app.state.desk_tools
    return tools


Tools = Annotated[DeskTools, Depends(_tools)]
