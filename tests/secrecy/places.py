"""The places in which secrets may stand, each with its reason.

Anything elsewhere is a breach. The story uses every line, which shows that no line is out of date
and that each way of searching finds what is there.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.secrecy.search import Find

SIGN_IN = frozenset({"name", "id_number", "phone"})
CONTACT = frozenset({"phone", "email", "wechat"})
OWN = SIGN_IN | CONTACT | {"address", "plate"}
LETTER = frozenset({"subject", "body", "more"})
PUBLIC = LETTER | {"reply"}
BUREAU_S = PUBLIC | {"place", "others", "plate", "promise", "comment"}


@dataclass(frozen=True, slots=True)
class Allowed:
    """A kind of place where some secrets may stand."""

    kind: str
    name: str
    """A shell pattern."""
    secrets: Collection[str]
    """Kinds of secrets."""
    of: Collection[str]
    """The letters that they may belong to, or their writers."""
    why: str
    on_disk: bool = False
    """Whether it is in a server's files, which the server may keep packed, or in memory."""

    def allows(self, find: Find) -> bool:
        """Whether this may stand there."""
        return (
            find.place.kind == self.kind
            and fnmatchcase(find.place.name, self.name)
            and find.secret.kind in self.secrets
            and find.secret.of in self.of
        )

    def is_there(self, names: Iterable[str]) -> bool:
        """Whether one of these is such a place."""
        return any(fnmatchcase(name, self.name) for name in names)


ALL_LETTERS = ("request", "complaint", "abroad")

ALLOWED: tuple[Allowed, ...] = (
    *(
        Allowed("answer", f"intake {of}", PUBLIC | OWN | {"others"}, [of], "a letter's own writer")
        for of in ALL_LETTERS
    ),
    Allowed(
        *("answer", "intake request", {"comment", "file"}, ["request"]),
        why="what the writer said about the reply, and how the photo is called",
    ),
    Allowed(
        *("answer", "intake complaint", {"comment", "promise"}, ["complaint"]),
        why="the same, and what the reply has promised",
    ),
    Allowed(
        *("answer", "intake duty", LETTER | OWN | {"place", "others"}, ["emergency"]),
        why="the duty desk reads what may be an emergency, where it is, and whom to call",
    ),
    Allowed(
        *("answer", "router triage", LETTER | OWN | {"place", "others"}, ["abroad"]),
        why="the desk that chooses the bureau reads what the letter says, and where it happened",
    ),
    Allowed(
        *("answer", "router handler", PUBLIC | OWN | {"place", "others"}, ["request"]),
        why="the bureau that holds the letter, which isn't masked",
    ),
    Allowed(
        *("answer", "router handler", PUBLIC | {"others", "plate", "promise"}, ["complaint"]),
        why="the same, and the writer cut out of it: a plate is nothing that intake knows",
    ),
    Allowed(
        *("answer", "router chief", PUBLIC | {"others", "plate", "promise"}, ["complaint"]),
        why="who signs reads what is promised, and the letter as its bureau may see it",
    ),
    Allowed(
        *("output", "bureau *", PUBLIC | OWN | {"place", "others", "comment"}, ["request"]),
        why="the bureau's own process opens what is sealed for it",
    ),
    Allowed(
        *("output", "bureau *", BUREAU_S, ["complaint"]),
        why="the same, and marks in place of all that tells who the writer is",
    ),
    Allowed(
        *("answer", "publisher proposer", PUBLIC | {"plate"}, ["request", "complaint"]),
        why="editors read drafts, in which the writer's own values are marks",
    ),
    Allowed("answer", "publisher approver", PUBLIC, ["request"], why="the same"),
    Allowed("answer", "publisher anyone", PUBLIC, ["request"], why="it was published"),
    Allowed("record", "public.releases", {"subject"}, ["request"], why="its title is published"),
    Allowed("record", "letters.published", {"subject"}, ["request"], why="the same"),
    Allowed(
        *("file", "backup/mailbox_intake/letters.bson", {"subject"}, ["request"]),
        why="the same, for those who write about the same matter",
    ),
    Allowed(
        *("file", "backup/mailbox_publisher/letters.bson", PUBLIC, ["request"]),
        why="the publisher keeps in clear what everyone may read",
    ),
    Allowed(
        *("file", "data/*/*", PUBLIC, ["request"]),
        why="the same, on the database's own disk",
        on_disk=True,
    ),
    Allowed(
        *("message", "to the gateway", CONTACT, ALL_LETTERS),
        why="whoever is to be reached must be named to the gateway, outside, at that moment",
    ),
    Allowed(
        *("record", "bureau.guangzhou.actions", {"record"}, ["bureau"]),
        why="what a bureau itself writes in clear on its own topic stands there",
    ),
    Allowed(
        *("record", "letters.*", {"record"}, ["us"]),
        why="what a faulty program of ours would write in clear stands where it wrote it",
    ),
    *(
        Allowed(
            *("file", f"kafka/*/data/{topic}-*", secrets, of),
            why="the same, on the broker's own disk",
            on_disk=True,
        )
        for topic, secrets, of in (
            ("public.releases", ("subject",), ("request",)),
            ("letters.published", ("subject",), ("request",)),
            ("bureau.guangzhou.actions", ("record",), ("bureau",)),
            ("letters.*", ("record",), ("us",)),
        )
    ),
)


def breaches(finds: Iterable[Find], allowed: Collection[Allowed] = ALLOWED) -> list[Find]:
    """Findings in places that don't allow them."""
    return [find for find in finds if not any(one.allows(find) for one in allowed)]


def unused(finds: Iterable[Find], allowed: Collection[Allowed] = ALLOWED) -> list[Allowed]:
    """Places in which nothing was found."""
    found = list(finds)
    return [one for one in allowed if not any(map(one.allows, found))]
