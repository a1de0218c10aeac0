"""Periodic jobs of intake; a request or a record causes everything else."""

from services.intake.jobs.diversion_gauges import DiversionGauges
from services.intake.jobs.diversion_release import DiversionReleaser
from services.intake.jobs.erasing import Files, LetterEraser
from services.intake.jobs.file_orphans import FileOrphans
from services.intake.jobs.file_scanning import FileScanning
from services.intake.jobs.identity_resealing import IdentityResealer
from services.intake.jobs.look_up_filling import LookUpFiller
from services.intake.jobs.retention import RetentionLoop

__all__ = [
    "DiversionGauges",
    "DiversionReleaser",
    "FileOrphans",
    "FileScanning",
    "Files",
    "IdentityResealer",
    "LetterEraser",
    "LookUpFiller",
    "RetentionLoop",
]
