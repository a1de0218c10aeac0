"""The table of the messages that one writer received, as the gateway got them."""

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
    """Return the messages about the letter with most messages, in order, with office dates.

    `messages`: newest first. Among letters with equally many, the earliest counts.
    """
    to_writers = [message for message in reversed(messages) if message["channel"] != STAFF]
    about = Counter(number for message in to_writers if (number := _number(message)))
    if not about:
        return Table("还没有消息 no messages yet")
    ((number, count),) = about.most_common(1)
    ours = [message for message in to_writers if _number(message) == number]
    title = f"一位写信人收到什么 what one writer received about {number}: {count} 条 messages"
    table = Table(title=title, title_justify="left", box=SIMPLE)
    table.add_column("时间 when", no_wrap=True)
    table.add_column("文字 text", overflow="fold")
    for message in ours:
        at = datetime.fromisoformat(str(message["sent_at"])).astimezone(GUANGDONG)
        table.add_row(f"{at:%Y-%m-%d %H:%M}", Text(str(message["text"])))
    return table


def _number(message: Mapping[str, Any]) -> str:
    found = NUMBER.search(str(message["text"]))
    return found[0] if found else ""
