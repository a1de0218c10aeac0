"""The questions of a letter, one page each, as data: what is asked, and who will read it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import Field

from services.intake.api.drafts_schemas import LetterDraft
from services.intake.api.letters_schemas import ContactDetails, GuardianGiven
from shared.contracts.bilingual import Bilingual
from shared.contracts.slugs import Bureau
from shared.contracts.text import Text
from shared.contracts.vocabulary import AboutKind, ActingAs, Category, Entry, OnBehalf
from shared.contracts.words import MAX_BODY, MAX_SUBJECT
from shared.platform.http.parameters import RequestBody
from shared.web.language import N_
from shared.web.vocabulary import choices

Choice = tuple[str, str | Bilingual] | tuple[str, str | Bilingual, str]
StepName = Literal[
    "kind", "mailbox", "about", "where", "matter", "files", "contact", "guardian", "consent"
]

NOBODY: Final = "nobody"
"""The answer of those who don't complain about the police; in a draft, `about` without a kind."""
HANDLER_READS: Final = N_("The bureau that handles the letter reads this.")
KEPT_APART: Final = N_(
    "Kept apart from your letter. The bureau that handles it may see it, except for complaints "
    "and reports. Every access is recorded."
)


class KindAnswer(RequestBody):
    """What kind of letter it is, and where its writer came from."""

    category: Category
    addressed_to: Bureau | None = None
    entry: Entry | None = None


class MailboxAnswer(RequestBody):
    """Whose mailbox it goes to."""

    addressed_to: Bureau


class AboutPolice(RequestBody):
    """Whom in the police it complains about; the question must be answered."""

    kind: AboutKind | Literal["nobody"]
    bureau: Bureau | None = None


class ActingWriter(RequestBody):
    """By what right somebody writes for another person."""

    acting_as: ActingAs | None = None


class GuardedWriter(RequestBody):
    """A child and the guardian who agrees."""

    guardian: GuardianGiven


class GuardianAnswer(RequestBody):
    """Who agrees that a child writes."""

    writer: GuardedWriter


class AboutAnswer(RequestBody):
    """Whether it complains about the police, and for whom it is written."""

    about: AboutPolice
    on_behalf: OnBehalf | None = None
    writer: ActingWriter = ActingWriter()


class WherePlace(RequestBody):
    """Where the matter arose."""

    city: Bureau | None = None
    detail: Annotated[str, Text(1, 200)] | None = None


class WhereAnswer(RequestBody):
    """Where the matter arose."""

    place: WherePlace = WherePlace()


class MatterAnswer(RequestBody):
    """The letter itself."""

    subject: Annotated[str, Text(1, MAX_SUBJECT)]
    body: Annotated[str, Text(1, MAX_BODY)]


class FilesAnswer(RequestBody):
    """Files have a form of their own; going on needs no answer."""


class ContactAnswer(RequestBody):
    """How to reach the writer."""

    contact: ContactDetails = ContactDetails()
    address: Annotated[str, Text(1, 300)] | None = None


class ConsentAnswer(RequestBody):
    """Whether letter and reply may be published without the writer's data."""

    consent_to_publish: Annotated[bool, Field(strict=True)]


@dataclass(frozen=True, slots=True)
class StepField:
    """What is asked beside other questions on one page, and how it is answered."""

    name: str
    label: str
    kind: Literal["text", "area", "radios", "select"]
    hint: str | None = None
    choices: Callable[[], Sequence[Choice]] | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class WritingStep:
    """One question."""

    title: str
    model: type[RequestBody]
    fields: tuple[StepField, ...]
    says: tuple[str, ...] = ()

    @property
    def labels(self) -> dict[str, str]:
        """The label of each field."""
        return {asked.name: asked.label for asked in self.fields}


_KINDS: Final[Mapping[Category, str]] = {
    "inquiry": N_("about rules, papers and how to apply"),
    "request": N_("for the police to do or settle something"),
    "complaint": N_("about how the police acted or decided"),
    "report": N_("what you know of an offence or misconduct by others"),
    "suggestion": N_("how something could be better"),
    "thanks": N_("to praise a unit or an officer"),
}


def kinds() -> Sequence[Choice]:
    """The categories, each with what it is for."""
    names = dict(choices("category"))
    return [(code, names[code], what) for code, what in _KINDS.items()]


def _optional(kind: str, none: str) -> Callable[[], Sequence[Choice]]:
    return lambda: [("", none), *choices(kind)]


STEPS: Final[Mapping[StepName, WritingStep]] = {
    "kind": WritingStep(
        N_("What kind of letter is it?"),
        KindAnswer,
        (StepField("category", N_("Kind of letter"), "radios", choices=kinds),),
    ),
    "mailbox": WritingStep(
        N_("Which mailbox should it go to?"),
        MailboxAnswer,
        (
            StepField(
                "addressed_to",
                N_("Mailbox"),
                "select",
                N_("Choose the city where the matter arose, or the province."),
                lambda: [("", N_("Choose")), *choices("bureau")],
            ),
        ),
        says=(
            N_(
                "The chief of that mailbox answers. "
                "If another bureau is responsible, the letter goes there."
            ),
        ),
    ),
    "about": WritingStep(
        N_("Is it about somebody in the police?"),
        AboutAnswer,
        (
            StepField(
                "about.kind",
                N_("Who is it about?"),
                "radios",
                N_("The people the letter is about never see it."),
                lambda: [*choices("about_kind"), (NOBODY, N_("Nobody in the police"))],
            ),
            StepField(
                "about.bureau",
                N_("Which bureau? (optional)"),
                "select",
                None,
                _optional("bureau", N_("I don’t know")),
            ),
            StepField(
                "on_behalf",
                N_("Are you writing for somebody else?"),
                "select",
                None,
                _optional("on_behalf", N_("No, for myself")),
            ),
            StepField(
                "writer.acting_as",
                N_("If so, in what capacity?"),
                "select",
                None,
                _optional("acting_as", N_("I am writing for myself")),
            ),
        ),
    ),
    "where": WritingStep(
        N_("Where did it happen?"),
        WhereAnswer,
        (
            StepField(
                "place.city",
                N_("City"),
                "select",
                None,
                _optional("city", N_("I don’t know, or it has no place")),
            ),
            StepField(
                "place.detail",
                N_("Road, village, station or building (optional)"),
                "text",
                HANDLER_READS,
                most=200,
            ),
        ),
    ),
    "matter": WritingStep(
        N_("What is your letter about?"),
        MatterAnswer,
        (
            StepField("subject", N_("In one line"), "text", HANDLER_READS, most=MAX_SUBJECT),
            StepField(
                "body",
                N_("Your letter"),
                "area",
                N_(
                    "What happened, when, and what you want. Leave out your ID number and those of "
                    "others: it is not needed here."
                ),
                most=MAX_BODY,
            ),
        ),
    ),
    "files": WritingStep(
        N_("Do you have photos or documents?"),
        FilesAnswer,
        (),
        says=(
            N_(
                "Photos and PDF files, at most ten, each up to 10 MB. The place and device "
                "recorded in a photo are removed; the picture itself stays."
            ),
            HANDLER_READS,
        ),
    ),
    "contact": WritingStep(
        N_("How can we reach you?"),
        ContactAnswer,
        (
            StepField(
                "contact.phone",
                N_("Phone (optional)"),
                "text",
                N_(
                    "If you leave this empty, messages go to the phone you signed in with. "
                    "You get one at each step."
                ),
                most=32,
            ),
            StepField("contact.email", N_("E-mail (optional)"), "text", most=254),
            StepField("contact.wechat", N_("WeChat (optional)"), "text", most=20),
            StepField("address", N_("Postal address (optional)"), "text", most=300),
        ),
        says=(KEPT_APART,),
    ),
    "guardian": WritingStep(
        N_("Which guardian agrees that you write?"),
        GuardianAnswer,
        (
            StepField("writer.guardian.name", N_("Guardian’s name"), "text", most=100),
            StepField("writer.guardian.phone", N_("Guardian’s phone"), "text", most=32),
            StepField(
                "writer.guardian.relation",
                N_("Guardian’s relation"),
                "radios",
                choices=lambda: choices("guardian_relation"),
            ),
        ),
        says=(
            N_("You are under 14. By law a guardian must agree that we keep what you write."),
            KEPT_APART,
        ),
    ),
    "consent": WritingStep(
        N_("May it be published?"),
        ConsentAnswer,
        (
            StepField(
                "consent_to_publish",
                N_("May the letter and its reply be published, with everything about you removed?"),
                "radios",
                N_("You can change this at any time. Reports are never published."),
                lambda: [("yes", N_("Yes")), ("no", N_("No"))],
            ),
        ),
        says=(
            N_(
                "Names, numbers, addresses and everything else that could identify you are removed."
            ),
        ),
    ),
}
"""In the order in which they are asked."""


def steps_of(draft: LetterDraft, *, is_child: bool) -> list[StepName]:
    """The steps of that letter: some questions are asked only where they may matter."""
    is_about = draft.category in {None, "complaint", "report"}
    asked = {"about": is_about, "guardian": is_child}
    return [name for name in STEPS if asked.get(name, True)]
