"""A writer at one letter: its draft, its steps, and the frame of its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from fastapi import Request
from starlette.responses import Response

from services.intake.api.dependencies import FrontDesk
from services.intake.api.drafts_schemas import LetterDraft
from services.intake.api.letter_submission import age_group_of
from services.intake.api.warnings import LineShown, lines_for
from services.intake.pages.start import WRITE
from services.intake.pages.writing_steps import NOBODY, STEPS, StepName, steps_of
from services.intake.store.letter_drafts import SavedLetterDraft
from shared.contracts.slugs import BUREAUS, Bureau
from shared.contracts.vocabulary import Entry
from shared.kernel.working_days import civil_date
from shared.platform.http.tokens import Person
from shared.rules.text.written import Written
from shared.web.forms import FormFields
from shared.web.rendering import page


@dataclass(frozen=True, slots=True)
class WritingDesk:
    """A writer at one letter."""

    request: Request
    person: Person
    desk: FrontDesk
    id: str
    content: LetterDraft
    version: int

    @classmethod
    async def of(
        cls, request: Request, *, person: Person, desk: FrontDesk, draft: str
    ) -> WritingDesk:
        """The letter as it was last saved; empty if it is new."""
        found = await desk.drafts.read(desk.owner(person), draft)
        content = LetterDraft.model_validate_json(found.content) if found else LetterDraft()
        return cls(request, person, desk, draft, content, found.version if found else 0)

    @property
    def steps(self) -> list[StepName]:
        """The questions of this letter."""
        group = age_group_of(self.person, civil_date(self.desk.now()))
        return steps_of(self.content, is_child=group == "under_14")

    def address(self, step: str) -> str:
        """The page of a step."""
        return f"{WRITE}/{self.id}/{step}"

    def after(self, step: StepName) -> str:
        """The next page."""
        following = self.steps[self.steps.index(step) + 1 :] if step in self.steps else []
        return self.address(following[0] if following else "check")

    async def save(self, content: LetterDraft, *, version: int) -> SavedLetterDraft:
        """Save the next version. Raises: DraftChanged; LimitReached."""
        stored = content.model_dump_json(exclude_none=True).encode()
        owner = self.desk.owner(self.person)
        return await self.desk.drafts.save(owner, self.id, content=stored, version=version)

    def urgent(self, name: StepName, fields: FormFields) -> list[LineShown]:
        """Where to turn now, if what was typed on that step looks like an emergency.

        It is not sent to anybody yet.
        """
        typed = {
            asked.name: fields.get(asked.name)
            for asked in STEPS[name].fields
            if asked.kind in {"text", "area"}
        }
        subject = typed.pop("subject", "")
        city = self.content.place.city if self.content.place else None
        category = self.content.category or "request"
        written = Written(subject, "\n".join(typed.values()), category=category, city=city)
        triaged = self.desk.triage(written)
        is_urgent = triaged.threshold == "stop" or (name == "matter" and triaged.threshold)
        return lines_for(triaged, city) if is_urgent else []

    def show(
        self,
        name: StepName,
        fields: FormFields | None = None,
        *,
        errors: Mapping[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        """The page of a step, with what was typed or saved."""
        step, saved = STEPS[name], flattened(self.content)
        values = {
            asked.name: fields.get(asked.name) if fields else saved.get(asked.name, "")
            for asked in step.fields
        }
        steps = self.steps
        before = steps[steps.index(name) - 1] if name in steps and steps.index(name) else None
        return self.page(
            "write_step.html",
            status=status,
            step=step,
            kind=name,
            values=values,
            errors=errors or {},
            urgent=self.urgent(name, fields) if fields else [],
            number=steps.index(name) + 1 if name in steps else 1,
            total=len(steps),
            back=self.address(before) if before else WRITE,
            hidden=self.arrival(fields) if name == "kind" else {},
        )

    def arrival(self, fields: FormFields | None) -> dict[str, str]:
        """City and entry of the link by which the writer came, until they are saved."""
        entry = self.request.query_params.get("entry", "")
        given = {
            "addressed_to": self._linked or "",
            "entry": entry if entry in get_args(Entry) else "",
        }
        if fields:
            given = {name: fields.get(name) for name in given}
        return {name: value for name, value in given.items() if value}

    @property
    def _linked(self) -> Bureau | None:
        """The mailbox of the link by which the writer came."""
        to = self.request.query_params.get("to")
        return next((bureau for bureau in BUREAUS if bureau == to), None)

    def page(self, template: str, *, status: int = 200, **more: Any) -> Response:
        """A page of this letter; the chosen mailbox is always visible."""
        shown = {
            "draft": self.id,
            "version": self.version,
            "mailbox": self.content.addressed_to or self._linked,
            "address": f"{WRITE}/{self.id}",
        }
        return page(self.request, template, status=status, **(shown | more))


def flattened(content: LetterDraft) -> dict[str, str]:
    """The values of a draft by the names of form fields."""
    found: dict[str, str] = {}
    saved = content.model_dump(mode="json", exclude_none=True, exclude={"files"})
    for name, one in _leaves(saved):
        said = {True: "yes", False: "no"}.get(one, one) if isinstance(one, bool) else one
        found[name] = str(said)
    if content.about is not None:
        found.setdefault("about.kind", NOBODY)
    return found


def _leaves(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
