"""Periodic jobs of intake; a request or a record causes everything else."""

from services.intake.jobs.diversion_gauges import DiversionGauges as DiversionGauges
from services.intake.jobs.diversion_release import DiversionReleaser as DiversionReleaser
from services.intake.jobs.erasing import Files as Files
from services.intake.jobs.erasing import LetterEraser as LetterEraser
from services.intake.jobs.file_orphans import FileOrphans as FileOrphans
from services.intake.jobs.file_scanning import FileScanning as FileScanning
from services.intake.jobs.identity_resealing import IdentityResealer as IdentityResealer
from services.intake.jobs.look_up_filling import LookUpFiller as LookUpFiller
from services.intake.jobs.retention import RetentionLoop as RetentionLoop
