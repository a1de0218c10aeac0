"""Texts in Chinese and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeVar

KeyT = TypeVar("KeyT")


class Bilingual(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def filled(self, **values: object) -> "Bilingual":
        """Return the text with its placeholders filled in."""
        return Bilingual(self.zh.format(**values), self.en.format(**values))

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"


def bilingual(texts: Mapping[KeyT, tuple[str, str]]) -> Mapping[KeyT, Bilingual]:
    """Return a read-only table of the texts, each given in Chinese and English."""
    return MappingProxyType({key: Bilingual(*text) for key, text in texts.items()})
