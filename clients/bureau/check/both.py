"""How does the check speak to people? Each sentence in Chinese and in English. Pure."""

from typing import NamedTuple


class Both(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str

    def filled(self, **values: object) -> "Both":
        """The sentence with values in the place of their names."""
        return Both(self.zh.format(**values), self.en.format(**values))

    def __str__(self) -> str:
        return f"{self.zh} {self.en}"
