"""The forms of a writer's requests and changes as data: fields, route and confirmation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.intake.api import requests
from services.intake.api.requests_schemas import (
    NewAddition,
    NewAnswer,
    NewConsent,
    NewContact,
    NewRating,
    NewText,
    NewWithdrawal,
)
from services.intake.domain.letter import IntakeLetter, RequestKind
from shared.contracts.words import MAX_NOTE
from shared.web.form_pages import AskedField, AskedForm, Choice
from shared.web.language import N_
from shared.web.vocabulary import choices

FormName = RequestKind | Literal["consent", "contact"]
COMMENT: Final = 1_000
YES_NO: Final[Sequence[Choice]] = (("yes", N_("Yes")), ("no", N_("No")))


class RequestField(AskedField[IntakeLetter]):
    """A field of a writer's form."""


@dataclass(frozen=True, slots=True)
class WriterForm(AskedForm[IntakeLetter]):
    """One thing that a writer can do about a letter, as a page of its own."""

    send: str = ""
    """The button."""
    has_words: bool = False
    """Whether words can be typed that may report an emergency."""


def _open_question(letter: IntakeLetter) -> str:
    return next((str(it.question) for it in letter.questions if it.standing == "open"), "")


def _contact(name: str) -> Callable[[IntakeLetter], str]:
    return lambda letter: (getattr(letter.contact, name) or "") if letter.contact else ""


def _address(letter: IntakeLetter) -> str:
    return (letter.identity.address or "") if letter.identity else ""


def _scores(_: IntakeLetter) -> Sequence[Choice]:
    return (
        ("5", N_("5, very satisfied")),
        ("4", N_("4, satisfied")),
        ("3", N_("3, neither")),
        ("2", N_("2, dissatisfied")),
        ("1", N_("1, very dissatisfied")),
    )


FORMS: Final[Mapping[FormName, WriterForm]] = {
    "answer": WriterForm(
        N_("Answer the question"),
        N_("Your answer is on its way to the bureau."),
        requests.answer_question,
        NewAnswer,
        (
            RequestField("question", N_("Question"), kind="hidden", value=_open_question),
            RequestField("text", N_("Your answer"), most=MAX_NOTE),
        ),
        has_words=True,
        send=N_("Send the answer"),
    ),
    "addition": WriterForm(
        N_("Add something"),
        N_("What you added is on its way to whoever handles your letter."),
        requests.add_to_letter,
        NewAddition,
        (RequestField("text", N_("What do you want to add?"), most=MAX_NOTE),),
        says=(N_("Adding something does not change the date by which you get a reply."),),
        has_words=True,
        send=N_("Send it"),
    ),
    "rating": WriterForm(
        N_("Rate the reply"),
        N_("Thank you. Your rating is on its way."),
        requests.rate_reply,
        NewRating,
        (
            RequestField(
                "solved", N_("Is your matter solved?"), "radios", choices=lambda _: YES_NO
            ),
            RequestField(
                "score", N_("How satisfied are you with the reply?"), "radios", choices=_scores
            ),
            RequestField(
                "comment",
                N_("Comments (optional)"),
                hint=N_("The bureau reads it. To have the letter handled again, reopen it."),
                most=COMMENT,
            ),
        ),
        says=(N_("If you say that it is solved, the letter is closed."),),
        has_words=True,
        send=N_("Send the rating"),
    ),
    "reopening": WriterForm(
        N_("Ask for it to be handled again"),
        N_("Your request to handle the letter again is on its way."),
        requests.reopen_letter,
        NewText,
        (
            RequestField(
                "text",
                N_("What is not solved?"),
                hint=N_("Say what is missing or wrong in the reply, or what has not been done."),
                most=MAX_NOTE,
            ),
        ),
        says=(N_("You can do this twice. The second time the province supervises it."),),
        has_words=True,
        send=N_("Reopen the letter"),
    ),
    "appeal": WriterForm(
        N_("Appeal"),
        N_("Your appeal is on its way to the province."),
        requests.appeal_against_refusal,
        NewText,
        (RequestField("text", N_("Why is the decision wrong?"), most=MAX_NOTE),),
        says=(N_("You can appeal once. The province decides who looks at it again."),),
        has_words=True,
        send=N_("Send the appeal"),
    ),
    "withdrawal": WriterForm(
        N_("Withdraw the letter"),
        N_("Your request to withdraw the letter is on its way."),
        requests.withdraw_letter,
        NewWithdrawal,
        (
            RequestField(
                "reason",
                N_("Why do you withdraw it? (optional)"),
                "radios",
                choices=lambda _: choices("withdrawal_reason"),
            ),
        ),
        warns=N_("Nobody will handle it any further, and you will get no reply."),
        send=N_("Withdraw the letter"),
    ),
    "consent": WriterForm(
        N_("May it be published?"),
        N_("Your choice is saved."),
        requests.change_consent,
        NewConsent,
        (
            RequestField(
                "to_publish",
                N_("May the letter and its reply be published, with everything about you removed?"),
                "radios",
                choices=lambda _: YES_NO,
                value=lambda letter: "yes" if letter.consent_to_publish else "no",
            ),
        ),
        says=(
            N_(
                "Names, numbers, addresses and everything else that could identify you are removed."
            ),
            N_("If you say no later, what is published is taken down."),
        ),
        send=N_("Save"),
    ),
    "contact": WriterForm(
        N_("Change how we reach you"),
        N_("Your contact details are saved."),
        requests.change_contact,
        NewContact,
        (
            RequestField(
                "contact.phone",
                N_("Phone"),
                "text",
                hint=N_(
                    "For text messages about this letter. If you leave it empty, "
                    "they go to the phone you signed in with."
                ),
                value=_contact("phone"),
                most=32,
            ),
            RequestField(
                "contact.email", N_("E-mail (optional)"), "text", value=_contact("email"), most=254
            ),
            RequestField(
                "contact.wechat", N_("WeChat (optional)"), "text", value=_contact("wechat"), most=20
            ),
            RequestField(
                "address", N_("Postal address (optional)"), "text", value=_address, most=300
            ),
        ),
        says=(N_("Only messages about this letter go there."),),
        send=N_("Save"),
    ),
}
"""By the last part of the page's path."""
