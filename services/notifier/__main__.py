"""Starts the notifier or runs an operator's command: `python -m services.notifier`."""

import sys

from services.notifier.settings import NotifierSettings
from services.notifier.wiring import build
from shared.platform.app.cli import main
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main("notifier", NotifierSettings, build=build))
