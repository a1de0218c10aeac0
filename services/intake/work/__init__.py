"""Intake's own loops; all else that it does is caused by a request or by a record."""

from services.intake.work.diversion_gauges import Watching
from services.intake.work.diversion_release import Releasing
from services.intake.work.identity_resealing import SealingAgain

__all__ = ["Releasing", "SealingAgain", "Watching"]
