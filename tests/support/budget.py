"""How many examples a property test tries: few in `make test`, all in `make test-all`."""

from hypothesis import HealthCheck, settings

LEAST = 10


def register_profiles() -> None:
    """Register `quick` (the default) and `thorough`, for hypothesis's own --hypothesis-profile."""
    for name, most in (("quick", 20), ("thorough", 100)):
        settings.register_profile(
            name,
            max_examples=most,
            deadline=None,  # tests assert no times, because a machine may be busy
            suppress_health_check=[HealthCheck.too_slow],
        )
    settings.load_profile("quick")


def is_thorough() -> bool:
    """Whether this run uses the thorough profile."""
    return settings.get_current_profile_name() == "thorough"


def budget(thorough: int, *, quick: int | None = None) -> int:
    """`thorough` in that profile, else `quick`: by default a fifth of it, at least ten."""
    if is_thorough():
        return thorough
    return min(thorough, max(LEAST, thorough // 5)) if quick is None else quick
