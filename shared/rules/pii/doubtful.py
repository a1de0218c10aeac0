"""Spans that may tell who somebody is: a person decides about each of them.

These rules never rewrite a text. They look for names with a title or after a word that announces
one, addresses below the street, accounts, links, dates of birth, and numbers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from shared.rules.pii.numbers import numbers_of_anyone
from shared.rules.pii.spans import ANY_MARK
from shared.rules.pii.stated import account_spans

DoubtRule: TypeAlias = Literal[
    "number", "account", "titled_name", "stated_name", "address", "link", "birthday"
]
MOST_DOUBTS: Final = 100
"""Spans of one text that are shown to a person; nobody decides about more."""

_SURNAMES: Final = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱"
    "严覃武戴莫孔向汤温麦关区欧冼霍植容利甘招簡简莊庄張劉陳楊黃趙吳孫馬羅鄭謝許韓馮鄧蕭葉蘇呂盧鍾"
    "譚陸範賈韋鄒龍陶賀顧龔萬錢嚴關區歐"
)
_TITLES: Final = (
    "先生|女士|小姐|太太|阿姨|叔叔|大爷|大妈|老师|老師|医生|醫生|警官|经理|經理|老板|老闆|师傅|師傅|"
    "主任|所长|所長|队长|隊長|局长|局長|书记|書記|律师|律師|姨|叔|伯"
)
_HAN: Final = r"[\u4e00-\u9fff]"
_RULES: Final[tuple[tuple[DoubtRule, re.Pattern[str]], ...]] = (
    ("titled_name", re.compile(rf"(?P<it>[{_SURNAMES}]{_HAN}{{0,2}}?(?:{_TITLES}))")),
    ("titled_name", re.compile(rf"(?P<it>[{_SURNAMES}](?:某+|××|XX|xx))")),
    (
        "titled_name",
        re.compile(r"\b(?P<it>(?:Mr|Mrs|Ms|Miss|Dr|Officer)\.? [A-Z][a-z]+(?: [A-Z][a-z]+)?)"),
    ),
    (
        "stated_name",
        re.compile(rf"(?:我叫|名叫|叫做|姓名[:：是为]?)\s*(?P<it>[{_SURNAMES}]{_HAN}{{1,2}})"),
    ),
    (
        "stated_name",
        re.compile(rf"(?:我是|本人)\s*(?P<it>[{_SURNAMES}]{_HAN}{{1,2}})(?!{_HAN})"),
    ),
    (
        "stated_name",
        re.compile(r"\b(?:[Mm]y name is|I am|called|named) (?P<it>[A-Z][a-z]+(?: [A-Z][a-z]+)+)"),
    ),
    (
        "address",
        re.compile(
            rf"(?P<it>(?:(?:(?![在住于到从是的和我他她]){_HAN}){{1,4}}?(?:路|街|巷|道|里|坊|村|苑|花园|小区))?"
            r"[\d一二三四五六七八九十]{1,5}(?:号楼|號樓|号|號|栋|棟|幢|座)"
            r"(?:[\d一二三四五六七八九十]{1,4}(?:栋|棟|幢|座|单元|單元|楼|樓|层|層|号|號|室|房))*"
            r"(?:\d{2,4})?)"
        ),
    ),
    (
        "link",
        re.compile(r"(?P<it>(?:https?://|www\.)[^\s，。；、）)】》\"']{3,200})", re.IGNORECASE),
    ),
    (
        "birthday",
        re.compile(
            r"(?P<it>(?:19|20)\d\d\s*[年.\-/]\s*\d{1,2}\s*[月.\-/]\s*\d{1,2}\s*日?)"
            r"\s*(?:出生|生于|生人|生)"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class DoubtfulSpan:
    """The code points from `start` up to, not including, `end` may tell who somebody is."""

    start: int
    end: int
    rule: DoubtRule


def doubtful_spans(text: str) -> tuple[DoubtfulSpan, ...]:
    """The doubtful spans of `text`, sorted and disjoint; at most `MOST_DOUBTS`.

    Marks that stand in the text are not doubtful.
    """
    found: list[DoubtfulSpan] = []
    for span in sorted(_found(text), key=lambda span: (span.start, -span.end)):
        if not found or span.start >= found[-1].end:
            found.append(span)
    return tuple(found[:MOST_DOUBTS])


def _found(text: str) -> Iterator[DoubtfulSpan]:
    marks = [match.span() for match in re.finditer(ANY_MARK, text)]
    for rule, start, end in _candidates(text):
        if not any(start < last and first < end for first, last in marks):
            yield DoubtfulSpan(start, end, rule)


def _candidates(text: str) -> Iterator[tuple[DoubtRule, int, int]]:
    for span in numbers_of_anyone(text):
        yield "number", span.start, span.end
    for span in account_spans(text):
        yield "account", span.start, span.end
    for rule, pattern in _RULES:
        for match in pattern.finditer(text):
            yield rule, *match.span("it")
