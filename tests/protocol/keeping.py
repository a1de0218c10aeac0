"""Operations on documents: decide and store, read the log, clear."""

from collections.abc import Iterator

from tests.protocol.broker import commit, replaced
from tests.protocol.folding import Fold, kept, name
from tests.protocol.scenario import Scenario
from tests.protocol.world import (
    Doc,
    Event,
    Id,
    Mark,
    Step,
    Task,
    Violation,
    World,
    number,
    numbered,
    sent,
    with_,
)


def read(world: World, at: int, *, majority: bool) -> Doc:
    """A document as read from a majority, or from one server."""
    return world.durable[at] if world.durable and majority else world.docs[at]


def history(scenario: Scenario, doc: Doc) -> tuple[Event, ...]:
    """What a reader of the log finds."""
    return doc.history if scenario.clauses.reads_the_collection else doc.log


def log_of(
    scenario: Scenario, world: World, service: str, topics: tuple[str, ...]
) -> tuple[Event, ...]:
    """Every event of a service on these topics, as a resend reads it."""
    majority = scenario.clauses.majority_reads
    return tuple(
        event
        for at, (owner, _) in enumerate(scenario.doc_names)
        if owner == service
        for event in history(scenario, read(world, at, majority=majority))
        if event.topic in topics
    )


def keep(scenario: Scenario, world: World, task: Task, letter: str) -> Iterator[Step]:
    """Decide for one letter of the task's, and compare-and-set; nothing if the race is lost."""
    at = scenario.doc(task.service, letter)
    loaded = task.loaded or read(world, at, majority=scenario.clauses.majority_loads)
    fold = Fold(scenario, loaded, is_fixed=world.is_fixed)
    _take(fold, task, letter)
    now = world.docs[at]
    if fold.by and not _matches(scenario, task, loaded, now):
        if task.loaded is not None:
            says = f"{_who(task)} loses the race for {letter} and loads again"
            yield Step(says, replaced(world, task, task._replace(step="load", loaded=None)))
        return
    new = kept(now, loaded, fold) if fold.by else now
    after = _after_keep(scenario, world, task, letter=letter, fold=fold, new=new)
    world = world._replace(docs=with_(world.docs, at, new))
    says = f"{_who(task)} {_of_keep(fold, letter, new)}"
    yield from _kept(scenario, world, task, after=after, says=says)


def _take(fold: Fold, task: Task, letter: str) -> None:
    if task.kind == "command":
        fold.apply_command(task.inputs[0].id)
    elif task.kind == "replay":
        fold.apply_record(task.inputs[0], stands=False)
    elif task.kind == "drop":
        if fold.scenario.clauses.drop_counts_as_seen:
            fold.skip(task.inputs[0])
    else:
        for event in task.inputs:
            if event.letter == letter:
                is_lost = task.known is not None and event.id not in task.known
                fold.apply_record(event, is_lost=is_lost)


def _matches(scenario: Scenario, task: Task, loaded: Doc, now: Doc) -> bool:
    if task.loaded is None:
        return loaded == now
    is_same = loaded.by == now.by or not scenario.clauses.guards_by
    return loaded.version == now.version and is_same


def _after_keep(
    scenario: Scenario, world: World, task: Task, *, letter: str, fold: Fold, new: Doc
) -> Task:
    at = scenario.doc(task.service, letter)
    repeats = tuple((letter, cause) for cause in dict.fromkeys(fold.repeats))
    found: tuple[Event, ...] = ()
    if repeats and not scenario.trims:
        found = _found(scenario, world, task, at=at, repeats=repeats)
        repeats = ()
    marks, waits = task.marks, task.waits
    if fold.unsent:
        highs = tuple((topic, sent(new, topic)) for topic, _ in fold.unsent)
        marks = (*marks, Mark(letter, new.version, fold.unsent, highs))
    if fold.by and world.durable and scenario.clauses.majority_writes:
        waits = (*waits, (at, new.version))
    return task._replace(
        todo=tuple(one for one in task.todo if one != letter),
        loaded=None,
        repeats=(*task.repeats, *repeats),
        sends=(*task.sends, *found, *fold.fresh),
        marks=marks,
        waits=waits,
        unfit=(*task.unfit, *fold.unfit),
    )


def _found(
    scenario: Scenario, world: World, task: Task, *, at: int, repeats: tuple[tuple[str, Id], ...]
) -> tuple[Event, ...]:
    doc = read(world, at, majority=scenario.clauses.majority_reads)
    causes = {cause for _, cause in repeats}
    who = scenario.process(task.service, task.replica)
    return tuple(
        one
        for one in history(scenario, doc)
        if one.cause in causes and (who, one.id) not in world.memory
    )


def _kept(
    scenario: Scenario, world: World, task: Task, *, after: Task, says: str
) -> Iterator[Step]:
    """The steps after this letter is stored; the last one of a batch goes on."""
    if after.todo:
        yield Step(says, replaced(world, task, after))
        return
    following = next_of(after, scenario)
    if task.kind == "batch" and not scenario.clauses.sends_before_commit:
        world = commit(scenario, world, task)
    if task.kind == "command":
        world = world._replace(asked=world.asked - {task.inputs[0].id})
        if number(world.budget, "unsure"):
            spent = numbered(world.budget, "unsure", value=number(world.budget, "unsure") - 1)
            unsure = replaced(world, task, after._replace(step="read back"))
            yield Step(
                f"{says}, but can't tell whether", unsure._replace(budget=spent), is_promised=False
            )
    if task.kind in {"replay", "drop"} and not scenario.clauses.parked_until_sent:
        world = world._replace(parked=world.parked - {(task.service, task.inputs[0])})
    yield Step(says, replaced(world, task, following))


def next_of(task: Task, scenario: Scenario) -> Task:
    """The task at the first step that has anything to do."""
    if task.unfit and scenario.clauses.parks_before_commit:
        return task._replace(step="park")
    if task.repeats:
        return task._replace(step="look")
    if task.sends:
        return task._replace(step="send")
    return task._replace(step="clear" if task.marks else "commit", waits=())


def look(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    """Find the effects of repeated inputs in the log: in one place, then in the other."""
    in_document = scenario.clauses.document_first == (task.step == "look")
    wanted = dict.fromkeys(cause for _, cause in task.repeats)
    docs = {scenario.doc(task.service, letter) for letter, _ in task.repeats}
    found = tuple(
        one
        for at in sorted(docs)
        for one in (world.docs[at].log if in_document else world.docs[at].moved)
        if one.cause in wanted
    )
    half = tuple(sorted({*task.half, *found}))
    place = "document" if in_document else "collection"
    says = f"{_who(task)} looks in the {place}: {_names(found)}"
    if task.step == "look" and scenario.clauses.reads_the_collection:
        yield Step(says, replaced(world, task, task._replace(step="look on", half=half)))
        return
    done = task._replace(repeats=(), half=(), sends=(*half, *task.sends))
    yield Step(says, replaced(world, task, next_of(done, scenario)))


def clear(scenario: Scenario, world: World, task: Task) -> Iterator[Step]:
    """Take from `unsent` what this task has acknowledgements for."""
    mark, rest = task.marks[0], task.marks[1:]
    at = scenario.doc(task.service, mark.letter)
    doc = world.docs[at]
    if task.step == "raise":
        unsent, is_done = _raised(doc, mark), True
    else:
        unsent, is_done = _cleared(scenario, doc, mark)
    _check_cleared(world, doc, unsent)
    after = task._replace(step="raise") if not is_done else _without_mark(task, rest, scenario)
    docs = with_(world.docs, at, doc._replace(unsent=unsent))
    what = "in vain" if unsent == doc.unsent else f"leaving {dict(unsent) or 'none'}"
    says = f"{_who(task)} {task.step}s unsent of {mark.letter}, {what}"
    yield Step(says, replaced(world._replace(docs=docs), task, after))


def _without_mark(task: Task, rest: tuple[Mark, ...], scenario: Scenario) -> Task:
    return next_of(task._replace(marks=rest, step="clear"), scenario)


def _cleared(scenario: Scenario, doc: Doc, mark: Mark) -> tuple[tuple[tuple[str, int], ...], bool]:
    """What stays in `unsent`, and whether nothing is left to be tried."""
    if not scenario.clauses.clears_in_part:
        return (), True
    if not scenario.clauses.clears_by_value:
        return (() if doc.version == mark.version else doc.unsent), True
    is_all = doc.unsent == mark.lows and all(sent(doc, topic) == n for topic, n in mark.highs)
    return (() if is_all else doc.unsent), is_all


def _raised(doc: Doc, mark: Mark) -> tuple[tuple[str, int], ...]:
    unsent, highs = doc.unsent, dict(mark.highs)
    for topic, low in mark.lows:
        if number(unsent, topic) == low and sent(doc, topic) > highs[topic]:
            unsent = numbered(unsent, topic, value=highs[topic] + 1)
    return unsent


def _check_cleared(world: World, doc: Doc, unsent: tuple[tuple[str, int], ...]) -> None:
    for topic, low in doc.unsent:
        left = number(unsent, topic)
        for one in doc.history:
            is_cleared = one.topic == topic and one.number >= low and not 0 < left <= one.number
            if is_cleared and one.id not in world.acked:
                raise Violation(f"S4 {name(one.id)} is taken for sent and never was acknowledged")


def _of_keep(fold: Fold, letter: str, new: Doc) -> str:
    if not fold.by:
        return f"has nothing new to keep for {letter}" + _listed(" finds done", fold.repeats)
    said = _names(fold.fresh)
    unsent = f" unsent {dict(new.unsent)}" if new.unsent else ""
    return f"keeps {letter} v{new.version} seen {dict(new.seen)} says {said}{unsent}" + _listed(
        " finds done", fold.repeats
    )


def _listed(what: str, ids: list[Id]) -> str:
    return f"{what} {', '.join(map(name, ids))}" if ids else ""


def _names(events: list[Event] | tuple[Event, ...]) -> str:
    return ", ".join(name(one.id) for one in events) or "nothing"


def _who(task: Task) -> str:
    return f"{task.service} {task.replica}: {task.kind}"
