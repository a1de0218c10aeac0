"""The invented people who can sign in on a development stack.

Their numbers can't belong to anyone: no county has a code that ends in 99, and no operator uses the
prefix 154.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.contracts.slugs import BUREAUS, Bureau
from shared.platform.runtime.data_files import bureaus
from shared.platform.runtime.issuer_settings import Side

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"


GROUPS: Mapping[str, tuple[str, str]] = {
    "triage": ("分拣", "Triage"),
    "inspection": ("督察", "Inspection"),
    "handler": ("承办", "Handlers"),
    "counter": ("来访接待", "Counters"),
    "duty": ("值班", "Duty desk"),
    "supervisor": ("督办", "Supervisors"),
    "director": ("厅领导", "Director"),
    "editor": ("编辑", "Editors"),
    "custodian": ("保密", "Custodian"),
    "auditor": ("审计", "Auditors"),
    "chief": ("局领导", "Chiefs"),
    "": ("群众", "Citizens"),
}
"""Headings of the page of people to choose from, by a part of their roles."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Someone who may sign in; citizens have an identity, staff have roles."""

    sub: str
    says: str
    """Who this is, in Chinese and, after a space, in English."""
    name: str = field(default="", repr=False)
    id_number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    document_type: str = ""
    birthdate: str = field(default="", repr=False)
    roles: tuple[str, ...] = ()

    @property
    def side(self) -> Side:
        """Whose issuer signs this person in."""
        return "staff" if self.roles else "citizens"

    def said(self, lang: Literal["zh-CN", "en"]) -> str:
        """Return who this is in one language."""
        zh, _, en = self.says.partition(" ")
        return f"{en[:1].upper()}{en[1:]}" if lang == "en" else zh

    def group(self, lang: Literal["zh-CN", "en"]) -> str:
        """Return the heading below which the person is offered, by role."""
        return GROUPS[next(filter(self._is_in, GROUPS), "")][lang == "en"]

    def _is_in(self, group: str) -> bool:
        return bool(group) and any(group in role.split(":") for role in self.roles)

    def claims(self) -> dict[str, Any]:
        """Return the claims about the person, except the times."""
        identity = {
            "name": self.name,
            "id_number": self.id_number,
            "phone_number": self.phone,
            "document_type": self.document_type,
            "birthdate": self.birthdate,
        }
        known = {claim: value for claim, value in identity.items() if value}
        return {"sub": self.sub, **known, "roles": list(self.roles)}


def headings(lang: Literal["zh-CN", "en"]) -> list[str]:
    """Return the headings in the order in which they are shown."""
    return [names[lang == "en"] for names in GROUPS.values()]


def id_number(county: str, *, born: str, order: int) -> str:
    """Return an 18-character citizen number with its check character. Source: GB 11643-1999."""
    digits = f"{county}{born}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return digits + CHECK_CHARACTERS[total % 11]


def chief_of(bureau: Bureau) -> str:
    """Return the `sub` of the bureau's chief, who signs, as in the example `offices.yaml`."""
    return f"example-{bureau}-chief"


def _chief(bureau: Bureau) -> DemoPerson:
    says = f"{bureaus().by_slug[bureau].zh}领导 chief, {bureau.capitalize()}"
    return DemoPerson(chief_of(bureau), says, roles=(f"bureau:{bureau}:chief",))


PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson(
        "chen",
        "写信人 citizen, Guangzhou",
        name="陈小禾",
        id_number=id_number("440199", born="19880412", order=218),
        phone="15400010001",
    ),
    DemoPerson(
        "huang",
        "写信人 citizen, Shantou",
        name="黄秋实",
        id_number=id_number("440599", born="19750930", order=135),
        phone="15400010002",
    ),
    DemoPerson(
        "ho",
        "写信人 citizen who writes in English, Shenzhen",
        name="Ho Siu Fung",
        id_number=id_number("440399", born="19910203", order=344),
        phone="15400010003",
    ),
    DemoPerson(
        "child-an",
        "写信人，十一岁 citizen, eleven years old",
        name="安小苗",
        id_number=id_number("440199", born="20150601", order=127),
        phone="15400010004",
    ),
    DemoPerson(
        "teen-bao",
        "写信人，十六岁 citizen, sixteen years old",
        name="包一鸣",
        id_number=id_number("440199", born="20100315", order=119),
        phone="15400010005",
        document_type="resident_id",
    ),
    DemoPerson(
        "smith",
        "写信人，持护照 citizen with a passport",
        name="Jordan Smith",
        id_number="XA0000417",
        phone="15400010006",
        document_type="passport",
        birthdate="1984-02-29",
    ),
    DemoPerson(
        "leung",
        "写信人，持港澳居民居住证 citizen with a residence permit of Hong Kong residents",
        name="梁永安",
        id_number=id_number("810000", born="19790808", order=991),
        phone="15400010007",
        document_type="residence_permit",
    ),
    DemoPerson(
        "wong",
        "写信人，持回乡证 citizen with a travel permit of Hong Kong residents",
        name="黃曉晴",
        id_number="H00000019",
        phone="15400010008",
        document_type="hong_kong_macao_permit",
        birthdate="1990-05-20",
    ),
    DemoPerson(
        "tsai",
        "写信人，持台胞证 citizen with a travel permit of Taiwan residents",
        name="蔡明哲",
        id_number="00000199",
        phone="15400010009",
        document_type="taiwan_permit",
        birthdate="1968-11-02",
    ),
    DemoPerson(
        "novak",
        "写信人，持永久居留身份证 citizen with a permanent residence card",
        name="Marta Novak",
        id_number=id_number("911199", born="19870704", order=990),
        phone="15400010010",
        document_type="permanent_residence",
    ),
    DemoPerson(
        "counter-gz",
        "广州市局来访接待 counter, Guangzhou bureau",
        name="迎和煦",
        roles=("bureau:guangzhou:counter",),
    ),
    DemoPerson(
        "counter-pv", "省厅来访接待 counter of the province", name="接安然", roles=("counter",)
    ),
    DemoPerson("triage-lin", "分拣 triage desk", name="林知言", roles=("triage",)),
    DemoPerson("duty-luo", "值班 duty desk", name="罗照临", roles=("duty",)),
    DemoPerson("editor-mei", "编辑 editor", name="梅若水", roles=("editor",)),
    DemoPerson("editor-zhou", "编辑 editor", name="周望舒", roles=("editor",)),
    DemoPerson("supervisor-wu", "督办 supervisor", name="吴守正", roles=("supervisor",)),
    DemoPerson("supervisor-xu", "督办 supervisor", name="徐清如", roles=("supervisor",)),
    DemoPerson(
        "named-jian",
        "省厅督察负责人 head of the department's inspection, who signs",
        name="简正平",
        roles=("bureau:province:inspection:chief",),
    ),
    DemoPerson(
        "inspection-pv",
        "省厅督察 inspection of the department: complaints about the department",
        name="卫持公",
        roles=("bureau:province:inspection:handler",),
    ),
    DemoPerson(
        "chief-gz",
        "广州市局副职领导 deputy of the chief, Guangzhou bureau",
        name="关山远",
        roles=("bureau:guangzhou:chief",),
    ),
    DemoPerson(
        "handler-gz",
        "广州市局承办人 handler, Guangzhou bureau",
        name="钟明理",
        roles=("bureau:guangzhou:handler",),
    ),
    DemoPerson("director-tang", "厅领导 director", name="唐怀谷", roles=("director",)),
    DemoPerson("custodian-shou", "保密员 custodian", name="守慎行", roles=("custodian",)),
    DemoPerson(
        "inspection-gz",
        "广州市局督察 inspection, Guangzhou bureau",
        name="鲍清正",
        roles=("bureau:guangzhou:inspection:handler",),
    ),
    DemoPerson("auditor-he", "审计 auditor", name="何清源", roles=("auditor",)),
    *(_chief(bureau) for bureau in BUREAUS),
)
BY_SUB: dict[str, DemoPerson] = {person.sub: person for person in PEOPLE}
