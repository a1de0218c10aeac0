"""Runs one service whose triage follows planted words: `python -m tests.chaos.guarded MODULE`.

This makes an emergency independent of the current rules. Everything else is as with
`tests.chaos.launch`.
"""

import sys
from functools import partial

from services.intake import wiring
from shared.rules.classify.triage import triaged
from tests.chaos import launch
from tests.intake.emergencies import PLANTED


def main() -> None:
    """Become the service named on the command line."""
    setattr(wiring, triaged.__name__, partial(triaged, rules=PLANTED))
    launch.main()


if __name__ == "__main__":
    sys.argv[0] = launch.__file__ or ""
    main()
