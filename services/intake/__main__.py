"""Starts intake or runs an operator's command: `python -m services.intake`."""

import sys

from services.intake.settings import IntakeSettings
from services.intake.wiring import build
from shared.platform.app.cli import main
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main("intake", IntakeSettings, build=build))
