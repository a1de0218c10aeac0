"""PDF documents that act, lead outside, or are knotted, written byte by byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from zlib import compress

PAYLOAD: Final = "app.alert(SEED-4418-PAYLOAD)"
_TEXT: Final = b"BT /F1 12 Tf 20 100 Td (Visible text) Tj ET"


def pdf(
    objects: Mapping[int, bytes] | None = None, *, root: bytes = b"", page: bytes = b"",
    trailer: bytes = b"",
) -> bytes:  # fmt: skip
    """A document with one page.

    `objects` replace or add to catalogue (1), page tree (2), page (3), contents (4) and font (5);
    `root`, `page` and `trailer` are added to those dictionaries.
    """
    parts: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> " + page + b" >>",
        4: stream(_TEXT),
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        **(objects or {}),
    }
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), dict[int, int]()
    for number, content in sorted(parts.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    size, at = max(places) + 1, len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        found = places.get(number)
        out += b"%010d 00000 n \n" % found if found else b"0000000000 00000 f \n"
    out += b"trailer\n<< /Size %d /Root 1 0 R " % size + trailer + b" >>\n"
    out += b"startxref\n%d\n%%%%EOF\n" % at
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def _showing(shown: bytes) -> bytes:
    """A document whose page shows this object."""
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R "
        b"/Resources << /XObject << /X 6 0 R >> >> >>"
    )
    return pdf({3: page, 4: stream(b"/X Do"), 6: shown})


def _script() -> bytes:
    return b"<< /S /JavaScript /JS (%s) >>" % PAYLOAD.encode()


def _action(kind: bytes, more: bytes = b"") -> Callable[[], bytes]:
    """A document that does this when it is opened, and when its page is touched."""
    action = b"<< /S /%s %s /F (%s) >>" % (kind, more, PAYLOAD.encode())
    touched = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 200 200] /A %s >>]" % action
    return lambda: pdf(root=b"/OpenAction " + action, page=touched)


def _annotation(kind: bytes, more: bytes) -> Callable[[], bytes]:
    note = b"<< /Type /Annot /Subtype /%s /Rect [0 0 99 99] %s >>" % (kind, more)
    return lambda: pdf(page=b"/Annots [" + note + b"]")


_SAID: Final = PAYLOAD.encode()
_FILE: Final = b"<< /Type /Filespec /F (x.exe) /EF << /F 6 0 R >> >>"


def _updated() -> bytes:
    """A document that acts, with an update in which it doesn't."""
    raw = pdf({6: stream(_SAID)}, root=b"/OpenAction " + _script())
    before = int(raw.rsplit(b"startxref\n", 1)[1].split()[0])
    catalogue = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    table = b"xref\n1 1\n%010d 00000 n \ntrailer\n<< /Size 7 /Root 1 0 R /Prev %d >>\n"
    end = b"startxref\n%d\n%%%%EOF\n" % (len(raw) + len(catalogue))
    return raw + catalogue + table % (len(raw), before) + end


ACTIVE: Final[Mapping[str, Callable[[], bytes]]] = {
    "with a script at its opening": lambda: pdf(root=b"/OpenAction " + _script()),
    "with scripts by name": lambda: pdf(
        root=b"/Names << /JavaScript << /Names [(a) %s] >> >>" % _script()
    ),
    "with a script at its closing": lambda: pdf(root=b"/AA << /WC %s >>" % _script()),
    "with a script of a page": lambda: pdf(page=b"/AA << /O %s /C %s >>" % (_script(), _script())),
    "with a script in a stream": lambda: pdf(
        {6: stream(compress(_SAID), b"/Filter /FlateDecode")},
        root=b"/OpenAction << /S /JavaScript /JS 6 0 R >>",
    ),
    "that launches a program": _action(b"Launch"),
    "that opens an address": _action(b"URI", b"/URI (%s)" % _SAID),
    "that opens another file": _action(b"GoToR", b"/D [0 /Fit]"),
    "that opens an embedded file": _action(b"GoToE"),
    "that sends a form": _action(b"SubmitForm"),
    "that reads a form": _action(b"ImportData"),
    "with a chain of actions": _action(b"Named", b"/N /Print /Next " + _script()),
    "with a rendition": _action(b"Rendition", b"/OP 0 /JS (%s)" % _SAID),
    "with a film": _annotation(b"Movie", b"/Movie << /F (%s) >>" % _SAID),
    "with a sound": _annotation(b"Sound", b"/Contents (%s)" % _SAID),
    "with a 3D scene": _annotation(b"3D", b"/3DD (%s)" % _SAID),
    "with rich media": _annotation(b"RichMedia", b"/RichMediaContent << /X (%s) >>" % _SAID),
    "with a note": _annotation(b"Text", b"/Contents (%s)" % _SAID),
    "with an attached file": _annotation(b"FileAttachment", b"/FS << /F (%s) >>" % _SAID),
    "with embedded files": lambda: pdf(
        {6: stream(_SAID, b"/Type /EmbeddedFile")},
        root=b"/Names << /EmbeddedFiles << /Names [(x) %s] >> >> /AF [%s]" % (_FILE, _FILE),
    ),
    "that is a portfolio": lambda: pdf(root=b"/Collection << /D (%s) >>" % _SAID),
    "with an XFA form": lambda: pdf(
        {6: stream(b"<xdp>%s</xdp>" % _SAID)}, root=b"/AcroForm << /XFA 6 0 R /Fields [] >>"
    ),
    "with a field that acts": lambda: pdf(
        {
            6: b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (x) /Rect [0 0 9 9] /A %s "
            b"/AA << /K %s /C %s >> >>" % (_script(), _script(), _script())
        },
        root=b"/AcroForm << /Fields [6 0 R] /CO [6 0 R] >>",
        page=b"/Annots [6 0 R]",
    ),
    "with a signature": lambda: pdf(
        root=b"/Perms << /DocMDP << /Type /Sig /Contents (%s) >> >>" % _SAID
    ),
    "with layers that act": lambda: pdf(
        root=b"/OCProperties << /OCGs [] /D << /Creator (%s) >> >>" % _SAID
    ),
    "with contents elsewhere": lambda: pdf({4: stream(b"", b"/F (%s)" % _SAID)}),
    "with contents at an address": lambda: pdf(
        {4: stream(b"", b"/F << /FS /URL /F (%s) >> /FFilter /FlateDecode" % _SAID)}
    ),
    "with PostScript": lambda: _showing(
        stream(b"(%s) run" % _SAID, b"/Type /XObject /Subtype /PS")
    ),
    "with a form of another document": lambda: _showing(stream(
                b"0 0 9 9 re f",
                b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Ref << /F (%s) /Page 0 >>" % _SAID,
            )),
    "with metadata": lambda: pdf(
        {6: stream(_SAID, b"/Type /Metadata /Subtype /XML")},
        root=b"/Metadata 6 0 R",
        trailer=b"/Info << /Author (%s) >>" % _SAID,
    ),
    "with a private part": lambda: pdf(page=b"/PieceInfo << /X << /Private (%s) >> >>" % _SAID),
    "with an outline that acts": lambda: pdf(
        {6: b"<< /Type /Outlines /First 7 0 R /Last 7 0 R >>",
         7: b"<< /Title (x) /Parent 6 0 R /A %s >>" % _script()},
        root=b"/Outlines 6 0 R",
    ),
    "with an earlier version": _updated,
    "with objects that nothing names": lambda: pdf({6: stream(_SAID), 7: b"(%s)" % _SAID}),
}  # fmt: skip
"""What would act or lead outside."""


def _deep(opening: bytes, closing: bytes, many: int = 100_000) -> Callable[[], bytes]:
    return lambda: pdf({6: opening * many + closing * many}, page=b"/Group 6 0 R")


def _flate(content: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        content = compress(content, 9)
    return stream(content, b"/Filter [%s]" % (b" /FlateDecode" * times))


def _tree(levels: int, wide: int) -> bytes:
    """A page tree whose nodes are the same ten thousand times."""
    objects: dict[int, bytes] = {}
    for level in range(levels):
        below = 3 if level == levels - 1 else 10 + level
        kids = b" ".join([b"%d 0 R" % below] * wide)
        number = 2 if level == 0 else 9 + level
        objects[number] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
            wide ** (levels - level),
            kids,
        )
    return pdf(objects)


def _at(raw: bytes, old: bytes, new: bytes) -> bytes:
    return raw.replace(old, new, 1)


KNOTTED: Final[Mapping[str, Callable[[], bytes]]] = {
    "whose table leads to itself": lambda: _loop(pdf()),
    "whose table leads beyond the end": lambda: _at(pdf(), b"startxref\n", b"startxref\n9999"),
    "without a table": lambda: pdf().partition(b"xref\n")[0],
    "whose page tree is a circle": lambda: pdf(
        {2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}
    ),
    "whose page is its own parent": lambda: pdf(
        {3: b"<< /Type /Pages /Parent 3 0 R /Kids [2 0 R 3 0 R] /Count 2 >>"}
    ),
    "whose page tree is a bomb": lambda: _tree(12, 10),
    "that says it has a thousand million pages": lambda: _at(
        pdf(), b"/Count 1 ", b"/Count 1000000000 "
    ),
    "without pages": lambda: pdf({2: b"<< /Type /Pages /Kids [] /Count 0 >>"}),
    "without a catalogue": lambda: _at(pdf(), b"/Root 1 0 R", b"/Root 9 0 R"),
    "whose catalogue is a number": lambda: pdf({1: b"42"}),
    "with lists a hundred thousand deep": _deep(b"[", b"]"),
    "with dictionaries a hundred thousand deep": _deep(b"<< /A ", b" >>"),
    "with a wrong length": lambda: _at(pdf(), b"/Length 43", b"/Length 999999999"),
    "whose length is itself": lambda: pdf({4: b"<< /Length 4 0 R >>\nstream\nx\nendstream"}),
    "whose contents are a circle": lambda: pdf({4: b"[4 0 R 4 0 R]"}),
    "whose form shows itself": lambda: _showing(stream(
                b"/X Do",
                b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] "
                b"/Resources << /XObject << /X 6 0 R >> >>",
            )),
    "whose resources are a circle": lambda: pdf(
        {6: b"<< /Font << /F1 5 0 R >> /XObject 7 0 R >>", 7: b"<< /X 6 0 R /Y 7 0 R >>"},
        page=b"/Group 7 0 R",
    ),
    "with annotations in a circle": lambda: pdf(
        {6: b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 9 9] /Parent 6 0 R "
         b"/Kids [6 0 R] >>"},
        root=b"/AcroForm << /Fields [6 0 R] /NeedAppearances true >>",
        page=b"/Annots [6 0 R 6 0 R]",
    ),
    "with an unknown filter": lambda: pdf({4: stream(b"x", b"/Filter /Nothing")}),
    "whose contents unfold to 500 MB": lambda: pdf({4: _flate(b"0 0 m\n" * 80_000_000)}),
    "whose contents unfold thrice": lambda: pdf({4: _flate(b"0 0 m\n" * 20_000_000, 3)}),
    "with a picture of a million by a million": lambda: _showing(
        stream(
            b"\0",
            b"/Type /XObject /Subtype /Image /Width 1000000 /Height 1000000 "
            b"/BitsPerComponent 8 /ColorSpace /DeviceRGB",
        )
    ),
    "with a thumbnail of a million by a million": lambda: pdf(
        {6: stream(b"\0", b"/Type /XObject /Subtype /Image /Width 1000000 /Height 1000000 "
         b"/BitsPerComponent 8 /ColorSpace /DeviceRGB")},
        page=b"/Thumb 6 0 R",
    ),
    "with a broken photo": lambda: _showing(stream(
                b"\xff\xd8\xff\xfe\0\x20" + _SAID,
                b"/Type /XObject /Subtype /Image /Width 9 /Height 9 /BitsPerComponent 8 "
                b"/ColorSpace /DeviceRGB /Filter /DCTDecode",
            )),
    "with an object of a huge number": lambda: _at(
        pdf({6: b"null"}), b"6 0 obj", b"2147483647 0 obj"
    ),
    "with a table of a thousand million": lambda: _at(
        pdf(), b"xref\n0 6\n", b"xref\n0 1000000000\n"
    ),
    "with sixty thousand objects": lambda: pdf(dict.fromkeys(range(6, 60000), b"null")),
    "with a page of no size": lambda: pdf(page=b"/CropBox [0 0 0 0] /UserUnit 1e300"),
    "with names of 60 kB": lambda: pdf(page=b"/" + b"A" * 60_000 + b" 1"),
}  # fmt: skip
"""What keeps a careless reader busy for ever, or fills its memory."""


def _loop(raw: bytes) -> bytes:
    at = raw.rindex(b"xref\n0")
    return _at(raw, b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % at)


PDF_FILES: Final[Mapping[str, Callable[[], Any]]] = {**ACTIVE, **KNOTTED}
