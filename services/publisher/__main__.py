"""Starts the publisher: `python -m services.publisher`."""

import asyncio

from services.publisher.settings import PublisherSettings
from services.publisher.wiring import build
from shared.platform import logs
from shared.platform.settings import load

if __name__ == "__main__":
    settings = load(PublisherSettings)
    logs.setup("publisher", settings.log_level)
    asyncio.run(build(settings).run())
