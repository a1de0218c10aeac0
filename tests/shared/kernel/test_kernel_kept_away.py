"""Complaints stay away from those that they are about, for all roles, holdings and exclusions."""

from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.access_policy import (
    FALLING,
    LetterAccess,
    Sight,
    can_view,
    is_inspections_alone,
    kept_from,
    may_reach,
)
from shared.kernel.complaints import INSPECTION, ComplaintTarget, path_of_complaint
from shared.kernel.finding import restriction
from shared.kernel.places import PROVINCE
from shared.kernel.viewers import INSPECTORS, Viewer
from tests.shared.kernel.relations import (
    CLAIMS,
    SLUGS,
    STAFF,
    UNITS,
    abouts,
    exclusions,
    onlookers,
    standings,
    who,
)
from tests.support.budget import budget


def keeps_away(onlooker: Viewer, letter: LetterAccess) -> bool:
    """Whether a complaint stays away from all that it is about, computed in another way."""
    about = letter.about
    if about is None or can_view(onlooker, letter) == "nothing":
        return True
    seats = [claim.split(":")[1:3] for claim in onlooker.claims if claim.startswith("bureau:")]
    bureaus = {seat[0] for seat in seats}
    if about.officer == onlooker.staff or (about.bureau is None and seats):
        return False
    if about.bureau == PROVINCE and about.is_whole:
        is_inspector = not onlooker.claims.isdisjoint(INSPECTORS)
        return is_inspector and INSPECTION not in about.units
    if about.is_whole:
        return about.bureau not in bureaus
    return not any([about.bureau, unit] in seats for unit in about.units)


@settings(max_examples=budget(500))
@given(onlookers, standings)
def test_a_complaint_never_reaches_what_it_is_about(onlooker: Viewer, letter: LetterAccess) -> None:
    assert keeps_away(onlooker, letter)


def test_no_role_and_no_relation_is_an_exception() -> None:
    """Every role, holder, unit that it was passed on to, and thing complained of, one by one."""
    whom = [
        ComplaintTarget(bureau, unit, officer)
        for bureau, unit, officer in product((None, *SLUGS), (None, *UNITS), (None, "ann"))
    ]
    letters = [
        LetterAccess(holder, unit, about=about)
        for holder, unit, about in product(("triage", *SLUGS), (None, *UNITS), whom)
    ]
    people = [Viewer("ann", frozenset({claim})) for claim in CLAIMS]
    assert all(keeps_away(one, letter) for one, letter in product(people, letters))
    assert not any(
        can_view(one, letter) != "nothing"
        for one, letter in product(people, letters)
        if letter.about is not None and letter.about.officer == "ann"
    )


@given(onlookers, standings, exclusions)
def test_excluding_more_never_shows_more(
    onlooker: Viewer, letter: LetterAccess, more: frozenset[str]
) -> None:
    before = can_view(onlooker, letter)
    after = can_view(onlooker, replace(letter, excluded=letter.excluded | more))
    assert after in (before, "nothing")


@given(onlookers, standings, st.sampled_from(STAFF))
def test_naming_the_officer_never_shows_more(
    onlooker: Viewer, letter: LetterAccess, officer: str
) -> None:
    if letter.about is None:
        return
    named = replace(letter, about=replace(letter.about, officer=officer))
    unnamed = replace(letter, about=replace(letter.about, officer=None))
    assert can_view(onlooker, named) in (can_view(onlooker, unnamed), "nothing")


@given(onlookers, standings)
def test_a_seat_more_never_lifts_what_is_kept_away(onlooker: Viewer, letter: LetterAccess) -> None:
    if onlooker.belongs_to & kept_from(letter):
        everything = replace(onlooker, claims=onlooker.claims | set(CLAIMS))
        assert can_view(everything, letter) == "nothing"


@given(onlookers, standings)
def test_a_bureau_sees_only_what_it_holds_or_held(onlooker: Viewer, letter: LetterAccess) -> None:
    seats = [claim.split(":") for claim in onlooker.claims]
    if not all(seat[0] == "bureau" for seat in seats):
        return
    hers = {seat[1] for seat in seats}
    touched = {letter.holder, *(one.bureau for one in letter.held)}
    if is_inspections_alone(letter):
        touched.add(PROVINCE)
    if letter.addressed_to == PROVINCE and PROVINCE in hers:
        return
    if can_view(onlooker, letter) != "nothing":
        assert hers & touched


@given(onlookers, standings, st.sampled_from(FALLING))
def test_a_query_finds_what_may_be_seen_and_nothing_else(
    onlooker: Viewer, letter: LetterAccess, least: Sight
) -> None:
    enough = can_view(onlooker, letter) in FALLING[: FALLING.index(least) + 1]
    assert restriction(onlooker, least=least).lets(letter) == enough


@given(standings)
def test_what_may_reach_a_place_is_seen_there_and_by_nobody_where_it_may_not(
    letter: LetterAccess,
) -> None:
    for slug, unit in product(SLUGS, (None, *UNITS)):
        there = replace(letter, holder=slug, unit=unit, held=(), addressed_to=None)
        if may_reach(letter, slug, unit=unit):
            unit_s = f"{INSPECTION}:" if is_inspections_alone(letter) else ""
            assert can_view(who(f"bureau:{slug}:{unit_s}chief"), there) == "all"
            if unit is not None:
                assert can_view(who(f"bureau:{slug}:{unit}:handler"), there) == "all"
        elif unit is not None:
            assert can_view(who(f"bureau:{slug}:{unit}:handler"), there) == "nothing"
        else:
            assert can_view(who(f"bureau:{slug}:handler"), there) == "nothing"
            assert can_view(who(f"bureau:{slug}:chief"), there) == "nothing"


@given(abouts, exclusions)
def test_a_path_leads_to_where_the_complaint_may_go(
    about: ComplaintTarget, excluded: frozenset[str]
) -> None:
    path = path_of_complaint(about)
    if path is None or path.bureau is None:
        return
    assert may_reach(LetterAccess("triage", about=about), path.bureau, unit=path.unit)
    kept = {path.bureau, f"{path.bureau}:{path.unit}"} & excluded
    letter = LetterAccess("triage", about=about, excluded=excluded)
    if is_inspections_alone(letter):
        kept -= {PROVINCE}
    assert may_reach(letter, path.bureau, unit=path.unit) != bool(kept)
