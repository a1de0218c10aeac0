"""What did one writer receive? The messages about one letter, as the gateway got them. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from shared.kernel.civil import GUANGDONG

NUMBER = re.compile(r"GD-[0-9A-Z-]+")
STAFF = "staff"


def received(messages: Sequence[Mapping[str, Any]]) -> Table:
    """The messages about the letter of which its writer heard most, in order, with office dates.

    `messages`: newest first. Of several letters the one first heard of.
    """
    told = [one for one in reversed(messages) if one["channel"] != STAFF]
    about = Counter(number for one in told if (number := _number(one)))
    if not about:
        return Table("还没有消息 no messages yet")
    ((number, count),) = about.most_common(1)
    ours = [one for one in told if _number(one) == number]
    title = f"一位写信人收到什么 what one writer received about {number}: {count} 条 messages"
    table = Table(title=title, title_justify="left", box=SIMPLE)
    table.add_column("时间 when", no_wrap=True)
    table.add_column("文字 text", overflow="fold")
    for one in ours:
        at = datetime.fromisoformat(str(one["sent_at"])).astimezone(GUANGDONG)
        table.add_row(f"{at:%Y-%m-%d %H:%M}", Text(str(one["text"])))
    return table


def _number(message: Mapping[str, Any]) -> str:
    found = NUMBER.search(str(message["text"]))
    return found[0] if found else ""
