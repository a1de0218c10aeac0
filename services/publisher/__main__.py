"""Starts the publisher: reads the settings and runs until told to stop."""

import asyncio

from services.publisher.settings import PublisherSettings
from services.publisher.wiring import build
from shared.platform.settings import load

if __name__ == "__main__":
    asyncio.run(build(load(PublisherSettings)).run())
