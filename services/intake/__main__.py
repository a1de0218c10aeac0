"""Starts intake: `python -m services.intake`."""

import asyncio

from services.intake.settings import IntakeSettings
from services.intake.wiring import build
from shared.platform import logs
from shared.platform.settings import load

if __name__ == "__main__":
    settings = load(IntakeSettings)
    logs.setup("intake", settings.log_level)
    asyncio.run(build(settings).run())
