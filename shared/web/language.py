"""The language and display mode of a request, and the catalogues of words.

A message is its English text. Chinese comes from the `.po` files beside the templates, which are
read at the start: there is no build step. A cookie decides the language, then `Accept-Language`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from fastapi import Request

from shared.contracts.bilingual import Bilingual

Lang = Literal["zh-CN", "en"]
LANGS: Final[tuple[Lang, ...]] = get_args(Lang)
LANG_COOKIE: Final = "mailbox_lang"
ELDER_COOKIE: Final = "mailbox_elder"
PO: Final = "zh_CN.po"
SHARED_LOCALE: Final = Path(__file__).parent / "locale"


class Message(str):
    """An English text with its values, which may be messages and names; shown translated."""

    __slots__ = ("values",)
    values: Mapping[str, object]

    def __new__(cls, text: str, **values: object) -> Message:
        """`text` names its values as `%(name)s`."""
        made = super().__new__(cls, text)
        made.values = values
        return made


@dataclass(frozen=True, slots=True)
class Display:
    """How one person reads pages."""

    lang: Lang
    is_elder: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The messages of one language; an unknown message stays as it is."""

    lang: Lang
    singular: Mapping[str, str]
    plural: Mapping[str, str]
    """By the English singular. Chinese has one form."""

    def gettext(self, message: str) -> str:
        """The message in this language, with its placeholders."""
        return self.singular.get(message, message) if message else message

    def for_number(self, one: str, many: str, *, number: int) -> str:
        """The message for that number, with its placeholders."""
        return self.plural.get(one) or (one if number == 1 else many)

    def said(self, text: object) -> object:
        """A message or name of ours in this language, its values too; anything else unchanged."""
        if isinstance(text, Bilingual):
            return text.zh if self.lang == "zh-CN" else text.en
        if not isinstance(text, Message):
            return text
        values = {name: self.said(value) for name, value in text.values.items()}
        return self.gettext(str(text)) % values


def N_(message: str) -> Message:  # noqa: N802 - the name by which extractors know it
    """Mark a message for the catalogue; it is translated where it is shown."""
    return Message(message)


def words_of(lang: Lang, *locales: Path) -> Words:
    """The words of our own pages and of `locales`; the first catalogue wins."""
    if lang == "en":
        return Words(lang, {}, {})
    singular: dict[str, str] = {}
    plural: dict[str, str] = {}
    for file in (folder / PO for folder in (SHARED_LOCALE, *locales)):
        for one, said in _messages(file) if file.exists() else ():
            (plural if isinstance(one, tuple) else singular).setdefault(
                one[0] if isinstance(one, tuple) else one, said
            )
    return Words(lang, singular, plural)


@cache
def catalogue(file: Path) -> Catalog:
    """A catalogue of Chinese. Raises: babel.messages.pofile.PoFileError."""
    with file.open("rb") as opened:
        return read_po(opened, locale="zh_CN", abort_invalid=True)


def _messages(file: Path) -> Iterable[tuple[str | tuple[str, ...], str]]:
    for message in catalogue(file):
        said: Any = message.string
        text = said if isinstance(said, str) else next(iter(said or ()), "")
        if message.id and text:
            yield message.id if isinstance(message.id, str) else tuple(message.id), text


def display_of(request: Request) -> Display:
    """The language and mode of this request."""
    chosen = request.cookies.get(LANG_COOKIE)
    lang = next((each for each in LANGS if each == chosen), None)
    return Display(
        lang or _accepted(request.headers.get("accept-language", "")),
        is_elder=request.cookies.get(ELDER_COOKIE) == "1",
    )


def translate(request: Request, message: str | Bilingual, **values: object) -> str:
    """The message in the request's language, with its values."""
    words: Words = request.app.state.site.words[display_of(request).lang]
    return str(
        words.said(message if isinstance(message, Bilingual) else Message(message, **values))
    )


def _accepted(header: str) -> Lang:
    """The reader's first choice among our languages; Chinese without one."""
    found: list[tuple[float, Lang]] = []
    for part in header.split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        primary = tag.partition("-")[0].lower()
        if primary in {"zh", "en"}:
            found.append((_quality(rest), "zh-CN" if primary == "zh" else "en"))
    best = max((quality for quality, _ in found), default=0.0)
    return next((lang for quality, lang in found if quality == best and best > 0), "zh-CN")


def _quality(parameter: str) -> float:
    name, _, number = parameter.replace(" ", "").partition("=")
    if name != "q":
        return 1.0
    try:
        return min(max(float(number), 0.0), 1.0)
    except ValueError:
        return 0.0
