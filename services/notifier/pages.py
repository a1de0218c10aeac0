"""The front page at the notifier's address.

There is no page of clocks yet: supervisors read `GET /v1/clocks`.
"""

from shared.contracts.bilingual import Bilingual
from shared.platform.http.front_page import Front

FRONT = Front(
    Bilingual("期限与通知", "Deadlines and messages"),
    (
        Bilingual(
            (
                "这里计算每封来信的办理期限，并发出通知。督办人员请使用单位的办公系统查看期限；"
                "浏览器直接打开本地址没有可操作的页面。"
            ),
            (
                "This service watches the deadlines of letters and sends notifications. "
                "Supervisors read deadlines in their office’s own system; there is nothing to do "
                "in a browser at this address."
            ),
        ),
        Bilingual(
            "来信人请回到写信的网页或小程序查看进展和答复。",
            "If you have written a letter, its progress and reply are where you wrote it.",
        ),
    ),
)
