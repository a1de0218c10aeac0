"""Triage of a letter: each danger, what excludes it, and odd texts."""

import re
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.rules.classify.triage import TOLD, UNCLEAR, TriageResult, triaged
from shared.rules.text.cues import vocabulary
from shared.rules.text.written import Written
from tests.support.budget import budget
from tests.support.labelled import OWN, labelled

VARIED = labelled(OWN.with_name("letters_varied.jsonl"))
CODES = {cue.code for cue in chain.from_iterable(vocabulary().firsts)}
DANGERS = {
    "violence": "他现在在客厅拿凳子打我妈，还在打，满头是血，快来人",
    "weapon": "有个人拿着砍刀在店门口不肯走，刚才已经挥了几下，快派人来",
    "threat": "他刚刚说今晚要烧死我们全家，人已经在楼下了，救命",
    "injury": "我爸刚才晕过去了，叫不醒，呼吸困难，家里只有我一个人",
    "fire": "隔壁着火了，浓烟往我们楼道里灌，里面还有小孩，快来",
    "gas": "整个楼道都是煤气味，有人开着煤气不肯关，现在还在里面",
    "trapped": "我们被困在山里出不来，天快黑了，手机只剩一格电",
    "water": "孩子被水冲走了，还抱着树，水还在涨，快点来人",
    "suicide": "她坐在天台边缘说不想活了，现在还在哭，求你们快来",
    "confined": "他们把我关在房间里不让走，手机是偷偷用的，不要打电话",
    "missing": "我三岁的女儿刚刚不见了，找遍了商场都没有，怕被抱走",
    "stalked": "有个男的一路跟着我，现在站在门口等，我躲在店里不敢出去",
    "break_in": "有人在撬我家门锁，我一个人在家，不敢出声",
    "sexual": "继父今晚又要进我房间，说不准关门，我用桌子顶住门",
    "fraud": "我妈正在转账给假警察，说是安全账户，刚转了一笔，帮忙拦",
    "driving": "司机喝醉开车，车上都是孩子，刚才已经撞到护栏，还在高速上",
    "mad": "他精神分裂停药了，现在拿着菜刀说有人要害他，我们躲在里屋",
}


def of(body: str, subject: str = "来信") -> TriageResult:
    """The result of triage."""
    return triaged(Written(subject, body))


@pytest.mark.parametrize(("family", "body"), DANGERS.items(), ids=DANGERS)
def test_each_danger_is_stopped_and_named(family: str, body: str) -> None:
    said = of(body)
    assert said.threshold == "stop"
    assert f"danger.{family}" in said.evidence


def test_every_family_of_danger_has_its_letter_here() -> None:
    assert {code for code in CODES if code.startswith("danger.")} == {
        f"danger.{family}" for family in DANGERS
    }


@pytest.mark.parametrize("body", DANGERS.values(), ids=DANGERS)
def test_the_same_words_of_long_ago_and_handled_are_not_stopped(body: str) -> None:
    told = re.sub("现在|刚刚|刚才|今晚|正在|还在|刚|快来人|快来|救命|求你们", "", body)
    said = of(f"去年报过警，民警来处理了，当时的情况是{told}。谢谢派出所，请问回执怎么补办？")
    assert said.threshold != "stop"


@pytest.mark.parametrize(
    "body",
    [
        "我们社区下周三上午演习，会有人扮演持刀歹徒，请问怎么报备？",
        "排队排了三个小时，真是要命，人都要疯了，建议多开两个窗口。",
        "如果以后遇到有人跟踪，发短信到12110要不要加区号？",
        "谢谢那晚救了我儿子的民警，他现在已经出院了。",
        "昨天的诈骗电话我挂了，没有转账，请问怎么举报这个号码？",
        "The queue at the visa counter is killing me. Please open another window.",
        "Our film crew will shoot a robbery scene with toy guns. Whom do we inform?",
    ],
)
def test_what_only_sounds_like_danger_is_not_stopped(body: str) -> None:
    assert of(body).threshold != "stop"


@pytest.mark.parametrize(
    ("body", "evidence"),
    [
        ("昨天下午我的电动车在菜市场门口被偷了，还没有报警，请立案。", "crime.theft"),
        ("上个月被人骗了两万块刷单，我没报过案，想现在报案。", "crime.fraud"),
        (
            "My laptop was stolen last week. I have not reported it. Please open a case.",
            "crime.theft",
        ),
    ],
)
def test_a_first_report_of_what_is_over_is_marked_as_one(body: str, evidence: str) -> None:
    said = of(body)
    assert said.class_ == "crime_report"
    assert evidence in said.evidence


def test_what_is_more_of_an_offence_than_of_danger_is_let_in_and_asked_about() -> None:
    said = of(
        "他们刚才持刀砍我，我的手还在流血，抢走手机，砸烂柜台，我没有报警，要报案，请立案追究。"
    )
    assert (said.class_, said.threshold) == ("crime_report", "ask")


@pytest.mark.parametrize(
    ("body", "evidence"),
    [
        ("老板拖欠工资三个月不给，请帮我们要回来。", "other.labour"),
        ("健身房倒闭了，会员卡的钱不退，找不到老板。", "other.consumer"),
        ("物业费又涨了，业委会根本没开过业主大会。", "other.housing"),
        ("My landlord keeps the deposit of my flat. Which authority can help?", "other.housing"),
    ],
)
def test_a_matter_of_others_is_marked_as_one(body: str, evidence: str) -> None:
    said = of(body)
    assert said.class_ == "not_police"
    assert evidence in said.evidence


def test_a_short_answer_is_read_as_a_letter_is() -> None:
    assert of("他又来砸门了，救命", subject="补充").threshold == "stop"
    assert of("材料已经补齐，请查收。", subject="补充").threshold is None


def test_what_names_no_danger_but_nothing_ordinary_either_is_asked_about_unless_it_is_bare() -> (
    None
):
    bare = "一块木板上有一只杯子和两个盘子"
    assert of(bare).threshold is None
    assert (of(f"{bare}，" * 4).threshold, of(f"{bare}，" * 4).evidence) == ("ask", ("plain",))


def test_who_complains_of_the_police_is_told_where_else_to_turn() -> None:
    assert of("我要投诉民警态度恶劣，窗口排了两次都不给办户口。").evidence == ("police.conduct",)


@pytest.mark.parametrize(
    "body",
    ["", " ", "。！？…", "😀" * 10_000, "\ud800", "a" * 10_000, "救 命 " * 3_333, "\n" * 9_999],
    ids=["empty", "blank", "points", "faces", "surrogate", "long", "apart", "lines"],
)
def test_odd_texts_are_read_as_well(body: str) -> None:
    assert isinstance(of(body, subject=""), TriageResult)


@pytest.mark.parametrize(
    "body", ["救 命！有人砍人，快来", "救/命！有人砍/人，快 来", "救\u200b命！有人砍\u200b人，快来"]
)
def test_words_set_apart_are_read_together(body: str) -> None:
    assert of(body) == of("救命！有人砍人，快来")


def test_traditional_characters_say_the_same() -> None:
    assert of("隔壁著火了，裡面還有小孩，濃煙很大，快來") == of(
        "隔壁着火了，里面还有小孩，浓烟很大，快来"
    )


@settings(max_examples=budget(100))
@given(st.text(max_size=200), st.text(max_size=400))
def test_evidence_is_codes_and_never_words(subject: str, body: str) -> None:
    said = triaged(Written(subject, body))
    assert set(said.evidence) <= CODES | set(TOLD) | {UNCLEAR}
    assert bool(said.evidence) or not said.threshold
    assert len(said.evidence) <= 32


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("建议", "早高峰左转绿灯只有八秒，建议延长。"),
        ("建议", "希望多听听大家的意见，谢谢。"),
        ("意见", "希望早点答复，不要拖延。"),
        ("咨询", "请问什么时候可以有结果？"),
        ("Suggestion", "Please make the left turn longer in the morning."),
    ],
)
def test_without_a_word_of_anothers_matter_a_letter_is_accepted(subject: str, body: str) -> None:
    assert triaged(Written(subject, body)) == TriageResult()


def test_whoever_is_turned_away_has_named_anothers_matter() -> None:
    said = [of(one["body"], one["subject"]) for one in VARIED]
    turned_away = [one for one in said if one.class_ == "not_police"]
    assert len(turned_away) > 200
    assert all(any(code.startswith("other.") for code in one.evidence) for one in turned_away)


@pytest.mark.parametrize(
    "call",
    [
        "救命",
        "救命啊！！",
        "救我",
        "杀人了",
        "我要自杀",
        "不想活了",
        "我被绑架了",
        "着火了",
        "Help me",
    ],
)
def test_a_bare_call_for_help_is_asked_about(call: str) -> None:
    assert triaged(Written("", call)).threshold == "ask"
    assert triaged(Written(call, call)).threshold is not None


@pytest.mark.parametrize(
    "text",
    [
        "感谢救命之恩",
        "救命药太贵了",
        "没有人打我",
        "请问怎么办",
        "自杀案件怎么查询",
        "我被骗了怎么办",
        "路灯坏了",
    ],
)
def test_a_short_text_that_is_no_call_is_not_asked_about(text: str) -> None:
    assert triaged(Written("", text)).threshold is None
