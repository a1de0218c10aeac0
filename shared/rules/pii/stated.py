"""Values that the writer states of themself in the text, such as `my plate is ...`.

A document number or a way to reach somebody is the writer's own unless the words before it name
somebody else. A bank card or a plate is their own only if these words say so: of a complaint it is
often that of the other side, which the bureau must read.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Final

from shared.contracts.vocabulary import OwnValue
from shared.rules.pii.folded import HIDDEN, CharacterForms, Folded, lined
from shared.rules.pii.numbers import numbers_in
from shared.rules.pii.spans import OwnSpan, apart

WINDOW: Final = 24
"""Code points before a value that are read, as far as they are of the same sentence."""

_EMAIL: Final = re.compile(r"(?P<it>[a-z\d][\w.+\-]{0,63}@[a-z\d][a-z\d.\-]{0,180}\.[a-z]{2,24})")
_NAMED: Final = r"(?:号码?|id|帐号|账号|同号|是|叫|为|is|number|[:：，,\s（(“\-]){0,6}"
_WECHAT: Final = re.compile(
    rf"(?:微\s*信|薇信|威信|v信|(?<![a-z])(?:vx|wx|wechat|weixin)){_NAMED}"
    rf"(?:也行|加我|找我|联系)?{_NAMED}(?P<it>[a-z][a-z\d_\-]{{5,19}})(?![a-z\d_@])"
)
_QQ: Final = re.compile(
    rf"(?:(?<![a-z])qq|扣扣|企鹅号){_NAMED}"
    r"(?P<it>[1-9](?:[ \-]?\d){4,11})(?!\d)"
)
_CITY_PLATE: Final = re.compile(
    r"(?:车牌|号牌|牌照|plate)(?:号码?|是|为|was|is|number|[:：，,\s（(]){0,6}"
    r"(?P<it>[\u4e00-\u9fa5]{1,3}[ ·.\-]?[a-z]?\d{4,6})(?!\d)"
)
"""An electric bicycle's, which begins with the city."""
_PATTERNS: Final[tuple[tuple[OwnValue, re.Pattern[str], tuple[str, ...]], ...]] = (
    ("email", _EMAIL, ("@",)),
    ("wechat", _WECHAT, ("信", "vx", "wx", "wechat", "weixin")),
    ("wechat", _QQ, ("qq", "扣扣", "企鹅号")),
    ("plate", _CITY_PLATE, ("车牌", "号牌", "牌照", "plate")),
)
"""Kind, pattern, and words one of which every match contains, also after folding by `lined`.

QQ numbers have the kind of WeChat ids: both are accounts for messages.
"""

_SENTENCE_END: Final = re.compile(r"[。！？!?;；\n]|\.\s")
_OTHERS: Final = re.compile(
    r"他|她|它|对方|對方|卖家|賣家|老板|客服|骗子|嫌疑|此人|那人|商家|店家|中介|房东|物业|公司的|警官|"
    r"民警|派出所|分局|大队|医院|单位|收款|收钱|一个|转入|转账|打给|汇给|汇到|还发过|叫我加|让我加|"
    r"\b(?:his|her|their|he|she|they|seller|taxi|police|officer|station|writes from|to add)\b",
    re.IGNORECASE,
)
_OWN: Final = re.compile(
    r"我(?:是|叫|的|有|家|车|卡|这|那|名下|护照|电话|手机|微信|邮箱)|联系我|加我|找我|本人|"
    r"名下|工资卡|退款要|退到|俺|\b(?:my|mine|i am|i'm|myself|reach me|contact me)\b",
    re.IGNORECASE,
)
_NEEDS_OWNER: Final = frozenset({"bank_card", "plate"})
_PHONE_NAMED: Final = re.compile(
    r"电话|電話|手机|手機|座机|联系|聯絡|phone|tel|mobile|call", re.IGNORECASE
)
"""A phone number alone may be that of an office, which replies name."""
_LEAST_DIGITS: Final = 5
_MAY_STATE: Final = re.compile(r"[@＠]|[微薇威VvＶｖ]\s*信|wechat|weixin|[vw]x", re.IGNORECASE)
_DIGIT: Final = re.compile(r"[\d〇零○一二三四五六七八九幺]")

StatedValues = tuple[Mapping[str, str], ...]
"""Values by kind; where a kind has several values, there are several mappings."""


def stated_values(*texts: str, name: str = "") -> StatedValues:
    """The writer's own values that `texts` state, as they are written there.

    `name`: of the writer, whom a sentence may name so.
    """
    kinds: dict[str, dict[str, None]] = {}
    for text in texts:
        for span in stated_spans(text, name=name):
            kinds.setdefault(span.what, {})[text[span.start : span.end]] = None
    return tuple(
        {what: value for what, value in zip(kinds, row, strict=True) if value}
        for row in zip_longest(*kinds.values())
    )


def stated_spans(text: str, *, name: str = "") -> tuple[OwnSpan, ...]:
    """Where `text` states such values, in code points: sorted and disjoint."""
    if len(_DIGIT.findall(text)) < _LEAST_DIGITS and not _MAY_STATE.search(text):
        return ()
    folded = lined(text)
    found = (*numbers_in(folded), *_accounts(text, folded.text))
    return apart(span for span in found if _is_own(text, span, name))


def account_spans(text: str) -> tuple[OwnSpan, ...]:
    """Where `text` names an account for messages or a plate, whoever it belongs to."""
    return apart(_accounts(text, lined(text).text))


def _accounts(text: str, in_line: str) -> Iterator[OwnSpan]:
    """`in_line`: the text folded by `lined`, in which the patterns' words are looked for first."""
    possible = [each for each in _PATTERNS if any(word in in_line for word in each[2])]
    folded = Folded(text if possible else "", _NARROWED)
    for what, pattern, _ in possible:
        for match in pattern.finditer(folded.text):
            yield OwnSpan(*folded.place(*match.span("it")), what)


def _is_own(text: str, span: OwnSpan, name: str) -> bool:
    """Whether the last person that the sentence names before the value is its writer."""
    before = _SENTENCE_END.split(text[max(0, span.start - WINDOW) : span.start])[-1]
    others = _last(_OTHERS, before)
    own = max(_last(_OWN, before), before.rfind(name) if name else -1)
    if own > others or others >= 0 or span.what in _NEEDS_OWNER:
        return own > others
    return span.what != "phone" or _PHONE_NAMED.search(before) is not None


def _last(cue: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in cue.finditer(text)), default=-1)


def _narrow(character: str) -> str:
    """The character in one width and case; nothing for invisible ones."""
    if unicodedata.category(character) in HIDDEN:
        return " " if character == "\n" else ""
    return unicodedata.normalize("NFKC", character).casefold()


_NARROWED: Final = CharacterForms(_narrow)
