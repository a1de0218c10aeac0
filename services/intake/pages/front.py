"""The page at intake's address, which messages to writers mention."""

from shared.contracts.bilingual import Bilingual
from shared.platform.http.front_page import Front

FRONT = Front(
    Bilingual("来信受理", "Letters come in here"),
    (
        Bilingual(
            (
                "群众写给公安厅厅长和各市公安局局长的信由这里收取，封封有人看、件件有答复。"
                "写信、查看进展和答复，请登录您写信时使用的网页或小程序。"
            ),
            (
                "Letters to the province’s police chief and to the chiefs of its cities come in "
                "here; each is read and answered. To write, or to see the progress of a letter "
                "and its reply, sign in to the website or app in which you wrote it."
            ),
        ),
    ),
)
