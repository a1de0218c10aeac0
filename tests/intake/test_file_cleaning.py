"""A cleaned file shows what its writer sees, and holds nothing else."""

from io import BytesIO
from typing import Any
from zlib import compress, crc32

import pikepdf
import pytest
from PIL import Image

from services.intake.files.cleaned import IsEncrypted, TooComplex
from services.intake.files.file_types import file_type
from services.intake.files.image_cleaning import THUMBNAIL_SIDE, cleaned_image, load_decoders
from services.intake.files.jpeg_segments import NotJpeg, without_metadata
from services.intake.files.pdf_cleaning import MOST_PAGES, cleaned_pdf
from tests.support.pictures import (
    MARK,
    SECRET,
    SIZE,
    document,
    document_with_secrets,
    picture,
    plain,
    with_secrets,
)

KINDS = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "HEIF": "heic"}
load_decoders("heic")


def shown(content: bytes | memoryview) -> Image.Image:
    """The picture as a browser shows it, which would turn it by its Exif data."""
    return Image.open(BytesIO(bytes(content)))


def is_upright(seen: Image.Image) -> bool:
    corner = seen.convert("RGB").getpixel((3, 3))
    assert isinstance(corner, tuple)
    return seen.size == SIZE and all(abs(a - b) < 40 for a, b in zip(corner, MARK, strict=True))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_upright_and_says_nothing_besides(kind: str, orientation: int) -> None:
    raw = with_secrets(kind, orientation=orientation)
    found = file_type(raw[:32])
    assert found == KINDS[kind]
    clean = cleaned_image(raw, found)
    assert SECRET.encode() in raw
    for content in (clean.content, clean.thumbnail):
        seen = shown(content)
        assert is_upright(seen)
        assert not {*seen.info} - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop",
                                   "background", "timestamp", "duration"}  # fmt: skip
        assert not dict(seen.getexif())
        assert SECRET.encode() not in bytes(content)
    assert clean.type == ("image/jpeg" if kind == "HEIF" else f"image/{kind.lower()}")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK"])
def test_every_mode_of_colour_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = BytesIO()
    if mode == "I;16":
        Image.new("I;16", SIZE, 40_000).save(out, kind)
    else:
        plain(mode=mode).save(out, kind)
    clean = cleaned_image(out.getvalue(), "jpeg" if kind == "JPEG" else "png")
    assert shown(clean.content).size == SIZE
    if mode == "I;16":
        grey = shown(clean.content).convert("L").getpixel((1, 1))
        assert grey == 40_000 // 256


def test_a_moving_picture_becomes_its_first_one() -> None:
    out = BytesIO()
    frames = [Image.new("RGB", SIZE, colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    seen = shown(cleaned_image(out.getvalue(), "webp").content)
    assert getattr(seen, "n_frames", 1) == 1


def test_a_thumbnail_is_small_and_keeps_the_shape() -> None:
    clean = cleaned_image(picture(size=(2_000, 500)), "jpeg")
    assert shown(clean.thumbnail).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 4)


def test_a_huge_picture_is_refused_before_it_is_decoded() -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + crc32(name + data).to_bytes(4, "big")

    head = (30_001).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", compress(b""))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(TooComplex):
        cleaned_image(bomb, "png")


def test_half_a_picture_is_refused() -> None:
    raw = picture(size=(600, 600))
    with pytest.raises(OSError, match="truncated"):
        cleaned_image(raw[: len(raw) // 2], "jpeg")


def test_a_document_keeps_its_pages_and_says_nothing_besides() -> None:
    raw = document_with_secrets()
    assert raw.count(SECRET.encode()) > 5
    clean = bytes(cleaned_pdf(raw).content)
    with pikepdf.open(BytesIO(clean)) as seen:
        assert set(seen.Root.keys()) == {"/Type", "/Pages"}
        assert set(seen.trailer.keys()) <= {"/Root", "/Size", "/ID", "/Info"}
        assert not dict(seen.docinfo)
        page = seen.pages[0]
        text = b"".join(each.read_bytes() for each in _streams(seen))
        assert b"Visible text" in text
        assert b"typed in" in text
        assert "/Annots" not in page.obj
        assert not [each for each in _strings(seen) if "SEED" in each]
        assert SECRET.encode() not in text
        assert is_upright(photo_in(seen)[1])
    assert SECRET.encode() not in clean
    assert b"JavaScript" not in clean


def photo_in(opened: pikepdf.Pdf) -> tuple[bytes, Image.Image]:
    """The photo of the first page: as it is stored, and decoded."""
    found: Any = next(iter(opened.pages[0].get_images().values()))
    return found.read_raw_bytes(), pikepdf.PdfImage(found).as_pil_image()


def _streams(opened: pikepdf.Pdf) -> list[pikepdf.Stream]:
    """The streams of all objects that can be decoded."""
    found = [each for each in opened.objects if isinstance(each, pikepdf.Stream)]
    return [each for each in found if each.get("/Filter") != pikepdf.Name.DCTDecode]


def _strings(opened: pikepdf.Pdf) -> list[str]:
    """All that is written in dictionaries and lists."""
    return [str(each) for found in opened.objects for each in _within(found)]


def _within(found: pikepdf.Object) -> list[pikepdf.Object]:
    if isinstance(found, pikepdf.String):
        return [found]
    if not isinstance(found, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
        return []
    parts: list[Any] = list(found) if isinstance(found, pikepdf.Array) else list(found.values())
    own = [each for each in parts if isinstance(each, pikepdf.Object) and not each.is_indirect]
    return [part for each in own for part in _within(each)]


@pytest.mark.parametrize(
    "permission", [pikepdf.Encryption(owner="o", user="u"), pikepdf.Encryption(owner="o", user="")]
)
def test_an_encrypted_document_is_refused(permission: pikepdf.Encryption) -> None:
    with pytest.raises(IsEncrypted):
        cleaned_pdf(document(encryption=permission))


def test_a_document_of_too_many_pages_is_refused() -> None:
    with pytest.raises(TooComplex):
        cleaned_pdf(document(pages=MOST_PAGES + 1))


@pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
def test_half_a_document_is_refused(part: float) -> None:
    raw = document_with_secrets()
    with pytest.raises((pikepdf.PdfError, ValueError)):
        cleaned_pdf(raw[: int(len(raw) * part)])


def test_a_photo_behind_two_filters_loses_its_place_too() -> None:
    with pikepdf.open(BytesIO(document_with_secrets())) as made:
        photo = next(iter(made.pages[0].get_images().values()))
        raw = photo.read_raw_bytes()
        both = [pikepdf.Name.FlateDecode, pikepdf.Name.DCTDecode]
        photo.write(compress(raw), filter=pikepdf.Array(both))
        out = BytesIO()
        made.save(out)
    with pikepdf.open(BytesIO(bytes(cleaned_pdf(out.getvalue()).content))) as seen:
        coded, decoded = photo_in(seen)
        assert SECRET.encode() not in coded
        assert is_upright(decoded)


def test_segments_of_a_progressive_jpeg_are_kept_in_order() -> None:
    raw = picture(size=(300, 200), progressive=True, comment=SECRET.encode())
    clean = without_metadata(raw + b"behind the end")
    assert SECRET.encode() not in clean
    assert clean.endswith(b"\xff\xd9")
    assert shown(clean).tobytes() == shown(raw).tobytes()


@pytest.mark.parametrize("raw", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"GIF89a"])
def test_what_is_no_jpeg_stream_is_refused(raw: bytes) -> None:
    with pytest.raises(NotJpeg):
        without_metadata(raw)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        (b"\0\0\0\x18ftypheic", "heic"),
        (b"%PDF-1.7", "pdf"),
        (b"\0\0\0\x18ftypavif", None),
        (b"GIF89a", None),
        (b"MZ\x90\0", None),
        (b"<svg xmlns=", None),
        (b"\n%PDF-1.7", None),
        (b"", None),
    ],
)
def test_the_type_is_told_by_the_first_bytes(head: bytes, kind: str | None) -> None:
    assert file_type(head) == kind
