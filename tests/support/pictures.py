"""Pictures and documents as writers send them, with secrets where cameras and programs put them."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

import pikepdf
import pillow_heif
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageDraw, PngImagePlugin

SIZE: Final = (64, 48)
SECRET: Final = "种子机密-SEED-4417"
"""What no cleaned file may hold."""
MARK: Final = (250, 5, 5)
"""The colour of the upper left corner of an upright picture."""


def plain(size: tuple[int, int] = SIZE, *, mode: str = "RGB") -> Image.Image:
    """A blue picture with a red corner at the upper left."""
    shown = Image.new("RGB", size, (5, 5, 250))
    ImageDraw.Draw(shown).rectangle((0, 0, size[0] // 3, size[1] // 3), fill=MARK)
    return shown.convert(mode)


def picture(kind: str = "JPEG", *, size: tuple[int, int] = SIZE, **saved: Any) -> bytes:
    """Such a picture, encoded; `saved`: what the encoder takes."""
    out = BytesIO()
    plain(size).save(out, kind, **saved)
    return out.getvalue()


def exif(*, orientation: int = 1) -> bytes:
    """Exif data of a camera that says where, when and by whom."""
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010E] = found[0x9286] = found[0x013B] = SECRET
    gps = found.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (23.0, 7.0, 44.17), "E", (113.0, 15.0, 44.17)
    gps[29] = SECRET
    return found.tobytes()


def with_secrets(kind: str, *, orientation: int = 1) -> bytes:
    """A picture with a secret in each place for metadata, and behind its end."""
    saved: dict[str, Any] = {
        "exif": exif(orientation=orientation),
        "icc_profile": SECRET.encode(),
        "xmp": f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode(),
    }
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", SECRET)
        notes.add_itxt("Author", SECRET, zip=True)
        saved |= {"pnginfo": notes}
    if kind == "JPEG":
        saved |= {"comment": SECRET.encode()}
    if kind == "HEIF":
        pillow_heif.register_heif_opener()
        saved.pop("icc_profile")
    turned = _TURNS[orientation](plain())
    out = BytesIO()
    turned.save(out, kind, **saved)
    return out.getvalue() + SECRET.encode() * 3


_TURNS: Final[Mapping[int, Callable[[Image.Image], Image.Image]]] = {
    1: lambda shown: shown,
    3: lambda shown: shown.transpose(Image.Transpose.ROTATE_180),
    6: lambda shown: shown.transpose(Image.Transpose.ROTATE_90),
    8: lambda shown: shown.transpose(Image.Transpose.ROTATE_270),
}
"""How the camera's sensor saw the upright picture, by the orientation that it wrote."""


def document(*, pages: int = 1, **saved: Any) -> bytes:
    """A document with a line of text on each page."""
    with Pdf.new() as made:
        for _ in range(pages):
            _page(made)
        return _saved(made, **saved)


def document_with_secrets() -> bytes:
    """A document with everything that a page doesn't show, a secret in each place."""
    script = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{SECRET}')"))
    with Pdf.new() as made:
        page = _page(made)
        form = made.make_stream(b"BT /F1 9 Tf 2 2 Td (typed in) Tj ET")
        form.stream_dict = Dictionary(
            Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 80, 14], Resources=_fonts(made),
            Metadata=made.make_stream(SECRET.encode()),
        )  # fmt: skip
        field = made.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(SECRET), F=4,
                V=String("typed in"), Rect=[20, 20, 100, 34], AA=Dictionary(K=script),
                AP=Dictionary(N=form),
            )
        )  # fmt: skip
        page.obj.Annots = Array([field, *_annotations(made, script)])
        named = Dictionary(Metadata=made.make_stream(SECRET.encode()))
        page.obj.Resources.Properties = Dictionary(MC0=named)
        page.obj.AA = Dictionary(O=script)
        page.obj.PieceInfo = Dictionary(Program=Dictionary(Private=String(SECRET)))
        page.obj.Resources.XObject = Dictionary(Photo=_photo(made))
        page.obj.Contents = made.make_stream(
            b"BT /F1 12 Tf 20 100 Td (Visible text) Tj ET q 40 0 0 30 20 40 cm /Photo Do Q"
        )
        made.Root.AcroForm = Dictionary(
            Fields=[field], XFA=made.make_stream(SECRET.encode()), NeedAppearances=False
        )
        made.Root.OpenAction = script
        made.Root.AA = Dictionary(WC=script)
        made.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array([String("start"), script])),
        )
        made.attachments["notes.txt"] = pikepdf.AttachedFileSpec(made, SECRET.encode())
        made.Root.Outlines = Dictionary(Type=Name.Outlines, Title=String(SECRET))
        made.docinfo["/Author"] = SECRET
        with made.open_metadata() as told:
            told["dc:creator"] = [SECRET]
        return _saved(made, compress_streams=False)


def _annotations(made: Pdf, script: Dictionary) -> list[Any]:
    actions = (
        script,
        Dictionary(S=Name.Launch, F=String(SECRET)),
        Dictionary(S=Name.URI, URI=String(f"https://example.cn/{SECRET}")),
        Dictionary(S=Name.SubmitForm, F=String(SECRET)),
    )
    links = [
        Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=action)
        for action in actions
    ]
    media = Dictionary(
        Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 9, 9],
        RichMediaContent=Dictionary(Assets=made.make_stream(SECRET.encode())),
    )  # fmt: skip
    return [*links, media]


def _page(made: Pdf) -> pikepdf.Page:
    page = made.add_blank_page(page_size=(200, 200))
    page.obj.Resources = _fonts(made)
    page.obj.Contents = made.make_stream(b"BT /F1 12 Tf 20 100 Td (Visible text) Tj ET")
    return page


def _fonts(made: Pdf) -> Dictionary:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    return Dictionary(Font=Dictionary(F1=made.make_indirect(font)))


def _photo(made: Pdf) -> Any:
    """A photo as the camera made it, with the place in its Exif data."""
    photo = made.make_stream(with_secrets("JPEG"))
    photo.stream_dict = Dictionary(
        Type=Name.XObject, Subtype=Name.Image, Width=SIZE[0], Height=SIZE[1],
        ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.DCTDecode,
        Metadata=made.make_stream(SECRET.encode()),
    )  # fmt: skip
    return made.make_indirect(photo)


def _saved(made: Pdf, **saved: Any) -> bytes:
    out = BytesIO()
    made.save(out, **saved)
    return out.getvalue()
