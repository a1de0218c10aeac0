"""Pictures and documents as writers send them, with secrets where cameras and programs put them."""

from io import BytesIO
from typing import Any, Final

from PIL import Image

SIZE: Final = (64, 48)


def picture(kind: str = "JPEG", *, size: tuple[int, int] = SIZE, **saved: Any) -> bytes:
    """A red picture; `saved`: what the encoder takes."""
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **saved)
    return out.getvalue()
