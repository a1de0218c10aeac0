"""The bureaus: the province and its 21 cities, by slug.

Source: `shared/data/cities.yaml`; a test keeps both in step.
"""

from typing import Literal, TypeAlias, get_args

City: TypeAlias = Literal[
    "guangzhou",
    "shaoguan",
    "shenzhen",
    "zhuhai",
    "shantou",
    "foshan",
    "jiangmen",
    "zhanjiang",
    "maoming",
    "zhaoqing",
    "huizhou",
    "meizhou",
    "shanwei",
    "heyuan",
    "yangjiang",
    "qingyuan",
    "dongguan",
    "zhongshan",
    "chaozhou",
    "jieyang",
    "yunfu",
]
Bureau: TypeAlias = Literal["province", City]
Holder: TypeAlias = Literal["triage", Bureau]
"""Who holds a letter: a bureau, or the province's triage desk."""

CITIES: tuple[City, ...] = get_args(City)
BUREAUS: tuple[Bureau, ...] = get_args(Bureau)
