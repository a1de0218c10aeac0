"""Periodic jobs of intake; a request or a record causes everything else."""

from services.intake.work.diversion_gauges import DiversionGauges
from services.intake.work.diversion_release import DiversionReleaser
from services.intake.work.identity_resealing import IdentityResealer

__all__ = ["DiversionGauges", "DiversionReleaser", "IdentityResealer"]
