"""Starts the router: `python -m services.router`."""

import asyncio

from services.router.settings import RouterSettings
from services.router.wiring import build
from shared.platform import logs
from shared.platform.settings import load

if __name__ == "__main__":
    settings = load(RouterSettings)
    logs.setup("router", settings.log_level)
    asyncio.run(build(settings).run())
