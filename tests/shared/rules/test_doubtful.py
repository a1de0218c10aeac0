"""Words that tell who somebody is would be published because nobody pointed at them."""

import pytest

from shared.rules.pii import doubtful_spans

DOUBTFUL = [
    ("邻居王先生住在天河路12号3栋802", ["王先生", "天河路12号3栋802"]),
    ("我家三号楼二单元501室漏水", ["三号楼二单元501室"]),
    ("我叫李小明，1988年3月2日出生", ["李小明", "1988年3月2日"]),
    ("我是王小明，住在白云区", ["王小明"]),
    (
        "微信 wx_abc123，邮箱 a@b.cn，见 https://a.example/x。",
        ["wx_abc123", "a@b.cn", "https://a.example/x"],
    ),
    ("陳女士同劉某講過", ["陳女士", "劉某"]),
    ("My name is Mary Jones, and Mr. Smith knows.", ["Mary Jones", "Mr. Smith"]),
    ("请打13800138000", ["13800138000"]),
]
HARMLESS = [
    "村口的红绿灯坏了三个月，晚上车开得很快，老人过马路很危险。",
    "我是〔本人姓名〕，电话〔电话〕，住在〔本人地址〕。",
    "本人于九月提交材料，至今没有结果，高中生于周末上课。",
    "How do I renew my residence permit? I have been waiting for six weeks.",
]


@pytest.mark.parametrize(("text", "words"), DOUBTFUL)
def test_words_that_may_tell_who_it_is_are_found(text: str, words: list[str]) -> None:
    assert [text[span.start : span.end] for span in doubtful_spans(text)] == words


@pytest.mark.parametrize("text", HARMLESS)
def test_plain_words_and_marks_are_left_alone(text: str) -> None:
    assert doubtful_spans(text) == ()
