"""Police type and category of a letter, and results that must never happen."""

from itertools import product
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.contracts.fields import Code
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import Category, PoliceType, TriageClass, TriageReason
from shared.kernel.errors import BadData
from shared.rules.classify.category import ALWAYS, BY_CLASS, CATEGORIES, WEIGHTS, kind, weights_of
from shared.rules.classify.category_features import signals
from shared.rules.classify.complaints import complained_level
from shared.rules.classify.findings import RuleAnswer
from shared.rules.classify.police_type import IN_CRIMES, NO_LINE, topic, weight_of_conduct
from shared.rules.classify.sorting import Sorted, sort
from shared.rules.classify.weights import Cues
from shared.rules.classify.wording import Wording
from shared.rules.places.gazetteer import NAMES, Kind
from shared.rules.places.mentions import PLAIN, ROLES
from shared.rules.tables import listed, table
from shared.rules.text.normalise import normal
from shared.rules.text.written import Written
from tests.shared.rules.labelled import DEMO
from tests.support.budget import budget

CODES: Final = frozenset(
    {f"place.{what}.{role.code}" for what, role in product(get_args(Kind), (*ROLES, PLAIN))}
    | {f"province.{how}" for how in ("said", "decides", "implied", "dialects")}
    | {f"topic.{line}" for line in get_args(PoliceType)}
    | {f"kind.{one}" for one in CATEGORIES}
    | {"city.named", "bureau.addressed", "hint.plate", "hint.landline"}
    | {"about.station", "about.bureau"}
)
"""Every evidence code that there is."""
A_CODE: Final[TypeAdapter[str]] = TypeAdapter(Code)
SNIPPETS: Final = [
    *NAMES,
    "请问",
    "建议",
    "投诉民警",
    "在",
    "老家",
    "粤A·K0000",
    "0757-55501234",
    "。",
]


def topic_of(
    body: str, triage: TriageClass = "accept", subject: str = ""
) -> RuleAnswer[PoliceType]:
    text, ends = f"{normal(subject)}\n{normal(body)}", len(subject)
    return topic(text, Wording.of(text, subject_ends=ends), subject_ends=ends, triage=triage)


def kind_of(body: str, triage: TriageClass = "accept", subject: str = "") -> RuleAnswer[Category]:
    text, ends = f"{normal(subject)}\n{normal(body)}", len(subject)
    return kind(text, Wording.of(text, subject_ends=ends), subject_ends=ends, triage=triage)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("想把户口迁过来，要什么材料", "household"),
        ("夜里广场舞噪音扰民", "public_security"),
        ("港澳通行证的签注", "exit_entry"),
        ("路口的红绿灯坏了，抓拍扣分", "traffic"),
        ("摩托车被偷，案件进展如何", "criminal"),
        ("有人拉人头做传销，非法集资", "economic"),
        ("银行卡因为涉诈被止付", "antifraud"),
        ("出租屋里有人吸毒", "drugs"),
        ("网站的公安备案", "cyber"),
        ("夜里偷排废水", "food_drug_env"),
        ("到看守所会见", "detention"),
        ("手机被扣押，申请行政复议", "legal"),
        ("民警态度恶劣，不出警", "inspection"),
        ("信访事项的复查意见", "petition"),
        ("聋哑人发短信到12110", "command"),
        ("希望巡警夜间巡逻", "patrol"),
        ("招警的体能测评", "personnel"),
        ("粤省事打不开，验证码收不到", "tech"),
        ("依申请公开政府信息", "general_office"),
        ("my residence permit and visa", "exit_entry"),
        ("換領駕駛證", "traffic"),
        ("楼上日日装修好嘈", "public_security"),
    ],
)
def test_each_line_of_work_has_its_words(body: str, line: PoliceType) -> None:
    found = topic_of(body)
    assert (found.value, found.evidence) == (line, (f"topic.{line}",))
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("有人卖假药，在一间公司里", "food_drug_env"),
        ("辅警乱收费，罚款不给票据，请督察核查", "inspection"),
        ("强制隔离戒毒所什么时候能探视", "detention"),
        ("楼上装修噪音，邻居吵架", "public_security"),
        ("事故认定书不公平，申请复核", "traffic"),
    ],
)
def test_what_two_lines_share_goes_to_the_right_one(body: str, line: PoliceType) -> None:
    assert topic_of(body).value == line


def test_the_front_desk_says_who_works_on_danger_crime_and_what_is_not_ours() -> None:
    assert topic_of("楼顶有人要跳", "emergency").value == "command"
    assert topic_of("物业乱收停车费", "not_police").value is None
    for row in DEMO:
        if row["triage"] == "crime_report":
            assert topic_of(row["body"], "crime_report", row["subject"]).value in IN_CRIMES
    assert topic_of("东西没了", "crime_report").value == "criminal"
    assert topic_of("在看守所会见时，民警态度恶劣", "crime_report").value == "criminal"


def test_words_that_say_nothing_have_no_line() -> None:
    assert topic_of("你好") == RuleAnswer()
    assert topic_of("车") == RuleAnswer(), "one weak word is none"


@pytest.mark.parametrize(
    ("subject", "body", "value"),
    [
        ("想问居住证", "请问办居住证要什么材料，多久能拿到？", "inquiry"),
        ("求助", "请帮忙催一下，麻烦派民警上门协调。", "request"),
        ("投诉民警", "态度恶劣，互相推诿，凭什么不给回执，没人管。", "complaint"),
        ("举报赌博", "有人在村里开赌场，每晚放哨，请暗访查处并保密。", "report"),
        ("建议增设路灯", "建议在路口加个灯，可以先试点，方便大家。", "suggestion"),
        ("感谢民警", "特来信感谢，请领导表扬他，谢谢你们。", "thanks"),
        ("Suggestion", "I would suggest that you please add an English page.", "suggestion"),
        ("Thank you", "Please pass our thanks to the officer, a very grateful family.", "thanks"),
    ],
)
def test_each_kind_has_its_signs(subject: str, body: str, value: Category) -> None:
    found = kind_of(body, subject=subject)
    assert (found.value, found.evidence) == (value, (f"kind.{value}",))


def test_what_the_front_desk_stopped_has_its_kind() -> None:
    assert kind_of("请问怎么办？", "emergency").value == "request"
    assert kind_of("请问怎么办？", "crime_report").value == "report"


@pytest.mark.parametrize(
    ("text", "line", "kind", "level"),
    [
        ("派出所民警骂人", "inspection", "complaint", "station"),
        ("市局督察不理人", "inspection", "report", "bureau"),
        ("谢谢民警", "inspection", "thanks", None),
        ("红绿灯坏了", "traffic", "complaint", None),
        ("赌场换地方又开，请督察查是谁通风报信", "public_security", "report", "station"),
        ("赌场换地方又开，请民警来查", "public_security", "report", None),
        ("民警骂人，拍桌子，推诿，不给回执，合适吗", "inspection", "inquiry", "station"),
        ("民警敷衍吗", "inspection", "inquiry", None),
        ("民警骂人，拍桌子，推诿，不给回执，合适吗", "inspection", "suggestion", None),
        ("督察查到通风报信，谢谢", "public_security", "thanks", None),
    ],
)
def test_only_a_complaint_about_the_police_has_a_level(
    text: str, line: PoliceType, kind: Category, level: str | None
) -> None:
    kinds = (None, kind)
    assert complained_level(text, subject_ends=0, line=line, kinds=kinds) == level


def test_a_complaint_about_a_bureau_is_suggested_to_the_province() -> None:
    written = Written("投诉", "佛山市局督察推诿，不受理，态度恶劣，民警骂人，不给回执。")
    found = sort(written, triage="accept")
    assert (found.bureau, found.reasons) == (None, ("about_police",))
    assert (found.place, found.suggestion) == ("foshan", "province")


def test_latin_cues_are_whole_words() -> None:
    cues = Cues("topic_cues")
    assert "traffic" in cues.scores("my car", subject_ends=0)
    assert "traffic" not in cues.scores("a cartoon", subject_ends=0)


def test_a_cue_counts_once_and_more_in_the_subject() -> None:
    cues = Cues("topic_cues")
    once = cues.scores("护照", subject_ends=0)["exit_entry"]
    assert cues.scores("护照护照", subject_ends=0)["exit_entry"] == once
    assert cues.scores("护照\n护照", subject_ends=2)["exit_entry"] == 1.5 * once


def test_a_word_that_is_cut_short_hides_no_other() -> None:
    cues = Cues("topic_cues")
    assert cues.scores("a visa", subject_ends=0) == cues.scores("two visas", subject_ends=0)
    assert "exit_entry" in cues.scores("travel permitted, visa", subject_ends=0)
    assert "traffic" not in cues.scores("在火车站没收到", subject_ends=0), "neither 车 nor 没收"
    assert "legal" not in cues.scores("在火车站没收到", subject_ends=0)


def test_conduct_is_said_of_the_police_and_never_by_who_thanks_them() -> None:
    of_nobody = weight_of_conduct("推诿", subject_ends=0)
    of_police = weight_of_conduct("民警推诿", subject_ends=0)
    in_thanks = weight_of_conduct("民警不推诿,锦旗一面", subject_ends=0)
    assert 0 < in_thanks < of_nobody < of_police
    long = "民警态度恶劣,推诿,骂人,不给回执,不出警,不立案,谢谢你们"
    assert weight_of_conduct(long, subject_ends=0) > of_police


def test_signs_are_bounded_however_long_a_letter_is() -> None:
    text = "\n" + "请问怎么办？投诉，请帮忙。" * 500
    shown = signals(normal(text), subject_ends=0, triage="accept")
    assert max(shown.values()) <= 4


def test_the_tables_speak_of_what_there_is() -> None:
    assert set(table("topic_cues")) == {*get_args(PoliceType), *NO_LINE}
    assert set(table("kind_cues")) == set(CATEGORIES)
    assert ALWAYS in WEIGHTS
    shown = {
        sign
        for row in DEMO
        if row["triage"] not in BY_CLASS
        for sign, count in signals(
            normal(f"{row['subject']}\n{row['body']}"),
            subject_ends=len(row["subject"]),
            triage=row["triage"],
        ).items()
        if count
    }
    assert shown <= set(WEIGHTS), "fit the weights anew: python -m tools.train.category --write"


@pytest.mark.parametrize("row", [[1.0], [1.0] * 7, ["1"] * 6, [None] * 6])
def test_weights_that_are_not_six_numbers_stop_the_start(row: list[object]) -> None:
    with pytest.raises(BadData, match="6 numbers"):
        weights_of({"always": row})


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(BadData, match=r"nowhere\.csv: cannot be read"):
        listed("nowhere")


TEXTS: Final = st.one_of(
    st.text(max_size=300), st.lists(st.sampled_from(SNIPPETS), max_size=30).map("".join)
)


@given(TEXTS, TEXTS, st.sampled_from(get_args(TriageClass)))
@settings(max_examples=budget(300))
def test_whatever_is_written_the_rules_answer_in_their_own_words(
    subject: str, body: str, triage: TriageClass
) -> None:
    found = sort(Written(subject, body), triage=triage)
    _check(found)
    assert found == sort(Written(subject, body), triage=triage)


@given(
    TEXTS,
    st.sampled_from([None, *BUREAUS]),
    st.sampled_from([None, *BUREAUS]),
    st.booleans(),
    st.sampled_from(get_args(Category)),
)
@settings(max_examples=budget(300))
def test_what_a_writer_chose_is_kept_or_a_person_is_asked(
    body: str, city: Bureau | None, addressed: Bureau | None, is_about: bool, category: Category
) -> None:
    written = Written("", body, category, city, addressed, is_about)
    found = sort(written, triage="accept")
    _check(found)
    assert found.category == category
    if found.bureau and (city or addressed):
        assert found.bureau in (city, addressed)
    assert not (is_about and found.bureau)


def _check(found: Sorted) -> None:
    assert set(found.evidence) <= CODES
    assert len(found.evidence) <= 64
    assert all(A_CODE.validate_python(code) for code in found.evidence)
    assert 0 <= found.confidence <= 1
    assert bool(found.bureau) != bool(found.reasons)
    assert set(found.reasons) <= set(get_args(TriageReason))
    assert len(set(found.reasons)) == len(found.reasons)
    assert found.bureau in (None, found.place)


@pytest.mark.parametrize("piece", ["请问广州？", "、", "白云区", "a" * 50, "?", "在从到"])
def test_the_longest_letters_give_no_longer_answers(piece: str) -> None:
    found = sort(Written(piece[:200], (piece * 10_000)[:10_000]), triage="accept")
    _check(found)
    assert len(found.evidence) <= 12
