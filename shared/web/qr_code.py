"""QR codes as inline SVG."""

from typing import Final

import segno

QUIET_ZONE: Final = 4
"""Modules of white around the code, as ISO/IEC 18004 asks."""


def qr_code(address: str) -> str:
    """The address as an SVG without styles or size: black on white, also on dark pages."""
    code = segno.make_qr(address, error="m")
    return code.svg_inline(
        omitsize=True, border=QUIET_ZONE, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
