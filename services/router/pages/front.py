"""The page at the router's own address."""

from shared.web.front_page import Front
from shared.web.language import N_

FRONT = Front(
    N_("For staff"),
    (
        N_(
            "Staff of the province and of the cities’ bureaus assign, handle and supervise letters "
            "here. Please work in your office’s own system; there is no desk to be opened in a "
            "browser at this address."
        ),
        N_("If you have written a letter, you find its progress and reply where you wrote it."),
    ),
)
