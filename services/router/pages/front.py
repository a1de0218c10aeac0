"""The page at the router's own address."""

from shared.contracts.bilingual import Bilingual
from shared.platform.http.front_page import Front

FRONT = Front(
    Bilingual("工作人员入口", "For staff"),
    (
        Bilingual(
            (
                "这里供省厅、各市公安局工作人员分派、办理和督办来信。请使用单位的办公系统登录办理；"
                "浏览器直接打开本地址没有可操作的页面。"
            ),
            (
                "Staff of the province and of the cities’ bureaus assign, handle and supervise "
                "letters here. Please work in your office’s own system; there is no desk to be "
                "opened in a browser at this address."
            ),
        ),
        Bilingual(
            "来信人请回到写信的网页或小程序查看进展和答复。",
            "If you have written a letter, you find its progress and reply where you wrote it.",
        ),
    ),
)
