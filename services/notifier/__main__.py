"""Starts the notifier: `python -m services.notifier`."""

import asyncio

from services.notifier.settings import NotifierSettings
from services.notifier.wiring import build
from shared.platform import logs
from shared.platform.settings import load

if __name__ == "__main__":
    settings = load(NotifierSettings)
    logs.setup("notifier", settings.log_level)
    asyncio.run(build(settings).run())
