"""Letters and people in every relation to each other, for tests of the access policy."""

from hypothesis import strategies as st

from shared.kernel.access_policy import LetterAccess, PastHolding
from shared.kernel.complaints import INSPECTION, ComplaintTarget
from shared.kernel.places import PROVINCE
from shared.kernel.viewers import PROVINCIAL, Viewer

SLUGS = ("guangzhou", "foshan", PROVINCE)
UNITS = ("traffic", "household", INSPECTION)
CLAIMS = (
    *sorted(PROVINCIAL),
    *(f"bureau:{slug}:{role}" for slug in SLUGS for role in ("handler", "chief")),
    *(f"bureau:{slug}:{unit}:handler" for slug in SLUGS for unit in UNITS),
    "bureau:province:inspection:chief",
)
STAFF = ("ann", "bea")

units = st.none() | st.sampled_from(UNITS)
abouts = st.builds(
    ComplaintTarget,
    bureau=st.none() | st.sampled_from(SLUGS),
    unit=units | st.just("station-7"),
    officer=st.none() | st.sampled_from(STAFF),
    police_type=units,
)
exclusions = st.frozensets(
    st.sampled_from([*SLUGS, *(f"{slug}:{unit}" for slug in SLUGS for unit in UNITS)]), max_size=4
)
standings = st.builds(
    LetterAccess,
    holder=st.sampled_from(["triage", *SLUGS]),
    unit=units,
    held=st.lists(
        st.builds(PastHolding, st.sampled_from(SLUGS), units, until=st.integers(1, 9)), max_size=3
    ).map(tuple),
    addressed_to=st.none() | st.sampled_from(SLUGS),
    about=st.none() | abouts,
    excluded=exclusions,
)
onlookers = st.builds(
    Viewer,
    staff=st.sampled_from(STAFF),
    claims=st.frozensets(st.sampled_from(CLAIMS), max_size=4),
)


def who(*claims: str, staff: str = "cyn") -> Viewer:
    """A person with those roles."""
    return Viewer(staff, frozenset(claims))
