"""What fills a floor's documents up to the size of ours? Bytes that nothing makes smaller."""

import os
import random

_POOL = os.urandom(1 << 20)


def padding(count: int) -> bytes:
    """`count` bytes, from another place each time."""
    at = random.randrange(len(_POOL) - count)  # noqa: S311 - nothing secret hangs on it
    return _POOL[at : at + count]
