"""Faults in a letter's erasure: before its time, not everywhere, or never."""

import json
from datetime import timedelta
from typing import Any

from shared.contracts.topics import PROGRESS, SUBMITTED
from shared.platform.mongo.database import Document
from tests.shared.audit.planting import finds
from tests.shared.audit.town import Town, put_header, say_again

ERASED = "gd.mailbox.letter.erased.v1"


def _erased(town: Town, rule: str) -> None:
    """Intake has emitted an erasure of the answered letter's words."""
    intake = town.document("intake")
    new = say_again(intake, town.entry("intake", SUBMITTED.name, "rating.submitted"))
    new["type"] = ERASED
    put_header(new, "ce_type", ERASED)
    new["value"] = json.dumps({"what": ["words"], "rule": rule}).encode()


def _marked(document: Document, at: Any) -> None:
    document["erased"] = {"words": {"at": at, "sent": {}}}


@finds("erased_early")
def _erased_ten_years_before_its_time(town: Town) -> None:
    _erased(town, "letters.words")
    for service in town.letters:
        _marked(town.document(service), town.as_of)


@finds("erased_early")
def _erased_by_a_rule_that_is_none(town: Town) -> None:
    _erased(town, "letters.five_years")


@finds("erasure_missing")
def _erased_by_an_order_and_not_here(town: Town) -> None:
    _erased(town, "operator.court_order")


@finds("erasure_overdue")
def _still_there_after_four_years(town: Town) -> None:
    log = town.document("router")["log"]
    for entry in log:
        if entry["topic"] == PROGRESS.name:
            value = json.loads(entry["value"]) | {"at": "2022-01-04T01:00:00Z"}
            entry["value"] = json.dumps(value, ensure_ascii=False).encode()
            entry["at"] -= timedelta(days=4 * 366)
