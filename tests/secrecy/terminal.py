"""Commands as people type them, with their command lines and output."""

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.secrecy.search import Place, Text


@dataclass
class Terminal:
    """A terminal. `environment`: variables besides those of this process, by module."""

    environment: Callable[[str], Mapping[str, str]]
    printed: list[Text] = field(default_factory=list, repr=False)

    async def run(
        self, name: str, module: str, *words: str, typed: str = "", fails: bool = False
    ) -> str:
        """Run one command and keep its output under `name`. `fails`: whether it may fail."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *words),
            env={**os.environ, **self.environment(module)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate(typed.encode())
        self.printed.append((Place("output", name), said))
        assert fails or process.returncode == 0, said.decode()
        return said.decode()
