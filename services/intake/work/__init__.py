"""Intake's own loops; all else that it does is caused by a request or by a record."""

from services.intake.work.releasing import Releasing
from services.intake.work.sealing import SealingAgain
from services.intake.work.watching import Watching

__all__ = ["Releasing", "SealingAgain", "Watching"]
