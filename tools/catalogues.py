"""The catalogues of messages: `write` brings them up to date, `check` finds what is missing.

A message is an English text in a template or in Python. Each catalogue is sorted and has no
places, so that a change of code changes no catalogue. What the pages of all services say is in
`shared/web/locale`; a service's own messages are in its `locale`.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from shared.web.language import PO

ROOT: Final = Path(__file__).parent.parent
SHARED: Final = ROOT / "shared" / "web"
SERVICES: Final = tuple(
    ROOT / "services" / name for name in ("intake", "notifier", "publisher", "router")
)
METHODS: Final = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "N_": None,
    "Message": None,
    "translate": (2,),
}
OPTIONS: Final = {"**/templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
PLACEHOLDER: Final = re.compile(r"%\(\w+\)s|%%|%|\{\w*\}")
HEADER: Final = "# Chinese words of pages. `python -m tools.catalogues write` keeps the list.\n#"

Id = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A catalogue and the messages that it must have."""

    file: Path
    asked: frozenset[Id]

    @property
    def known(self) -> dict[Id, str]:
        """The messages that it has, with their Chinese."""
        if not self.file.exists():
            return {}
        with self.file.open("rb") as opened:
            read = read_po(opened, locale="zh_CN", abort_invalid=True)
        return {_id(each.id): _first(each.string) for each in read if each.id}


def parts() -> list[Part]:
    """All catalogues; a message of the shared pages is in no service's."""
    shared = frozenset(_extracted(SHARED))
    services = (
        Part(folder / "locale" / PO, frozenset(_extracted(folder)) - shared) for folder in SERVICES
    )
    return [Part(SHARED / "locale" / PO, shared), *services]


def faults(part: Part) -> Iterator[str]:
    """What is missing or left over in one catalogue."""
    known, shown = part.known, part.file.relative_to(ROOT)
    for message in sorted(part.asked - known.keys(), key=_sorted_by):
        yield f"{shown}: missing: {message!r}"
    for message in sorted(known.keys() - part.asked, key=_sorted_by):
        yield f"{shown}: left over: {message!r}"
    for message, said in known.items():
        if not said.strip():
            yield f"{shown}: not translated: {message!r}"
        elif not _has_same_placeholders(message, said):
            yield f"{shown}: other placeholders: {message!r}"


def written(part: Part) -> bytes:
    """The catalogue as it should be: known translations are kept, new messages are empty."""
    catalog = Catalog(locale="zh_CN", header_comment=HEADER, fuzzy=False)
    known = part.known
    for message in sorted(part.asked, key=_sorted_by):
        said = known.get(message, "")
        catalog.add(message, (said,) if isinstance(message, tuple) else said)
    out = BytesIO()
    write_po(out, catalog, width=100, no_location=True, omit_header=True, sort_output=True)
    return f"{HEADER}\n{_PLURALS}".encode() + out.getvalue()


_PLURALS: Final = (
    'msgid ""\n'
    'msgstr ""\n'
    '"Language: zh_CN\\n"\n'
    '"Plural-Forms: nplurals=1; plural=0;\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
)


def main(arguments: list[str]) -> int:
    """Write or check all catalogues."""
    if arguments == ["write"]:
        for part in parts():
            if part.asked:
                part.file.parent.mkdir(exist_ok=True)
                part.file.write_bytes(written(part))
    elif arguments != ["check"]:
        print("usage: python -m tools.catalogues write|check", file=sys.stderr)
        return 2
    found = [fault for part in parts() for fault in faults(part)]
    print("\n".join(found) or "catalogues: complete")
    return 1 if found else 0


def _extracted(folder: Path) -> Iterator[Id]:
    found = extract_from_dir(
        folder, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, strip_comment_tags=True
    )
    for _, _, message, _, _ in found:
        yield _id(message)


def _id(message: Any) -> Id:
    return message if isinstance(message, str) else tuple(message)


def _first(said: Any) -> str:
    return said if isinstance(said, str) else next(iter(said), "")


def _sorted_by(message: Id) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message


def _has_same_placeholders(message: Id, said: str) -> bool:
    wanted = {each for text in _sorted_by(message) for each in PLACEHOLDER.findall(text)}
    return wanted == set(PLACEHOLDER.findall(said))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
