"""The front page at the notifier's address.

There is no page of clocks yet: supervisors read `GET /v1/clocks`.
"""

from shared.web.front_page import Front
from shared.web.language import N_

FRONT = Front(
    N_("Deadlines and messages"),
    (
        N_(
            "This service watches the deadlines of letters and sends notifications. Supervisors "
            "read deadlines in their office’s own system; there is nothing to do in a browser at "
            "this address."
        ),
        N_("If you have written a letter, you find its progress and reply where you wrote it."),
    ),
)
