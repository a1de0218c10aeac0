"""Runs one service in which triage goes by planted words: `python -m tests.chaos.guarded MODULE`.

So what becomes of an emergency is tried whatever the rules of the day say. All else is as with
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
