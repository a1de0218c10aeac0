"""Starts intake, or does one of its operator's commands: `python -m services.intake`."""

import sys

from services.intake.settings import IntakeSettings
from services.intake.wiring import build
from shared.platform.operating import main

if __name__ == "__main__":
    sys.exit(main("intake", IntakeSettings, build=build))
