"""The measured letters: invented, 600 characters each, no two alike.

All have the same shape and size, which makes rounds comparable.
"""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.submitted_v1 import LetterSubmitted
from shared.contracts.values import Place, Triage
from shared.contracts.words import Contact, Identity, LetterText

WRITER = "chen"
"""The demo person who writes them all."""
NAME, PHONE = "陈小禾", "15400010001"
CHARACTERS = 600
SUBJECT = "楼下烧烤摊深夜扰民，请派人看一看"

_STORY = (
    "我住在江边的老街坊，楼下新开了一家烧烤摊，每天从傍晚摆到凌晨两点，桌椅占了半条人行道，"
    "音响一直开着，划拳和叫喊的声音隔着两层窗户也听得清清楚楚。家里有老人和要上学的孩子，"
    "已经连着几个星期没有睡过一个整觉。我和邻居几次下去商量，摊主当面答应，第二天照旧。"
    "也打过电话，有人来的时候他们就收一收，人一走又摆出来。油烟顺着楼道往上走，"
    "门口的消防通道经常被电动车和煤气罐堵住，我们很担心哪一天会出事。"
    "希望能有一个固定的时间来巡查，把占道和噪音一起管一管，也请告诉我们由哪个部门负责、"
    f"什么时候可以答复。我叫{NAME}，电话{PHONE}，白天晚上都可以联系。谢谢你们的辛苦。"
)


def body(serial: int) -> str:
    """The text of letter number `serial`, which begins with the serial."""
    opening = f"第{serial:08d}号。"
    return (opening + _STORY * 2)[:CHARACTERS]


def city(serial: int) -> Bureau:
    """The city of the matter: each bureau gets equally many letters."""
    return BUREAUS[serial % len(BUREAUS)]


def content(serial: int) -> dict[str, Any]:
    """The letter as the writer posts it, who has sent nearly the same before."""
    return {
        "subject": SUBJECT,
        "body": body(serial),
        "category": "request",
        "place": {"city": city(serial)},
        "lang": "zh",
        "channel": "web",
        "consent_to_publish": True,
        "contact": {"phone": PHONE},
        "send_anyway": "same_matter",
    }


def request(serial: int, *, port: int, token: str, run: str) -> bytes:
    """The whole request as it goes over the wire; `run` keeps the keys of two runs apart."""
    sent = json.dumps(content(serial), ensure_ascii=False, separators=(",", ":")).encode()
    head = (
        "POST /v1/letters HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {token}\r\n"
        f"Idempotency-Key: bench-{run}-{serial:08d}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


def submitted(serial: int, *, at: datetime) -> LetterSubmitted:
    """The same letter in intake's event, words still clear."""
    text = body(serial)
    return LetterSubmitted(
        received_at=at,
        channel="web",
        lang="zh",
        category="request",
        place=Place(city=city(serial)),
        consent_to_publish=True,
        notice_version="1",
        text_sha256=sha256(f"{SUBJECT}\n{text}".encode()).hexdigest(),
        triage=Triage(class_="accept"),
        words=LetterText(subject=SUBJECT, body=text),
        contact=Contact(phone=PHONE),
        identity=Identity(name=NAME, id_number="440199198804122181", phone=PHONE),
    )
