"""Whose reply or refusal waits for a chief's signature? Pure: read from plain data."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.kernel import plain
from shared.kernel.errors import BadData


@dataclass(frozen=True, slots=True)
class SigningRule:
    """One line of the table."""

    categories: tuple[str, ...] | None
    """None: all."""
    to: tuple[str, ...]
    """`replies`, `refusals`, `second_reopening` or `malicious`."""


@dataclass(frozen=True, slots=True)
class Signing:
    """Who answers only with a signature."""

    rules: tuple[SigningRule, ...]

    @classmethod
    def of(cls, value: object, where: str) -> "Signing":
        """The list `signing` of the table; a note alone is for people. Raises: BadData."""
        rows = [(at, row) for at, row in plain.rows(value, where) if set(row) != {"note"}]
        return cls(tuple(_rule(row, at) for at, row in rows))

    def is_needed(self, what: str, category: str) -> bool:
        """Whether `replies`, `refusals` … to a letter of that category are signed."""
        return any(
            what in rule.to and (rule.categories is None or category in rule.categories)
            for rule in self.rules
        )


def _rule(row: Mapping[str, object], where: str) -> SigningRule:
    plain.only(row, "applies", "to", where=where)
    applies, to = row.get("applies"), row.get("to")
    rule = SigningRule(
        categories=None if applies == "all" else plain.texts(applies, f"{where}.applies"),
        to=tuple(
            plain.one_of(
                one, "replies", "refusals", "second_reopening", "malicious", where=f"{where}.to"
            )
            for one in ([to] if isinstance(to, str) else plain.a_list(to, f"{where}.to"))
        ),
    )
    if not rule.to or rule.categories == ():
        raise BadData(f"{where}: at least one category and one kind of answer are needed")
    return rule
