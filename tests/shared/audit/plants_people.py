"""Faults in who did it: one person for two, or a bureau that the letter is about."""

from datetime import timedelta
from typing import Any

from shared.contracts.topics import PROGRESS, letters_of
from shared.platform.mongo.database import Document
from tests.shared.audit.planting import finds
from tests.shared.audit.town import ANSWERED, RECALLED, SIGNED, Town, change, said, say_again

HELD = letters_of("guangzhou").name


@finds("unsigned")
def _a_refusal_to_sign_was_overlooked(town: Town) -> None:
    submitted = town.entry("router", PROGRESS.name, "reply.submitted", SIGNED)
    change(submitted, signers=["chief", "supervisor"])


@finds("unsigned")
def _nobody_signed(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "reply.submitted", ANSWERED), signers=["chief"])


@finds("same_person")
def _the_chief_signed_what_they_wrote(town: Town) -> None:
    signed = town.entry("router", PROGRESS.name, "letter.signed", SIGNED)
    author = said(town.entry("router", PROGRESS.name, "reply.submitted", SIGNED))["by"]["staff"]
    change(signed, by={"role": "chief", "bureau": "guangzhou", "staff": author})


@finds("unexplained")
def _it_was_signed_before_it_was_written(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "reply.submitted", SIGNED), state="handling")


@finds("excluded")
def _a_bureau_was_told_more_of_what_it_is_about(town: Town) -> None:
    _later(town, town.entry("router", HELD, "letter.assigned", RECALLED))


@finds("excluded")
def _it_came_back_to_whom_it_is_about(town: Town) -> None:
    _later(town, town.entry("router", PROGRESS.name, "letter.routed", RECALLED), assignment=2)


@finds("identity_of_masked")
def _a_name_went_out_after_the_mask(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.routed", ANSWERED), masked=True)


def _later(town: Town, entry: Document, **fields: Any) -> None:
    """The same once more, as the letter's last event."""
    kept = town.document("router", RECALLED)
    last = max(one["at"] for one in kept["log"])
    say_again(kept, entry, **fields)["at"] = last + timedelta(seconds=1)
