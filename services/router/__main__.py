"""Starts the router, or does one of its operator's commands: `python -m services.router`."""

import sys

from services.router.settings import RouterSettings
from services.router.wiring import build
from shared.platform.app.cli import main
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main("router", RouterSettings, build=build))
