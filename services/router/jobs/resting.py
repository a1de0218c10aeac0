"""How long does a loop rest, so that whoever waits for the database goes first? Pure."""


def rest_for(took_s: float, *, share: float) -> float:
    """After work that took so long, so that it takes that share of the time; both in seconds."""
    return took_s / share - took_s
