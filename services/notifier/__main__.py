"""Starts the notifier: reads the settings and runs until told to stop."""

import asyncio

from services.notifier.settings import NotifierSettings
from services.notifier.wiring import build
from shared.platform.settings import load

if __name__ == "__main__":
    asyncio.run(build(load(NotifierSettings)).run())
