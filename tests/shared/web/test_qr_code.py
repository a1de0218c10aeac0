"""QR codes need no styles, and nothing of the address stands in the picture's text."""

import re

from shared.web.qr_code import qr_code


def test_a_code_is_a_picture_without_styles_or_text() -> None:
    drawn = qr_code("https://mailbox.example.cn/my/letters/GD-0000-0000-0000-0000-0")
    assert drawn.startswith("<svg")
    assert re.findall(r'(viewBox|fill|stroke)="([^"]+)"', drawn) == [
        ("viewBox", "0 0 41 41"),
        ("fill", "#fff"),
        ("stroke", "#000"),
    ]
    assert not re.search(r"style|<script|mailbox|>[^<]+<", drawn)
    assert len(drawn) < 8_000
