"""Cleaning of pictures: decoded and encoded again, so that nothing but the visible picture remains.

Runs in the cleaning process alone.
"""

import struct
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any, Final

from PIL import Image, MpoImagePlugin, WebPImagePlugin
from pillow_heif import options, register_heif_opener

from services.intake.files.cleaned import CleanedBytes, TooComplex
from services.intake.files.file_types import MEDIA_TYPES, FileType

MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 30_000
MAX_CLEAN: Final = 16 * 1024 * 1024
"""Maximum bytes of a PNG or WebP picture after cleaning; a larger one becomes a JPEG picture."""
THUMBNAIL_SIDE: Final = 320
ORIENTATION: Final = 0x0112
"""The Exif tag that says how the camera was held."""

DECODERS: Final = (MpoImagePlugin, WebPImagePlugin)
"""Loaded here, besides those of `preinit`; Pillow would load them when they are first needed."""
UNREADABLE: Final = (
    *(ArithmeticError, EOFError, LookupError, OSError, SyntaxError, TypeError, ValueError),
    struct.error,
)
"""What Pillow raises about a broken block of Exif data."""
_FORMATS: Final[Mapping[FileType, tuple[str, ...]]] = MappingProxyType(
    {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",), "heic": ("HEIF",)}
)
_TURNS: Final = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)


def load_decoders(kind: FileType) -> None:
    """Load the decoders for that type, because later no file can be opened."""
    Image.preinit()
    if kind == "heic":
        options.DECODE_THREADS = 1
        register_heif_opener(thumbnails=False)


def cleaned_image(raw: bytes, kind: FileType) -> CleanedBytes:
    """The first picture in `raw`, upright, without metadata. Raises: TooComplex; OSError, ..."""
    with _opened(raw, kind) as opened:
        turn = _TURNS.get(_orientation(opened))
        opened.load()
        picture = opened.transpose(turn) if turn is not None else opened
        picture = _plain(picture, has_alpha=kind in ("png", "webp"))
    picture.info = {}
    thumbnail = _thumbnail(picture)
    kept: FileType = "jpeg" if kind == "heic" else kind
    content = _encoded(picture, kept)
    if kept != "jpeg" and len(content) > MAX_CLEAN:
        kept, content = "jpeg", _encoded(_on_white(picture), "jpeg")
    return CleanedBytes(MEDIA_TYPES[kept], content, thumbnail)


def _opened(raw: bytes, kind: FileType) -> Image.Image:
    """The picture, not decoded yet. Raises: TooComplex; OSError, ..."""
    try:
        opened = Image.open(BytesIO(raw), formats=_FORMATS[kind])
    except Image.DecompressionBombError:
        raise TooComplex from None
    width, height = opened.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise TooComplex
    return opened


def _orientation(picture: Image.Image) -> int:
    """How the camera was held; 1 (upright) if that can't be read, which harms nobody."""
    try:
        found = picture.getexif().get(ORIENTATION, 1)
    except UNREADABLE:
        return 1
    return found if isinstance(found, int) else 1


def _plain(picture: Image.Image, *, has_alpha: bool) -> Image.Image:
    """The picture in a mode that every format here can hold."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(_to_eight_bits).convert("L")
    if has_alpha and ("A" in picture.mode or "transparency" in picture.info):
        mode = "RGBA"
    else:
        mode = "L" if picture.mode in ("1", "L") else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def _to_eight_bits(value: Any) -> Any:
    return value * (1 / 256)


def _thumbnail(picture: Image.Image) -> memoryview:
    share = min(1.0, THUMBNAIL_SIDE / max(picture.size))
    size = tuple(max(1, round(side * share)) for side in picture.size)
    small = picture.resize((size[0], size[1]), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return _encoded(_on_white(small), "jpeg", quality=75)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _encoded(picture: Image.Image, kind: FileType, *, quality: int = 90) -> memoryview:
    out = BytesIO()
    if kind == "png":
        picture.save(out, "PNG")
    elif kind == "webp":
        picture.save(out, "WEBP", quality=quality, method=1)  # a sixth of the default's time
    else:
        picture.save(out, "JPEG", quality=quality)
    return out.getbuffer()
