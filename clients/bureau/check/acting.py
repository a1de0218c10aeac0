"""What the system under check did with one letter, as scripts and judges query it."""

from collections import Counter, defaultdict

from clients.bureau.check.transcript import HeardRecord, Transcript

ACCEPT = "accept"
MOST_AGAIN = 1
"""After a refusal the system may repeat the action once, because the two may cross; twice counts as
endless."""


def has_accepted(transcript: Transcript, letter: str) -> bool:
    """Whether the letter was accepted, rightly or wrongly."""
    return bool(transcript.acts(letter, ACCEPT))


def opening(transcript: Transcript, letter: str, *, code: str) -> bool:
    """Whether the system decrypted the letter's words and quoted its code."""
    return any(code in heard.quotes for heard in transcript.acts(letter))


def ever_quoted(transcript: Transcript) -> bool:
    """Whether the system quotes codes at all."""
    return any(heard.quotes for heard in transcript.all_heard())


def asked_twice(transcript: Transcript, letter: str) -> list[HeardRecord]:
    """The first action for each request that was sent under more than one id."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    firsts: dict[str, HeardRecord] = {}
    for heard in transcript.acts(letter):
        ids[heard.content].add(heard.action_id)
        firsts.setdefault(heard.content, heard)
    return [firsts[content] for content, names in ids.items() if len(names) > 1]


def most_after_refusal(transcript: Transcript, letter: str) -> int:
    """How often the same kind of request was repeated after its refusal was sent, at most."""
    kinds = {heard.action_id: heard.kind for heard in transcript.acts(letter)}
    counts: Counter[str] = Counter()
    refused: set[str] = set()
    places = dict(transcript.refusals(letter))
    for place, entry in enumerate(transcript.entries):
        if place in places and places[place].of in kinds:
            refused.add(kinds[places[place].of])
        elif isinstance(entry, HeardRecord) and entry.letter == letter and entry.kind in refused:
            counts[entry.kind] += 1
    return max(counts.values(), default=0)


def goes_on(transcript: Transcript, letter: str) -> bool:
    """Whether the system repeats a refused request endlessly."""
    return most_after_refusal(transcript, letter) > MOST_AGAIN
