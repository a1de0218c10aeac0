"""The forms of a writer's requests and changes as data: fields, route and confirmation."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

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
from shared.contracts.bilingual import Bilingual
from shared.contracts.words import MAX_NOTE
from shared.platform.http.parameters import RequestBody
from shared.web.language import N_
from shared.web.vocabulary import choices

Run = Callable[..., Awaitable[Any]]
Choice = tuple[str, str | Bilingual]
FormName = RequestKind | Literal["consent", "contact"]
COMMENT: Final = 1_000
YES_NO: Final[Sequence[Choice]] = (("yes", N_("Yes")), ("no", N_("No")))


@dataclass(frozen=True, slots=True)
class WriterField:
    """A field of a writer's form."""

    name: str
    label: str
    kind: Literal["text", "area", "radios", "hidden"] = "area"
    hint: str | None = None
    choices: Callable[[], Sequence[Choice]] | None = None
    first: Callable[[IntakeLetter], str] | None = None
    """What it contains at first."""
    most: int | None = None
    """Characters."""


@dataclass(frozen=True, slots=True)
class WriterForm:
    """One thing that a writer can do about a letter, as a page of its own."""

    title: str = field(repr=False)
    """Also the link on the letter's page."""
    send: str
    """The button."""
    done: str
    """What the letter's page says afterwards."""
    run: Run
    body: type[RequestBody]
    fields: tuple[WriterField, ...]
    says: tuple[str, ...] = ()
    """What it causes, as paragraphs."""
    warns: str | None = None

    @property
    def labels(self) -> dict[str, str]:
        """The label of each field."""
        return {asked.name: asked.label for asked in self.fields}


def _open_question(letter: IntakeLetter) -> str:
    return next((str(it.question) for it in letter.questions if it.standing == "open"), "")


def _contact(name: str) -> Callable[[IntakeLetter], str]:
    return lambda letter: (getattr(letter.contact, name) or "") if letter.contact else ""


def _address(letter: IntakeLetter) -> str:
    return (letter.identity.address or "") if letter.identity else ""


def _scores() -> Sequence[Choice]:
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
        N_("Send the answer"),
        N_("Your answer is on its way to the bureau."),
        requests.answer_question,
        NewAnswer,
        (
            WriterField("question", N_("Question"), kind="hidden", first=_open_question),
            WriterField("text", N_("Your answer"), most=MAX_NOTE),
        ),
    ),
    "addition": WriterForm(
        N_("Add something"),
        N_("Send it"),
        N_("What you added is on its way to whoever handles your letter."),
        requests.add_to_letter,
        NewAddition,
        (WriterField("text", N_("What do you want to add?"), most=MAX_NOTE),),
        says=(N_("Adding something does not change the date by which you get a reply."),),
    ),
    "rating": WriterForm(
        N_("Rate the reply"),
        N_("Send the rating"),
        N_("Thank you. Your rating is on its way."),
        requests.rate_reply,
        NewRating,
        (
            WriterField("solved", N_("Is your matter solved?"), "radios", choices=lambda: YES_NO),
            WriterField(
                "score", N_("How satisfied are you with the reply?"), "radios", choices=_scores
            ),
            WriterField(
                "comment",
                N_("Anything to say about it? (optional)"),
                hint=N_("The bureau reads it. To have the letter handled again, reopen it."),
                most=COMMENT,
            ),
        ),
        says=(N_("If your matter is solved, the letter is closed."),),
    ),
    "reopening": WriterForm(
        N_("Have it handled again"),
        N_("Reopen the letter"),
        N_("Your request to handle the letter again is on its way."),
        requests.reopen_letter,
        NewText,
        (
            WriterField(
                "text",
                N_("What is not solved?"),
                hint=N_("Say what is missing or wrong in the reply, or what has not been done."),
                most=MAX_NOTE,
            ),
        ),
        says=(N_("You can do this twice. The second time the province supervises it."),),
    ),
    "appeal": WriterForm(
        N_("Appeal"),
        N_("Send the appeal"),
        N_("Your appeal is on its way to the province."),
        requests.appeal_against_refusal,
        NewText,
        (WriterField("text", N_("Why is the decision wrong?"), most=MAX_NOTE),),
        says=(N_("You can appeal once. The province decides who looks at it again."),),
    ),
    "withdrawal": WriterForm(
        N_("Withdraw the letter"),
        N_("Withdraw the letter"),
        N_("Your request to withdraw the letter is on its way."),
        requests.withdraw_letter,
        NewWithdrawal,
        (
            WriterField(
                "reason",
                N_("Why do you withdraw it?"),
                "radios",
                choices=lambda: choices("withdrawal_reason"),
            ),
        ),
        warns=N_("Nobody goes on with it, and you get no reply."),
    ),
    "consent": WriterForm(
        N_("May it be published?"),
        N_("Save"),
        N_("Your choice is saved."),
        requests.change_consent,
        NewConsent,
        (
            WriterField(
                "to_publish",
                N_("May the letter and its reply be published without anything about you?"),
                "radios",
                choices=lambda: YES_NO,
                first=lambda letter: "yes" if letter.consent_to_publish else "no",
            ),
        ),
        says=(
            N_("Names, numbers, addresses and everything else that leads to you are removed."),
            N_("If you say no later, what is published is taken down."),
        ),
    ),
    "contact": WriterForm(
        N_("Change how we reach you"),
        N_("Save"),
        N_("Your contact details are saved."),
        requests.change_contact,
        NewContact,
        (
            WriterField(
                "contact.phone",
                N_("Phone"),
                "text",
                hint=N_("For text messages about this letter. Empty: the phone of your sign-in."),
                first=_contact("phone"),
                most=32,
            ),
            WriterField(
                "contact.email", N_("E-mail (optional)"), "text", first=_contact("email"), most=254
            ),
            WriterField(
                "contact.wechat", N_("WeChat (optional)"), "text", first=_contact("wechat"), most=20
            ),
            WriterField(
                "address", N_("Postal address (optional)"), "text", first=_address, most=300
            ),
        ),
        says=(N_("Only messages about this letter go there."),),
    ),
}
"""By the last part of the page's path."""
