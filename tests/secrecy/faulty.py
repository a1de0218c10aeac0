"""Runs one service with faults that concern words: `python -m tests.secrecy.faulty MODULE`.

In each service one function fails once, with an error text full of words and identities, as
careless code and libraries produce them. Triage follows planted words. Everything else is as with
`tests.chaos.launch`. While a file `mortal` is in `CHAOS_DIR`, such an error ends the publisher.
"""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from services.intake import wiring
from services.intake.api import letter_submission
from services.notifier.jobs.message_gateway import MessageGateway
from services.publisher.jobs import DraftGauge
from services.router import handlers
from shared.contracts.submitted_v1 import RatingSubmitted
from shared.rules.classify.triage import triaged
from tests.chaos import launch
from tests.intake.emergencies import PLANTED
from tests.secrecy.seeds import REQUEST

MORTAL = "mortal"
SAID = " ".join(secret.text for secret in REQUEST.secrets())


def main() -> None:
    """Become the service named on the command line."""
    setattr(wiring, triaged.__name__, partial(triaged, rules=PLANTED))
    _fails_once(letter_submission, "submit_command", ValueError)
    _fails_once(MessageGateway, "send", TypeError)
    rated = handlers.HANDLERS[RatingSubmitted]
    table: Any = handlers.HANDLERS
    table[RatingSubmitted] = _once(rated, KeyError)
    if (Path(os.environ["CHAOS_DIR"]) / MORTAL).exists():
        _fails_once(DraftGauge, "count", RuntimeError)
    launch.main()


def _fails_once(owner: Any, name: str, fault: type[Exception]) -> None:
    setattr(owner, name, _once(getattr(owner, name), fault))


def _once(call: Callable[..., Any], fault: type[Exception]) -> Callable[..., Any]:
    waiting = [fault]

    def failing(*given: Any, **more: Any) -> Any:
        if waiting:
            raise waiting.pop()(SAID)
        return call(*given, **more)

    return failing


if __name__ == "__main__":
    sys.argv[0] = launch.__file__ or ""
    main()
