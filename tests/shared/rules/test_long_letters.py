"""Beginning and end of a long letter decide its category; its place may be anywhere."""

from shared.rules.classify.sorting import sort
from shared.rules.text.written import Written


def test_a_long_letter_is_of_the_kind_that_its_beginning_and_end_tell() -> None:
    filler = "那天天气很好，我们一家人在河边走了很久。"
    begins = "我要投诉：派出所户籍窗口办身份证拖了三个月，态度恶劣。"
    ends = "请给我一个说法。"
    elsewhere = "驾驶证年审怎么办理？请问要带什么材料？" * 40
    middle = filler * 220 + elsewhere + filler * 220
    found = sort(Written("投诉", f"{begins}{middle}{ends}"), triage="accept")
    assert found == sort(Written("投诉", f"{begins}{filler * 300}{ends}"), triage="accept")
    asked = sort(Written("投诉", f"{begins}{middle}{elsewhere}"), triage="accept")
    assert asked.evidence != found.evidence, "its end is read"


def test_where_it_happened_is_read_anywhere_in_a_long_letter() -> None:
    filler = "那天天气很好，我们一家人在河边走了很久。" * 150
    found = sort(
        Written("建议", f"{filler}事情发生在佛山市顺德区大良街道。{filler}"), triage="accept"
    )
    assert found.place == "foshan"
