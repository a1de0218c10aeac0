"""Invented people and words of the story, which exist nowhere else.

No county has a code that ends in 99, no operator uses the prefix 154, no plate has the letter I
after its province, and `.invalid` is no domain, so these can't belong to anyone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from deploy.local.fakes.people import DemoPerson, id_number
from shared.contracts.slugs import Bureau
from shared.contracts.vocabulary import Category
from tests.secrecy.forms import FULL_WIDTH
from tests.secrecy.search import Secret
from tests.support.pictures import picture

GUESSABLE = frozenset({"phone", "id_number", "others"})


@dataclass(frozen=True, slots=True)
class Tale:
    """A letter, its writer, and everything that is said about it."""

    of: str
    category: Category
    city: Bureau | None
    lang: str
    key: str
    """The idempotency key of the request."""
    writer: DemoPerson = field(repr=False)
    others: tuple[str, str] = field(repr=False)
    """Phone and ID number of another person."""
    own: dict[str, str] = field(repr=False)
    """Values of the writer besides those of the sign-in."""
    words: dict[str, str] = field(repr=False)
    """`subject`, `body`, `more`, `place` and `comment`; where a bureau of the story answers,
    `reply` and `promise`; with a photo, its name (`file`) and what its camera wrote (`exif`)."""

    def letter(self) -> dict[str, Any]:
        """The letter as its writer sends it."""
        writer, own, words = self.writer, self.own, self.words
        wide_phone = writer.phone.translate(FULL_WIDTH)
        return {
            "subject": f"{words['subject']}（{writer.name}）",
            "body": (
                f"我是{writer.name}，证件号{writer.id_number}，家住{own['address']}。"
                f"{words['body']}。邻居电话{self.others[0]}，证件号{self.others[1]}。"
                f"{words['more']}。请打{wide_phone}或{writer.phone}，微信{own['wechat']}，"
                f"邮箱{own['email']}。{own.get('plate', '')}"
            ),
            "category": self.category,
            "place": {"city": self.city, "detail": words["place"]},
            "consent_to_publish": True,
            "lang": self.lang,
            "contact": {name: own[name] for name in ("email", "wechat", "phone") if name in own},
            "address": own["address"],
        }

    def photo(self) -> bytes:
        """The photo that comes with the letter."""
        found = Image.Exif()
        found[0x010E] = found[0x013B] = self.words["exif"]
        found.get_ifd(0x8825)[29] = self.words["exif"]
        notes = self.words["exif"].encode()
        return picture(exif=found.tobytes(), comment=notes, xmp=notes) + notes

    def reply(self) -> str:
        """The bureau's answer; it names the writer only if the bureau may know the writer."""
        told = f"，已电话{self.writer.phone}告知" if self.category == "request" else ""
        name = self.writer.name if self.category == "request" else ""
        return f"{name}您好，{self.words['reply']}{told}。"

    def rating(self) -> dict[str, Any]:
        """The writer's rating of the reply."""
        comment = f"{self.words['comment']}，{self.writer.name}"
        return {"solved": True, "score": 5, "comment": comment}

    def secrets(self) -> Iterator[Secret]:
        """All secrets about it."""
        writer = self.writer
        signed_in = {
            "sub": writer.sub,
            "name": writer.name,
            "id_number": writer.id_number,
            "phone": writer.phone,
        }
        for kind, text in (signed_in | self.own).items():
            yield self._secret(kind, text)
        for text in self.others:
            yield self._secret("others", text)
        for kind, text in self.words.items():
            yield self._secret(kind, text)

    def _secret(self, kind: str, text: str) -> Secret:
        return Secret(f"{self.of}'s {kind}", kind, text, self.of, is_guessable=kind in GUESSABLE)


REQUEST = Tale(
    "request",
    "request",
    "guangzhou",
    "zh",
    "Kestrelmont-Ondrivaux",
    writer=DemoPerson(
        "brellomond-4471",
        "",
        name="郗墨筠",
        id_number=id_number("440299", born="19870421", order=218),
        phone="15473062918",
    ),
    others=("15461850397", id_number("440799", born="19630917", order=531)),
    own={
        "address": "银雀市折桂路八百三十七号听涛里",
        "email": "mo.velquarrith@bruntelow.invalid",
        "wechat": "velquarrith_mo",
    },
    words={
        "subject": "琥珀鹦鹉衔走七盏铜灯",
        "body": "藜麦坡上的旧磨坊夜夜传来锣声",
        "more": "青苔爬满了渡口第九级石阶",
        "place": "折桂路听涛里东侧的枇杷树下",
        "reply": "磨坊主人已把铜锣收进樟木箱",
        "promise": "立冬之前给渡口换上花岗石阶",
        "comment": "枇杷熟了请诸位来尝",
        "file": "雾松驿站檐角铁马残照",
        "exif": "相机挂在老槐树洞里第三晚",
    },
)
"""A request that ends on a public page."""

COMPLAINT = Tale(
    "complaint",
    "complaint",
    "guangzhou",
    "zh",
    "Wexcombe-Larrimoor",
    writer=DemoPerson(
        "thornwaddle-9038",
        "",
        name="令狐砚溪",
        id_number=id_number("440499", born="19790206", order=402),
        phone="15485219364",
    ),
    others=("15420967158", id_number("440999", born="19911103", order=275)),
    own={
        "address": "墨鸦县垂虹巷二十九号倚梅阁",
        "email": "yanxi.corbrennick@dwimmerholt.invalid",
        "wechat": "corbrennick-yx",
        "plate": "粤I·D73Q9K",
    },
    words={
        "subject": "窗口后面只听见算盘自言自语",
        "body": "那位值守者把我的状纸折成纸鹤",
        "more": "纸鹤飞过三重瓦檐落在井台",
        "place": "垂虹巷口挂着褪色蓝灯笼的门",
        "reply": "纸鹤已从井台取回并装订成册",
        "promise": "霜降之后派专人看守算盘",
        "comment": "井水依旧冰凉而灯笼未亮",
    },
)
"""A complaint, whose bureau never learns who wrote it; its draft stays a draft."""

ABROAD = Tale(
    "abroad",
    "inquiry",
    None,
    "en",
    "Quenstall-Havergild",
    writer=DemoPerson(
        "quiddlestane-2256",
        "",
        name="Quillomar Vextrienne",
        id_number=id_number("440899", born="19940830", order=643),
        phone="15438671025",
    ),
    others=("15492703846", id_number("441399", born="19701219", order=187)),
    own={
        "address": "Tamberlaine Quay 60518, Port Ossifrage",
        "email": "trusslepond@quillfathom.invalid",
        "wechat": "glimmerwort_77",
        "plate": "粤I·F58W2Z",
    },
    words={
        "subject": "twelve gravelly herons pawned lanterns",
        "body": "marmalade barometers hum underneath Crumbleworth",
        "more": "nobody polished turnstiles since Lammastide",
        "place": "verdigris carousel, Dunmorrow wharf",
        "comment": "splendidly mended, though nobody thanked Ambrosine",
    },
)
"""A letter in English that names no place: a clerk routes it."""

EMERGENCY = Tale(
    "emergency",
    "request",
    "guangzhou",
    "zh",
    "Averstock-Pellimarsh",
    writer=DemoPerson(
        "crumblethwaite-7713",
        "",
        name="宇文栖桐",
        id_number=id_number("440699", born="19920518", order=477),
        phone="15453917028",
    ),
    others=("15474620913", id_number("441299", born="19580722", order=164)),
    own={
        "address": "青鸢渡望潮里六百一十三号栖云楼",
        "email": "qitong.marlowhisk@fenwrangle.invalid",
        "wechat": "marlowhisk_qt",
    },
    words={
        "subject": "楼梯间的铁钩一声声刮着栏杆",
        "body": "那柄生锈的鱼叉正抵着我家门缝",
        "more": "孩子躲在竹箱里不敢咳嗽一声",
        "place": "望潮里栖云楼北侧的消防梯口",
    },
)
"""A possible emergency: it doesn't become a letter, and only the duty desk sees it."""

TALES = (REQUEST, COMPLAINT, ABROAD)

STAFF = {
    "triage": DemoPerson("halvenstrath@triage.invalid", "", name="澹台梧秋", roles=("triage",)),
    "duty": DemoPerson("desk-47", "", name="司空照临", roles=("duty",)),
    "handler": DemoPerson("desk-23", "", name="呼延鹤鸣", roles=("bureau:guangzhou:handler",)),
    "chief": DemoPerson(
        "example-guangzhou-chief", "", name="端木闻笙", roles=("bureau:guangzhou:chief",)
    ),
    "supervisor": DemoPerson("desk-31", "", name="濮阳疏影", roles=("supervisor",)),
    "proposer": DemoPerson("oswinthrup@copydesk.invalid", "", name="钟离织雪", roles=("editor",)),
    "approver": DemoPerson("pellagrove@lectern.invalid", "", name="公冶听荷", roles=("editor",)),
}
"""Staff who handle the letters; the ids of some are their names."""
HANDLER_ID = "clerk-5"

ASKED = {
    "path": "塘泥里藏着十三枚铜铃铛",
    "query": "檐角石兽低声背诵节气歌",
    "header": "Snorvelquist Harrowdale",
    "cookie": "Plonderwick-Aithrameda",
    "key": "蓑衣客在渡口默数雁阵",
    "field": "翡翠算盘拨出三年旧账",
    "value": "砚台底下刻着半句偈语",
    "broken": "鹧鸪衔来隔壁院的门闩",
    "large": "漏刻滴完了也没人来收伞",
    "line": "Grumbolthwaite-Zephyrine",
    "token": "Oxenfordham.Pellucidar",
}
"""Secrets in requests that are refused, by their place in the request."""
FORGER = DemoPerson(
    "mirkwhistle-6680",
    "",
    name="司徒樵苏",
    id_number=id_number("445299", born="19850114", order=390),
    phone="15407715833",
)
"""The person in a forged token."""

BY_BUREAU = {
    "key": "Yarrowmendel.Pinthorpe",
    "phone": "15466901827",
    "id": "Wimbrelthorne.Okandu",
    "cause": "Haverstrop.Lindqvarn",
    "source": "/Drossalbert/Kinnamoor",
    "type": "crundlewexford",
    "header": "鸬鹚船头贴着褪色的门神",
    "name": "x-Tarquillian-Bexmoor",
    "value": "晒谷场上的影子多出一双",
    "field": "驿站石槽里养着半尺鲤鱼",
}
BY_US = {
    "key": "Embertwistle.Nocktaraf",
    "phone": "15429038871",
    "id": "Javelorme.Stixwould",
    "cause": "Ottringholme.Vaspar",
    "source": "/Feldwimble/Arrasune",
    "type": "smotherwickle",
    "header": "绣楼飞檐挂着失约的风筝",
    "name": "x-Ullathorne-Gravitz",
    "value": "榆钱落满了说书人的惊堂木",
    "field": "篱笆外的纺车纺着旧月光",
}
"""Secrets in records that can't be used, by their place in the record."""


def secrets() -> Iterator[Secret]:
    """All seeds of the story."""
    for tale in (*TALES, EMERGENCY):
        yield from tale.secrets()
        yield Secret(f"{tale.of}'s key", "request key", tale.key)
    for role, person in STAFF.items():
        yield Secret(f"the {role}'s name", "staff", person.name)
        if "@" in person.sub:
            yield Secret(f"the {role}'s id", "staff", person.sub)
    for where, text in ASKED.items():
        yield Secret(f"a request's {where}", "asked", text)
    for kind in ("sub", "name", "id_number", "phone"):
        yield Secret(f"the forger's {kind}", "asked", getattr(FORGER, kind))
    for who, texts in (("bureau", BY_BUREAU), ("us", BY_US)):
        for where, text in texts.items():
            yield Secret(f"the {where} of a record by {who}", "record", text, who)
