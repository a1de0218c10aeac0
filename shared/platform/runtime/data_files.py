"""Our data files: read once, validated, and converted to types of the kernel.

A bad file stops the service at the start with `BadData`, which names the file and the place in it.
"""

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Final, TypeVar

from shared.kernel import plain
from shared.kernel.categories import Categories
from shared.kernel.errors import BadData
from shared.kernel.notices import Notices
from shared.kernel.offices import Offices
from shared.kernel.overrides import layered
from shared.kernel.places import Bureaus
from shared.kernel.policies import Policies
from shared.kernel.policy_versions import PolicyVersions
from shared.kernel.reply_templates import ReplyTemplate, templates_of
from shared.kernel.request_limits import RequestLimits
from shared.kernel.retention import RetentionTable
from shared.kernel.watch import check_watch
from shared.kernel.working_days import Calendar
from shared.platform.runtime.data_reading import parsed
from shared.platform.runtime.policy_check import check_catalogued
from shared.rules.frontends import Frontends
from shared.rules.places.stations import Stations

FOLDER: Final = Path(__file__).parents[2] / "data"
POLICIES: Final = FOLDER / "deadline_policies.yaml"
"""Our version; an operator with own versions names a folder of them."""
OFFICES: Final = FOLDER / "offices.yaml"
"""An example; an operator names their own file."""
RETENTION: Final = FOLDER / "retention.yaml"
"""Ours; an operator with other periods names their own file."""
FRONTENDS: Final = FOLDER / "frontends.yaml"
"""For a development stack; an operator names their own file."""

T = TypeVar("T")


@cache
def policies(place: Path | None = None) -> PolicyVersions:
    """Limits, levels, events and signatures, for each version. Raises: BadData.

    `place`: a folder with one file per version, or the file of the only version; None: ours.
    """
    place = place or POLICIES
    files = _files(place) if place.is_dir() else [place]
    return PolicyVersions.of({file.name: _read(file, _checked) for file in files})


@cache
def calendar(folder: Path = FOLDER, *, overrides: Path | None = None) -> Calendar:
    """Working days, with the office's overrides applied. Raises: BadData.

    `overrides`: the office's own file, instead of the empty one that we ship.
    """
    frozen = _read(folder / "calendar" / "working_days.json", Calendar.of)
    ours = folder / "calendar" / "overrides.yaml"
    return _read(overrides or ours, partial(layered, frozen))


@cache
def bureaus(folder: Path = FOLDER) -> Bureaus:
    """The bureaus, by slug and name. Raises: BadData."""
    return _read(folder / "cities.yaml", Bureaus.of)


@cache
def offices(file: Path = OFFICES, *, examples: bool = True) -> Offices:
    """The office holders, and the bureaus that have joined. Raises: BadData.

    `examples`: whether a file marked as an example is accepted.
    """
    found = _read(file, partial(Offices.of, bureaus=bureaus().by_slug.keys()))
    if found.is_example and not examples:
        raise BadData(f"{file.name}: it is an example, and real letters need real office holders")
    return found


@cache
def stations(file: Path | None = None) -> Stations:
    """The police stations that an operator configured; none without a file. Raises: BadData."""
    return _read(file, Stations.of) if file else Stations()


@cache
def frontends(file: Path | None = None, *, examples: bool = True) -> Frontends:
    """The registered frontends. Raises: BadData.

    `examples`: whether a file marked as an example is accepted; without `file`, ours is used then,
    and nobody is registered otherwise.
    """
    if file is None and not examples:
        return Frontends()
    file = file or FRONTENDS
    found = _read(file, partial(Frontends.of, bureaus=bureaus().by_slug.keys()))
    if found.is_example and not examples:
        raise BadData(f"{file.name}: it is an example, and real letters need real frontends")
    return found


@cache
def categories(folder: Path = FOLDER) -> Categories:
    """Categories, states and their wording. Raises: BadData."""
    return _read(folder / "categories.yaml", Categories.of)


@cache
def notices(folder: Path | None = None) -> Notices:
    """The notice to letter-writers: a file for each version, named after it. Raises: BadData.

    `folder`: an operator's own; None: ours.
    """
    files = _files(folder or FOLDER / "notices")
    return Notices.of({file.stem: _read(file, lambda data: data) for file in files})


@cache
def police_types(folder: Path = FOLDER) -> Mapping[str, tuple[str, str]]:
    """The names of the police types in Chinese and English, by key. Raises: BadData."""
    return _read(folder / "police_types.yaml", _police_types)


@cache
def reply_templates(folder: Path = FOLDER) -> tuple[ReplyTemplate, ...]:
    """The texts from which replies begin. Raises: BadData."""
    return _read(folder / "reply_templates.yaml", templates_of)


@cache
def retention(file: Path = RETENTION) -> RetentionTable:
    """How long everything is kept. Raises: BadData."""
    return _read(file, RetentionTable.of)


@cache
def request_limits(file: Path | None = None, *, factor: int = 1) -> RequestLimits:
    """How often somebody may do something, `factor` times. Raises: BadData.

    `file`: the operator's own; None: ours.
    """
    return _read(file or FOLDER / "request_limits.yaml", partial(RequestLimits.of, factor=factor))


def _police_types(data: Mapping[str, object]) -> Mapping[str, tuple[str, str]]:
    def text(row: Mapping[str, object], where: str, key: str) -> str:
        return plain.a_text(row.get(key), f"{where}.{key}")

    rows = plain.rows(data.get("police_types"), "police_types")
    names = [(text(r, w, "key"), (text(r, w, "zh"), text(r, w, "en"))) for w, r in rows]
    return plain.by_key(names, "police_types")


def _files(folder: Path) -> list[Path]:
    """All files in the folder; one with another name is a fault, not ignored. Raises: BadData."""
    try:
        files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    except OSError as bad:
        raise BadData(f"{folder.name}: cannot be read ({type(bad).__name__})") from bad
    for file in files:
        if file.suffix != ".yaml":
            raise BadData(f"{file.name}: a version is a file <name>.yaml")
    return files


def _checked(data: Mapping[str, object]) -> Policies:
    found = Policies.of(data)
    check_catalogued(found)
    check_watch(found)
    return found


def _read(file: Path, of: Callable[[Mapping[str, object]], T]) -> T:
    """Convert `file` by the kernel; errors name the file by its last name only."""
    try:
        return of(plain.a_map(parsed(file), "the file"))
    except BadData as bad:
        raise BadData(f"{file.name}: {bad}") from bad
