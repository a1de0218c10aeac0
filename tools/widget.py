"""Prints the line with which another site includes the mailbox: `python -m tools.widget`."""

import argparse
import re
import sys
from collections.abc import Sequence
from typing import Final, get_args

from services.intake.pages.widget import WidgetMode, snippet
from shared.contracts.slugs import BUREAUS

ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.widget", description=__doc__)
    parser.add_argument("--base", required=True, help="where the citizens' pages are")
    parser.add_argument("--mode", choices=get_args(WidgetMode), default="popup")
    parser.add_argument("--city", choices=BUREAUS, default="province", metavar="SLUG")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    asked = parser.parse_args(arguments)
    if not ORIGIN.fullmatch(asked.base):
        parser.error("--base must be scheme and host, such as https://mailbox.example.org")
    print(snippet(asked.base, mode=asked.mode, city=asked.city, lang=asked.lang))
    return 0


if __name__ == "__main__":
    sys.exit(main())
