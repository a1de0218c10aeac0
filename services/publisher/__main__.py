"""Starts the publisher or runs an operator's command: `python -m services.publisher`."""

import sys

from services.publisher.settings import PublisherSettings
from services.publisher.wiring import build
from shared.platform.app.cli import main
from shared.terminal import speak_plainly

if __name__ == "__main__":
    speak_plainly()
    sys.exit(main("publisher", PublisherSettings, build=build))
