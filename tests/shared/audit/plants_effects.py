"""Faults in a letter's effects: repeated, visible to others, sent to the wrong bureau, unseen."""

import copy
from datetime import timedelta

from shared.contracts.topics import (
    DIVERTED,
    PROGRESS,
    PUBLISHED,
    RELEASES,
    SUBMITTED,
    letters_of,
)
from tests.intake.diversions import DIVERSION
from tests.shared.audit.planting import finds
from tests.shared.audit.town import (
    ANSWERED,
    OVERDUE,
    RELEASED,
    WAITING,
    Town,
    change,
    put_header,
    said,
    say_again,
)

HELD = letters_of("guangzhou").name
FOREIGN = letters_of("shenzhen").name
ID_NUMBER = "440199199001010018"


# --- every effect happens once -------------------------------------------------------------------


@finds("two_contents")
def _one_id_has_two_contents(town: Town) -> None:
    entry = copy.deepcopy(town.entry("router", PROGRESS.name, "letter.accepted"))
    change(entry, state="routed")
    name = f"{PROGRESS.name}/{ANSWERED}/{entry['sequence']}"
    town.moved["router"] = [{"_id": name, "letter": ANSWERED, **entry}]
    town.document("router")["moved"] = 1


@finds("kept_twice")
def _an_entry_stands_twice(town: Town) -> None:
    kept = town.document("router")
    kept["log"].append(copy.deepcopy(kept["log"][2]))


@finds("cause_twice")
def _one_cause_in_two_versions(town: Town) -> None:
    put_header(town.entry("router", PROGRESS.name, "letter.closed"), "ce_letterversion", "99")


@finds("said_twice")
def _a_second_reply(town: Town) -> None:
    say_again(town.document("router"), town.entry("router", PROGRESS.name, "letter.replied"))


@finds("said_twice")
def _an_action_was_answered_twice(town: Town) -> None:
    say_again(town.document("router"), town.entry("router", HELD, "action.applied"))


@finds("reply_numbers")
def _the_first_reply_is_the_second(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.replied"), reply=2)


@finds("published_twice")
def _a_second_publication(town: Town) -> None:
    entry = town.entry("publisher", PUBLISHED.name, "letter.published")
    say_again(town.document("publisher"), entry, publication="pub-0002")


@finds("release_missing")
def _a_release_of_something_else(town: Town) -> None:
    entry = town.entry("publisher", RELEASES.name, "release.published")
    change(entry, publication="pub-0003")


@finds("delivered_twice")
def _two_messages_for_one_event(town: Town) -> None:
    town.document("notifier")["state"]["deliveries"] *= 2


@finds("delivery_unfounded")
def _a_message_for_nothing(town: Town) -> None:
    delivery = town.document("notifier")["state"]["deliveries"][0]
    delivery["id"] = f"{ANSWERED}/{PROGRESS.name}/{ANSWERED}/77"


@finds("unsent")
def _something_may_not_have_left(town: Town) -> None:
    town.document("router")["unsent"] = {"progress": 3}


# --- nobody reads identity or words but those entitled -------------------------------------------


@finds("clear_words")
def _words_went_out_unsealed(town: Town) -> None:
    entry = town.entry("intake", SUBMITTED.name, "letter.submitted")
    change(entry, words={"subject": "路灯", "body": "路灯坏了"})


@finds("clear_words")
def _words_stand_in_a_field_of_their_own(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.routed"), remark="street lights, please")


@finds("clear_words")
def _words_stand_in_a_header(town: Town) -> None:
    put_header(town.entry("router", PROGRESS.name, "letter.routed"), "x-subject", "lights")


@finds("not_erased")
def _words_stay_that_were_erased(town: Town) -> None:
    kept = town.document("router")
    kept["erased"] = {"words": {"at": town.as_of, "sent": kept["sent"]}}


@finds("clear_in_document")
def _a_document_keeps_words(town: Town) -> None:
    town.document("router", WAITING)["state"]["words"] = "street lights, please"


@finds("clear_in_document")
def _a_document_keeps_chinese(town: Town) -> None:
    town.document("publisher", WAITING)["state"]["title"] = "路灯坏了"


@finds("clear_in_document")
def _search_finds_a_letter_without_a_page(town: Town) -> None:
    town.document("publisher", WAITING)["grams"] = ["路灯", "灯坏"]


@finds("number_in_clear")
def _a_mobile_number_stands_in_clear(town: Town) -> None:
    town.document("notifier", WAITING)["state"]["contact"] = "15400001111"


@finds("number_in_clear")
def _an_id_number_went_out(town: Town) -> None:
    change(town.entry("intake", SUBMITTED.name, "letter.submitted"), person=ID_NUMBER)


@finds("number_published")
def _an_id_number_can_be_read_by_all(town: Town) -> None:
    town.document("publisher")["state"]["draft"]["page"]["text"] += f"（{ID_NUMBER}）"


@finds("number_published")
def _an_id_number_stands_in_a_release(town: Town) -> None:
    entry = town.entry("publisher", RELEASES.name, "release.published")
    change(entry, title=f"致{ID_NUMBER}")


@finds("wrong_reader")
def _the_publisher_could_read_a_letter(town: Town) -> None:
    entry = town.entry("intake", SUBMITTED.name, "letter.submitted")
    words = said(entry)["words"]
    change(entry, words=words | {"publisher": words["router"]})


@finds("wrong_envelope")
def _the_words_of_another_letter(town: Town) -> None:
    theirs = said(town.entry("intake", SUBMITTED.name, "letter.submitted", WAITING))
    change(town.entry("intake", SUBMITTED.name, "letter.submitted"), words=theirs["words"])


@finds("identity_of_masked")
def _the_writer_of_a_complaint_was_named(town: Town) -> None:
    theirs = copy.deepcopy(town.entry("router", HELD, "letter.identity"))
    theirs["key"] = OVERDUE.encode()
    put_header(theirs, "ce_subject", OVERDUE)
    say_again(town.document("router", OVERDUE), theirs)


@finds("identity_of_masked")
def _the_router_masked_it_and_named_its_writer(town: Town) -> None:
    change(town.entry("router", PROGRESS.name, "letter.routed"), masked=True)


@finds("identity_astray")
def _an_identity_for_no_holding(town: Town) -> None:
    change(town.entry("router", HELD, "letter.identity"), assignment=2)


@finds("identity_astray")
def _an_identity_before_the_holding(town: Town) -> None:
    town.entry("router", HELD, "letter.identity")["at"] -= timedelta(hours=1)


# --- a bureau sees only its letters --------------------------------------------------------------


@finds("not_its_letter")
def _another_bureau_was_told(town: Town) -> None:
    entry = town.entry("router", HELD, "letter.accepted")
    say_again(town.document("router"), entry, topic=FOREIGN)


@finds("not_its_letter")
def _it_was_told_of_another_holding(town: Town) -> None:
    change(town.entry("router", HELD, "letter.accepted"), assignment=2)


@finds("not_its_letter")
def _it_was_told_before_it_held_it(town: Town) -> None:
    town.entry("router", HELD, "letter.assigned")["at"] -= timedelta(hours=1)


@finds("acted_unheld")
def _another_bureau_accepted(town: Town) -> None:
    by = {"role": "bureau", "bureau": "shenzhen", "staff": "x-1"}
    change(town.entry("router", PROGRESS.name, "letter.accepted"), by=by)


@finds("excluded")
def _it_went_to_whom_it_is_about(town: Town) -> None:
    entry = town.entry("router", PROGRESS.name, "letter.received", OVERDUE)
    change(entry, excluded=["guangzhou"])


@finds("shows_inside")
def _a_bureau_sees_who_on_the_staff(town: Town) -> None:
    by = {"role": "bureau", "bureau": "guangzhou", "staff": "g-17"}
    change(town.entry("router", HELD, "letter.accepted"), by=by)


@finds("shows_inside")
def _a_bureau_sees_a_trace(town: Town) -> None:
    put_header(town.entry("router", HELD, "letter.accepted"), "ce_letterversion", "3")


# --- every diverted emergency is seen ------------------------------------------------------------


@finds("not_seen")
def _nobody_saw_it(town: Town) -> None:
    kept = town.document("intake", DIVERSION)
    kept["log"], kept["sent"] = kept["log"][:1], {"diverted": 1}
    town.document("notifier", DIVERSION)["seen"] = {"diverted": 1}


@finds("off_the_desk")
def _it_stands_on_no_list_of_the_desk(town: Town) -> None:
    kept = town.document("intake", DIVERSION)
    kept["log"], kept["sent"] = kept["log"][:1], {"diverted": 1}
    town.document("notifier", DIVERSION)["seen"] = {"diverted": 1}


@finds("off_the_desk")
def _it_was_seen_and_nobody_can_resolve_it(town: Town) -> None:
    del town.document("intake", DIVERSION)["unresolved_since"]


@finds("not_released")
def _a_false_alarm_never_became_a_letter(town: Town) -> None:
    town.document("intake", RELEASED)["state"]["is_letter"] = False


@finds("not_seen")
def _it_was_paged_and_nobody_saw_it(town: Town) -> None:
    _nobody_saw_it(town)
    name = f"{DIVERSION}/{DIVERTED.name}/{DIVERSION}/1/page-2"
    call = {"id": name, "message": "page", "standing": "delivered", "details": {"page": 2}}
    town.document("notifier", DIVERSION)["state"]["deliveries"] = [call]


@finds("not_paged")
def _it_was_seen_too_late(town: Town) -> None:
    entry = town.entry("intake", DIVERTED.name, "duty.seen", DIVERSION)
    change(entry, seen_at="2031-01-01T00:00:00Z")
