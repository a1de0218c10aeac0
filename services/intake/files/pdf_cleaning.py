"""Cleaning of PDF: its pages alone are copied into a new document.

Everything else a document can have (scripts, actions, forms, embedded files, outlines, metadata)
hangs on its catalogue or its annotations, which are not copied; what an annotation or a form field
shows becomes part of its page. Runs in the cleaning process alone.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf, Stream

from services.intake.files.cleaned import CleanedBytes, IsEncrypted, TooComplex
from services.intake.files.jpeg_segments import without_metadata
from services.intake.files.pdf_unfolding import check_unfolding, filters_of

MOST_PAGES: Final = 300
MOST_OBJECTS: Final = 50_000
OF_PAGE: Final = frozenset({
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
    "/Rotate", "/Contents", "/Group", "/UserUnit",
})  # fmt: skip
"""What a page keeps: what shows it."""
NEVER: Final = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/Properties")
"""What no dictionary keeps; marked content and layers are named in `/Properties`."""
OF_STREAM: Final = (
    "/F", "/FFilter", "/FDecodeParms", "/OPI", "/Ref", "/Alternates", "/Measure", "/PtData",
    "/StructParent", "/StructParents", "/OC", "/PS", "/Subtype2", "/Level1",
)  # fmt: skip
"""What a picture or a form loses besides: references to other files, programs for printers, and
what else describes it.
"""
JPEG: Final = Name.DCTDecode


def cleaned_pdf(raw: bytes) -> CleanedBytes:
    """The pages of a document. Raises: IsEncrypted, TooComplex; PdfError, ..., if it is broken."""
    with _opened(raw) as source, Pdf.new() as target:
        _check_size(source)
        source.generate_appearance_streams()
        source.flatten_annotations("screen")
        for page in source.pages:
            for name in set(page.obj.keys()) - OF_PAGE:
                del page.obj[name]
            target.pages.append(page)
        for found in list(target.objects):
            _strip(found, target)
        check_unfolding(each for each in target.objects if isinstance(each, Stream))
        out = BytesIO()
        target.save(out, fix_metadata_version=False, linearize=False)
    return CleanedBytes("application/pdf", out.getbuffer())


def _opened(raw: bytes) -> Pdf:
    try:
        source = Pdf.open(BytesIO(raw), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise IsEncrypted from None
    if source.is_encrypted:
        source.close()
        raise IsEncrypted
    return source


def _check_size(source: Pdf) -> None:
    if len(source.pages) > MOST_PAGES or len(source.objects) > MOST_OBJECTS:
        raise TooComplex
    if not len(source.pages):
        raise ValueError("no page")


def _strip(found: Object, target: Pdf) -> None:
    """Remove what an object says besides what it shows."""
    if isinstance(found, Stream):
        _delete(found, OF_STREAM)
        if found.get("/Subtype") == Name.PS:
            found.write(b"")
        _strip_picture(found, target)
    for part in _dictionaries(found):
        _delete(part, NEVER)


def _dictionaries(found: Any) -> Iterator[Any]:
    """The object's dictionaries, without those of other objects that it refers to."""
    if isinstance(found, Dictionary | Stream):
        yield found
    elif not isinstance(found, pikepdf.Array):
        return
    for part in found if isinstance(found, pikepdf.Array) else list(found.values()):
        if isinstance(part, Object) and not part.is_indirect:
            yield from _dictionaries(part)


def _delete(found: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if name in found:
            del found[name]


def _strip_picture(found: Stream, target: Pdf) -> None:
    """Remove the metadata of a JPEG picture, which may say where it was taken."""
    chain = [Name(each) for each in filters_of(found)]
    if JPEG not in chain:
        return
    parameters: Any = found.get("/DecodeParms")
    content = found.read_raw_bytes()
    if chain != [JPEG]:
        outer = target.make_stream(content, Filter=pikepdf.Array(chain[:-1]))
        content, parameters = outer.read_bytes(), None
    found.write(without_metadata(content), filter=JPEG, decode_parms=parameters)
