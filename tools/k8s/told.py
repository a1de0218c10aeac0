"""Rules that every process gets the settings that it needs, and only known ones."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from pydantic_settings import BaseSettings

from tools.k8s.objects import Pod, Rendered
from tools.k8s.place import Json
from tools.k8s.programs import given, mounted, settings_of, shared, stand_in_of
from tools.k8s.settings_page import OTHERS, SERVICES, variables

OURS = "MAILBOX_"
FOLDER = "MAILBOX_SECRETS_DIR"


def known(rendered: Rendered) -> Iterator[str]:
    """Check that the program reads every variable and file, so that none is misspelt."""
    of_all = {name for kind in (*SERVICES.values(), *OTHERS.values()) for name in variables(kind)}
    for pod, container in _containers(rendered):
        settings = settings_of(container)
        reads = set(variables(settings)) if settings else stand_in_of(container)
        if not reads:
            yield f"{pod.name}: nobody knows which program {container['image']} runs"
        own = set(given(container)) | _secret_files(pod, container, rendered)
        for name in sorted(one for one in own - reads if one.startswith(OURS)):
            yield f"{pod.name}: {name} is read by nobody there"
        for name in sorted(shared(container, rendered).keys() - of_all):
            yield f"{pod.name}: {name} of its ConfigMap is a setting of nobody"


def required(rendered: Rendered) -> Iterator[str]:
    """Each setting without a default is provided."""
    for pod, container in _containers(rendered):
        settings = settings_of(container)
        if settings is None:
            continue
        told = {*given(container), *shared(container, rendered)}
        told |= _secret_files(pod, container, rendered)
        for field in _needed(settings):
            names = [name for name, of in variables(settings).items() if of == field]
            if not told & set(names):
                yield f"{pod.name}: {names[-1]} is not set"


def paths(rendered: Rendered) -> Iterator[str]:
    """Each configured path is mounted."""
    for pod, container in _containers(rendered):
        settings = settings_of(container)
        if settings is None:
            continue
        reads, there = variables(settings), mounted(pod, container)
        for name, value in {**shared(container, rendered), **given(container)}.items():
            path = PurePosixPath(value)
            if not (value.startswith("/") and name in reads) or _is_unasked(settings, name):
                continue
            folders = {PurePosixPath(one) for one in there}
            named = {one.parent for one in folders if there[str(one)] is not None}
            if path not in folders and (path.parent not in folders or path.parent in named):
                yield f"{pod.name}: {name}={value} is not mounted"


def _is_unasked(settings: type[BaseSettings], name: str) -> bool:
    """Whether the program has no field for that variable."""
    return variables(settings).get(name) not in settings.model_fields


def _needed(settings: type[BaseSettings]) -> list[str]:
    """Fields without a default, and those needed to sign in at the broker."""
    required = [name for name, field in settings.model_fields.items() if field.is_required()]
    return [*required, "kafka_username", "kafka_password"]


def _secret_files(pod: Pod, container: Json, rendered: Rendered) -> set[str]:
    folder = {**shared(container, rendered), **given(container)}.get(FOLDER)
    return {
        PurePosixPath(path).name
        for path in mounted(pod, container)
        if folder and str(PurePosixPath(path).parent) == folder
    }


def _containers(rendered: Rendered) -> Iterator[tuple[Pod, Json]]:
    for pod in rendered.pods():
        for container in pod.containers:
            yield pod, container
