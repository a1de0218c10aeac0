"""What the router's pages share: where their templates are, and the key and step of a form."""

from pathlib import Path
from secrets import token_hex
from typing import Literal

TEMPLATES = Path(__file__).parent.parent / "templates"
PLACE = "/desk"
"""All pages of staff are below this path."""
Step = Literal["check", "send"]
"""What a posted form asks for: the check page, or to do it."""


def new_key() -> str:
    """Return an idempotency key for a form, so that a double submit acts once."""
    return token_hex(16)
