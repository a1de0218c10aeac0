"""Periodic jobs of intake; a request or a record causes everything else."""

from services.intake.jobs.diversion_gauges import DiversionGauges
from services.intake.jobs.diversion_release import DiversionReleaser
from services.intake.jobs.file_scanning import FileScanning
from services.intake.jobs.identity_resealing import IdentityResealer
from services.intake.jobs.look_up_filling import LookUpFiller

__all__ = [
    "DiversionGauges",
    "DiversionReleaser",
    "FileScanning",
    "IdentityResealer",
    "LookUpFiller",
]
