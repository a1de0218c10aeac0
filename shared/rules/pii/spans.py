"""Spans of personal data in a text, and the marks that replace them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from shared.contracts.vocabulary import OwnValue

MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "〔本人姓名〕",
        "phone": "〔电话〕",
        "id_number": "〔证件号〕",
        "email": "〔本人邮箱〕",
        "wechat": "〔微信或QQ〕",
        "address": "〔本人地址〕",
        "bank_card": "〔银行卡号〕",
        "plate": "〔车牌号〕",
        "travel_doc": "〔证件号〕",
    }
)
ANY_MARK: Final = r"〔[^〕]{1,12}〕"
"""Pattern of a mark, also of those that editors set."""


@dataclass(frozen=True, slots=True)
class OwnSpan:
    """The code points from `start` up to, not including, `end` are personal data."""

    start: int
    end: int
    what: OwnValue


class Marked(Protocol):
    """Any span with place and kind, such as those of the contracts."""

    @property
    def start(self) -> int:
        """First code point."""

    @property
    def end(self) -> int:
        """First code point after the span."""

    @property
    def what(self) -> str:
        """A key of `MARKS`."""


def mask(text: str, spans: Iterable[Marked]) -> str:
    """Replace each span of `text` by the mark of its kind.

    Raises: ValueError, for spans that are unsorted, overlap, lie outside or are of an unknown kind.
    """
    parts, position = [], 0
    for span in spans:
        if not (position <= span.start < span.end <= len(text) and span.what in MARKS):
            raise ValueError("spans must be sorted, apart, inside the text and of a known kind")
        parts += [text[position : span.start], MARKS[span.what]]
        position = span.end
    return "".join([*parts, text[position:]])


def apart(spans: Iterable[OwnSpan]) -> tuple[OwnSpan, ...]:
    """Sort and merge overlapping spans, keeping the kind of the one that starts first.

    Of spans with the same start, the longest counts.
    """
    merged: list[OwnSpan] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        last = merged[-1] if merged else None
        if last and span.start < last.end:
            merged[-1] = OwnSpan(last.start, max(last.end, span.end), last.what)
        else:
            merged.append(span)
    return tuple(merged)
