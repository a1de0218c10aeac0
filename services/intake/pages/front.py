"""The page at intake's address, which messages to writers mention."""

from services.intake.pages.notice import HERE
from shared.web.front_page import Front
from shared.web.language import N_

FRONT = Front(
    N_("Letters come in here"),
    (
        N_(
            "Letters to the province’s police chief and to the chiefs of its cities come in here; "
            "each is read and answered. To write, or to see the progress of a letter and its "
            "reply, sign in to the website or app in which you wrote it."
        ),
    ),
    links=((HERE, N_("Notice to letter-writers")),),
)
