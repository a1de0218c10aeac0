"""The place of the matter is found, whatever other places a letter names."""

import pytest

from shared.contracts.slugs import CITIES, Bureau
from shared.contracts.vocabulary import TriageReason
from shared.kernel import plain
from shared.rules.places.city import Placed, placed
from shared.rules.places.gazetteer import CUES, NAMES
from shared.rules.places.mentions import MOST, mentions
from shared.rules.tables import listed, table
from shared.rules.text.normalise import normal


def place_of(body: str, subject: str = "一封信") -> Placed:
    start = normal(subject)
    return placed(f"{start}\n{normal(body)}", subject_ends=len(start))


@pytest.mark.parametrize(
    ("body", "bureau"),
    [
        ("深圳市的路口没有灯", "shenzhen"),
        ("住在顺德大良，楼下很吵", "foshan"),
        ("乳源瑶族自治县的派出所", "shaoguan"),
        ("乳源縣派出所嘅窗口", "shaoguan"),
        ("电白县城的红绿灯", "maoming"),
        ("喺番禺市桥泊车", "guangzhou"),
        ("在厚街上班", "dongguan"),
        ("深汕特别合作区鹅埠镇的路", "shenzhen"),
        ("大亚湾澳头的小区", "huizhou"),
        ("仲恺的厂", "huizhou"),
        ("横琴口岸的窗口", "zhuhai"),
        ("松山湖的集体户", "dongguan"),
        ("海陵岛堵车", "yangjiang"),
        ("南沙自贸区的码头", "guangzhou"),
        ("前海的同事", "shenzhen"),
        ("丹霞山门口", "shaoguan"),
        ("中山大学南门", "guangzhou"),
        ("高明我们村的快递", "foshan"),
        ("在高明上班", "foshan"),
        ("The counter in Haizhu District", "guangzhou"),
        ("A toy stall in the Lecong furniture market", "foshan"),
        ("my flat near Coco Park", "shenzhen"),
        ("my hukou, in Bao'an", "shenzhen"),
        ("my hukou, in Baoan", "shenzhen"),
    ],
)
def test_names_of_every_kind_tell_a_city(body: str, bureau: Bureau) -> None:
    assert place_of(body).bureau == bureau


@pytest.mark.parametrize(
    ("body", "bureau"),
    [
        ("珠海坦洲的路口没有灯", "zhongshan"),
        ("我打珠海交警电话，珠海坦洲这边没人管", "zhongshan"),
        ("汕尾惠来能办证吗", "jieyang"),
        ("清远从化太平镇", "guangzhou"),
        ("佛山市白云区太和镇", "guangzhou"),
        ("深圳大亚湾西区堵车", "huizhou"),
    ],
)
def test_a_finer_place_beats_the_city_that_its_writer_gives_it(body: str, bureau: Bureau) -> None:
    assert place_of(body).bureau == bureau


@pytest.mark.parametrize(
    ("body", "bureau"),
    [
        ("我老家在梅州五华，在海珠琶洲上班，想办居住证", "guangzhou"),
        ("我是揭阳人，摩托车在江城区被偷", "yangjiang"),
        ("我在上海工作，父亲独居在梅州梅江区", "meizhou"),
        ("佛冈到从化的那条省道有泥头车", "qingyuan"),
        ("从清远阳山回广州，在阳山服务区被跟踪", "qingyuan"),
        ("大岭山这里没人管，不像广州那样查得严", "dongguan"),
        ("我係广州人，去汕头南澳岛玩，架车喺南澳俾人拖咗", "shantou"),
        ("从深圳坐大巴到汕头，在汕头车站钱包被摸", "shantou"),
        ("儿子在广州读大学，在湛江老家网上被骗", "zhanjiang"),
        ("moved from Beijing to Dongguan last year", "dongguan"),
        ("I am from Foshan and my phone was stolen in Luohu", "shenzhen"),
    ],
)
def test_where_it_happened_goes_before_where_somebody_lives_or_passes(
    body: str, bureau: Bureau
) -> None:
    assert place_of(body).bureau == bureau


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("手机不见了，请帮忙", "no_place"),
        ("我和前夫和平分手，前途光明，新兴的店空气清新", "ambiguous_place"),
        ("他为人高明，龙门吊倒了，跳龙门", "ambiguous_place"),
        ("中山路的店，中山装，孙中山先生", "no_place"),
        ("白云区的路口没有灯", "ambiguous_place"),
        ("太平镇可以养鸽子吗", "ambiguous_place"),
        ("城区限摩吗，龙湖那边的大桥能过吗", "ambiguous_place"),
        ("湖南郴州我们村有人开赌场", "no_place"),
        ("白云区：我在贵阳有房子，在广州也有工作室", "low_confidence"),
        ("到底找佛山的派出所，还是找江门的派出所：佛山、江门两边都在", "conflict_of_places"),
        ("邮箱 crew-zengcheng@example.com 或 hr.kaiping@example.cn", "no_place"),
        ("大货车粤R·F0000 超载", "low_confidence"),
        ("The shop at xfoshanx", "no_place"),
    ],
)
def test_what_says_no_city_surely_is_left_to_a_person(body: str, reason: TriageReason) -> None:
    found = place_of(body)
    assert (found.bureau, found.reasons) == (None, (reason,))


@pytest.mark.parametrize("name", ["和平", "光明", "新兴", "清新", "高明", "城区", "白云", "龙湖"])
def test_a_name_that_is_a_word_never_speaks_alone(name: str) -> None:
    assert place_of(f"他说的{name}不是那个意思").bureau is None


def test_what_only_looks_like_a_place_is_none() -> None:
    blocked = [text for text in plain.texts(CUES["blocked"], "blocked") if is_blocked(text)]
    assert len(blocked) > 50
    assert not [text for text in blocked if place_of(f"他说{text}了").bureau]


def is_blocked(text: str) -> bool:
    return NAMES[normal(text)].kind == "none"


def test_a_plate_is_a_hint_and_no_more() -> None:
    assert place_of("大货车粤R·F0000 超载").suggestion == "qingyuan"
    assert place_of("车牌粤A·K0000，停在罗湖，电话020-55501234").bureau == "shenzhen"
    assert place_of("两台车粤A·K0000，粤B·K0000").suggestion is None
    assert place_of("家里电话0757-55501234，请回电").suggestion == "foshan"
    assert place_of("编号107575550123412").suggestion is None


@pytest.mark.parametrize(
    "body",
    [
        "请省厅指定管辖",
        "两地互相推诿，请指定管辖",
        "在清远被骗，钱在广州转的，两地都不立案，请省厅指定管辖",
        "希望全省推行电子户口本",
        "建议信箱系统自动保存草稿",
        "录客家话、潮汕话、粤语的版本",
        "an English list for the whole province, all over Guangdong",
    ],
)
def test_matters_of_the_whole_province_are_the_provinces(body: str) -> None:
    assert place_of(body).bureau == "province"


def test_a_city_goes_before_a_word_about_the_province() -> None:
    assert place_of("在佛山禅城办居住证，粤省事打不开").bureau == "foshan"


def test_the_subject_counts_more_than_the_body() -> None:
    assert place_of("江门", subject="佛山").bureau == "foshan"


def test_longest_names_hide_those_inside_them() -> None:
    (one,) = mentions("在江城区")
    assert one.name.cities == ("yangjiang",)
    assert [found.name.kind for found in mentions("城市里")] == []


def test_a_flood_of_names_is_looked_at_in_part() -> None:
    assert len(mentions("广州，" * 5_000)) == MOST


def test_a_name_of_several_cities_is_resolved_by_what_stands_beside_it() -> None:
    assert place_of("清新太和的网吧").bureau == "qingyuan"
    assert place_of("太和镇，我家在白云嘉禾").bureau == "guangzhou"


def test_every_city_has_landmarks_and_none_contradicts_the_table_of_towns() -> None:
    towns: dict[str, set[str]] = {}
    for row in listed("towns_gd"):
        towns.setdefault(row["town"], set()).add(row["city_slug"])
        towns.setdefault(row["short"], set()).add(row["city_slug"])
    moved = table("place_cues")["moved"]
    assert isinstance(moved, dict)
    for city in CITIES:
        landmarks = table("landmarks")[city]
        assert isinstance(landmarks, dict)
        for name in landmarks["plain"]:
            homes = towns.get(name, {city}) if name not in moved else {moved[name]}
            assert city in homes, name
            assert NAMES[normal(name)].cities == (city,), name
