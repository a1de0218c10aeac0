"""How long a job pauses, so that others get the database first."""


def pause_for(took_s: float, *, share: float) -> float:
    """Return the pause in seconds after which work of `took_s` took that share of the time."""
    return took_s / share - took_s
