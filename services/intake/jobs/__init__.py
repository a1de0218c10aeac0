"""Intake's own loops; all else that it does is caused by a request or by a record."""

from services.intake.jobs.releasing import Releasing
from services.intake.jobs.sealing import SealingAgain
from services.intake.jobs.watching import Watching

__all__ = ["Releasing", "SealingAgain", "Watching"]
