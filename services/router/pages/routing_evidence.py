"""What the rules found in a letter, in words: their codes never contain the letter's text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shared.contracts.bilingual import Bilingual
from shared.web.language import N_, Message
from shared.web.vocabulary import NAMES, label

Said = Message | Bilingual

_WHOLE: Final[Mapping[str, Message]] = {
    "city.named": N_("The writer chose the city"),
    "bureau.addressed": N_("The writer addressed this bureau"),
    "province.decides": N_("The writer asks the province to decide"),
    "province.said": N_("The writer speaks of the province"),
    "province.implied": N_("It is about this mailbox or the province’s own services"),
    "province.dialects": N_("It is about the province’s dialects"),
    "hint.plate": N_("A number plate of that city"),
    "hint.landline": N_("A landline number of that city"),
    "about.station": N_("Complains about a police station"),
    "about.bureau": N_("Complains about a bureau"),
}
_ROLES: Final[Mapping[str, Message]] = {
    "scene": N_("Says where it happened: %(what)s"),
    "home": N_("Says where the writer lives: %(what)s"),
    "work": N_("Says where the writer works or studies: %(what)s"),
    "origin": N_("Says where the writer comes from: %(what)s"),
    "start": N_("Says where it started: %(what)s"),
    "return": N_("Says where the writer went afterwards: %(what)s"),
    "passing": N_("Mentioned in passing: %(what)s"),
}
_NAMES: Final[Mapping[str, Message]] = {
    "city": N_("a city"),
    "district": N_("a district"),
    "landmark": N_("a landmark or road"),
    "town": N_("a town or street office"),
}
_PLACE: Final = N_("a place")
_NAMED: Final = N_("Names %(what)s")


def evidence_in_words(codes: Iterable[str]) -> list[Said]:
    """Return what each code says, once."""
    return list(dict.fromkeys(said for code in codes for said in _said(code)))


def _said(code: str) -> Iterator[Said]:
    first, _, rest = code.partition(".")
    if code in _WHOLE:
        yield _WHOLE[code]
    elif first == "place":
        name, _, role = rest.partition(".")
        yield Message(_ROLES.get(role, _NAMED), what=_NAMES.get(name, _PLACE))
    elif first == "topic" and rest in NAMES["police_type"]():
        yield label("police_type", rest)
    elif first == "kind" and rest in NAMES["category"]():
        yield label("category", rest)
