"""Parts behind the pages of triage, chiefs, supervisors and auditors."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from services.router.pages.desk_pace import DeskPace
from services.router.store.desk_leases import DeskLeases
from services.router.store.overview import LetterOverview
from services.router.store.pending_decisions import PendingDecisions
from services.router.store.read_share import ReadShares
from shared.platform.crypto.signed_exports import ExportSigner
from shared.platform.letters.event_log import EventLog


@dataclass(frozen=True, slots=True)
class DeskTools:
    """The parts behind these pages."""

    overview: LetterOverview
    shares: ReadShares
    leases: DeskLeases
    pending: PendingDecisions
    history: EventLog
    signer: ExportSigner
    pace: DeskPace = field(default_factory=DeskPace)


async def _tools(request: Request) -> DeskTools:
    tools: DeskTools = request.app.state.desk_tools
    return tools


Tools = Annotated[DeskTools, Depends(_tools)]
