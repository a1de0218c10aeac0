"""Values that writers state of themselves are found, and those of others stay readable."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.pii import MARKS, mask, own_spans, stated_spans, stated_values
from tests.support.labelled import DEVELOPMENT, labelled

OWN = {
    "我的车牌是粤A·12345。": "plate",
    "本人车牌粤ＢD12345，请查。": "plate",
    "我的电动车号牌 东莞·A00001 被扣。": "plate",
    "我的工资卡6299 0014 4962 5558 275。": "bank_card",
    "本人银行卡号：六二九九零零一四四九六二五五五八二七五": "bank_card",
    "我持回乡证Ｈ０００００１９９": "travel_doc",
    "台胞证号 0000 0199": "travel_doc",
    "My passport number is E 0000 0417": "travel_doc",
    "外国人永久居留身份证 ABC000000000000": "travel_doc",
    "微信号：wx_small-99": "wechat",
    "QQ：1000 0199": "wechat",
    "加我扣扣 10000199": "wechat",
    "邮箱 small＠example.org": "email",
    "家里座机0757-85550126": "phone",
}
"""Stated values, with their kinds."""
OTHERS = (
    "对方车牌粤A12345。",
    "我看到一辆车，车牌粤A12345。",
    "骗子的微信是wx_small-99。",
    "钱转到卡号6299001449625558275。",
    "派出所电话0757-85550126。",
    "His passport number is E00000417.",
    "他说到WeChat. Perhaps tomorrow.",
)
NOT_OWN = frozenset(
    {
        *("victor.visa@example.com", "xm0728@mail.example.cn", "kelvinhome_gz88", "EZ0000417"),
        *("cloud9_delivery_x", "louzhu_data520", "xiaomei_0728zz", "xiaofen-888x", "erji_wj668"),
        *("粤L·P0000", "粤L·G0000", "粤J·K0000", "粤D·E0000", "粤R·F0000", "粤A·D00000"),
        *("粤J·C0000", "粤A·K0000", "6299 0015 9660 9664", "6299 0094 2253 4526 917"),
        *("6299 0023 6780 0585 070", "6299005774188193", "6299007537600084", "6299004992497874"),
        *("6299004286338867", "6299007242570374", "6299004575445307936", "6299007344956615493"),
        "6299004871003046176",
    }
)
"""Labelled values of the development letters that belong to others than the writer."""
FEWEST_MARKED = {"bank_card": 4, "email": 14, "plate": 3, "travel_doc": 4, "wechat": 4}
OWN_IN_ALL = {"bank_card": 6, "email": 14, "plate": 9, "travel_doc": 4, "wechat": 4}


@pytest.mark.parametrize("text", OWN)
def test_a_value_that_the_writer_states_is_found(text: str) -> None:
    (span,) = stated_spans(text)
    assert span.what == OWN[text]
    assert sum(map(str.isalnum, text[span.start : span.end])) >= 7


@pytest.mark.parametrize("text", OTHERS)
def test_a_value_of_somebody_else_stays(text: str) -> None:
    assert stated_spans(text) == ()


def test_a_stated_value_is_marked_wherever_it_stands() -> None:
    subject, body = "粤A-12345被错罚", "我的车牌是粤Ａ·１２３４５。"
    (values,) = stated_values(subject, body)
    assert mask(subject, own_spans(subject, values)) == f"{MARKS['plate']}被错罚"


def test_beside_the_writers_name_a_plate_is_their_own() -> None:
    text = "司机全志雄，车牌粤H12345。"
    assert stated_spans(text) == ()
    assert [span.what for span in stated_spans(text, name="全志雄")] == ["plate"]


def test_of_the_development_letters_own_values_are_marked_and_no_others() -> None:
    marked, own = Counter[str](), Counter[str]()
    for letter in labelled(DEVELOPMENT):
        text = letter["body"]
        spans = stated_spans(text)
        for label in letter["pii"]:
            value = text[label["start"] : label["end"]]
            is_marked = any(one.start <= label["start"] < one.end for one in spans)
            assert not (is_marked and value in NOT_OWN), letter["id"]
            if label["type"] in OWN_IN_ALL and value not in NOT_OWN:
                own[label["type"]] += 1
                marked[label["type"]] += is_marked
    assert own == OWN_IN_ALL
    assert marked == FEWEST_MARKED


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    mask(text, stated_spans(text))
