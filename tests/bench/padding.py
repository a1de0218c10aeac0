"""Incompressible bytes that bring a floor's documents to the size of ours."""

import os
import random

_POOL = os.urandom(1 << 20)


def padding(count: int) -> bytes:
    """`count` bytes, from another place each time."""
    at = random.randrange(len(_POOL) - count)  # noqa: S311 - nothing secret hangs on it
    return _POOL[at : at + count]
