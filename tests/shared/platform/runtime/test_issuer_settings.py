"""Both issuers are set apart, and what was renamed or is unsafe ends the start with a sentence."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.intake.settings import IntakeSettings
from services.router.settings import RouterSettings
from shared.platform.runtime.data_files import OFFICES
from shared.platform.runtime.setting_checks import DEV_ISSUER_MARK
from shared.platform.runtime.settings import ServiceSettings, load

SECRET = "seeded-pa55word-of-the-client"
Set = Callable[..., None]


@pytest.fixture
def set_(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Set:
    """Sets variables on top of a complete production environment; None takes one away."""
    for name in [name for name in os.environ if name.startswith("MAILBOX_")]:
        monkeypatch.delenv(name)
    (tmp_path / "client.secret").write_text(SECRET)
    (tmp_path / "secrets").mkdir()

    def change(**values: str | None) -> None:
        for name, value in values.items():
            if value is None:
                monkeypatch.delenv(f"MAILBOX_{name}", raising=False)
            else:
                monkeypatch.setenv(f"MAILBOX_{name}", value)

    change(
        KAFKA_BOOTSTRAP="kafka:9093",
        KAFKA_SECURITY="SSL",
        MONGO_URI="mongodb://mongo/",
        STAFF_ISSUER="https://staff.example.cn",
        STAFF_AUDIENCE="mailbox",
        STAFF_JWKS_URL="https://staff.example.cn/jwks.json",
        STAFF_CLIENT_ID="mailbox-pages",
        STAFF_CLIENT_SECRET_FILE=str(tmp_path / "client.secret"),
        INTAKE_STAFF_PAGES_URL="https://duty.example.cn",
        INTAKE_FILES="s3://files",
        INTAKE_SCANNER="none",
        CITIZEN_ISSUER="https://sign-in.example.cn",
        CITIZEN_AUDIENCE="mailbox",
        CITIZEN_JWKS_URL="https://sign-in.example.cn/jwks.json",
        KEYS_DIR=str(tmp_path),
        SECRETS_DIR=str(tmp_path / "secrets"),
        OFFICES_FILE=str(shutil.copy(OFFICES, tmp_path / "of-the-operator.yaml")),
    )
    return change


def refusal(
    capsys: pytest.CaptureFixture[str], kind: type[ServiceSettings] = IntakeSettings
) -> str:
    """What a service says that doesn't start."""
    with pytest.raises(SystemExit) as ended:
        load(kind)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert SECRET not in said
    return said


def test_intake_knows_both_issuers_and_others_staffs_alone(set_: Set) -> None:
    set_(ROUTER_STAFF_PAGES_URL="https://desk.example.cn")
    issuers = load(IntakeSettings).issuers
    assert issuers["staff"].issuer == "https://staff.example.cn"
    assert issuers["citizens"].issuer == "https://sign-in.example.cn"
    assert set(load(RouterSettings).issuers) == {"staff"}
    assert load(RouterSettings).staff_pages_url == "https://desk.example.cn"


@pytest.mark.parametrize("name", ["ISSUER", "AUDIENCE", "JWKS_URL", "INTAKE_ISSUER"])
def test_a_former_name_is_not_ignored(
    set_: Set, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    set_(**{name: "https://id.example.cn"})
    last = name.removeprefix("INTAKE_")
    assert refusal(capsys) == (
        f"MAILBOX_{name} is no longer read: set MAILBOX_STAFF_{last} and, for intake, "
        f"MAILBOX_CITIZEN_{last}.\n"
    )


def test_a_file_of_a_former_name_is_not_ignored(
    set_: Set, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "secrets" / "MAILBOX_JWKS_URL").write_text("https://id.example.cn/jwks.json")
    set_(STAFF_JWKS_URL=None)
    said = refusal(capsys, RouterSettings)
    assert "MAILBOX_JWKS_URL is no longer read" in said
    assert "MAILBOX_STAFF_JWKS_URL is not set." in said


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"CITIZEN_ISSUER": "http://sign-in.example.cn"},
            "MAILBOX_INTAKE_CITIZEN_ISSUER must be an https:// address outside MAILBOX_ENV=dev.",
        ),
        (
            {"CITIZEN_JWKS_URL": f"https://x.example.cn/{DEV_ISSUER_MARK}/jwks.json"},
            (
                "MAILBOX_INTAKE_CITIZEN_JWKS_URL names the development issuer, "
                "which is refused outside MAILBOX_ENV=dev."
            ),
        ),
        (
            {"CITIZEN_ISSUER": "https://staff.example.cn"},
            (
                "MAILBOX_INTAKE_CITIZEN_AUDIENCE must differ from MAILBOX_STAFF_AUDIENCE where "
                "both sides have one issuer."
            ),
        ),
        ({"CITIZEN_ISSUER": None}, "MAILBOX_INTAKE_CITIZEN_ISSUER is not set."),
        (
            {"STAFF_CLIENT_ID": "mailbox"},
            (
                "MAILBOX_STAFF_CLIENT_ID must differ from MAILBOX_STAFF_AUDIENCE, or ID tokens "
                "would open the API."
            ),
        ),
        (
            {"STAFF_CLIENT_SECRET_FILE": None},
            "MAILBOX_STAFF_CLIENT_SECRET_FILE is needed with MAILBOX_STAFF_CLIENT_ID.",
        ),
        (
            {"STAFF_CLIENT_SECRET_FILE": "/nowhere"},
            "MAILBOX_STAFF_CLIENT_SECRET_FILE must name a file that can be read.",
        ),
        (
            {"INTAKE_STAFF_PAGES_URL": None},
            "MAILBOX_STAFF_PAGES_URL is needed with MAILBOX_STAFF_CLIENT_ID.",
        ),
        (
            {"INTAKE_STAFF_PAGES_URL": "http://duty.example.cn"},
            "MAILBOX_INTAKE_STAFF_PAGES_URL must be an https:// address outside MAILBOX_ENV=dev.",
        ),
    ],
)
def test_what_is_unsafe_is_refused(
    set_: Set, capsys: pytest.CaptureFixture[str], values: dict[str, str | None], sentence: str
) -> None:
    set_(**values)
    assert refusal(capsys) == f"{sentence}\n"


def test_one_issuer_for_both_is_refused_only_outside_development(set_: Set) -> None:
    set_(ENV="dev", CITIZEN_ISSUER="https://staff.example.cn")
    assert load(IntakeSettings).citizens.issuer == "https://staff.example.cn"


def test_an_issuers_claims_can_have_other_names(set_: Set, tmp_path: Path) -> None:
    set_(STAFF_CLAIMS='{"roles": "realm_access.roles"}')
    (tmp_path / "secrets" / "MAILBOX_CITIZEN_CLAIMS").write_text('{"id_number": "idcard"}')
    settings = load(IntakeSettings)
    assert (settings.staff_claims.roles, settings.staff_claims.name) == (
        "realm_access.roles",
        "name",
    )
    assert settings.citizen_claims.id_number == "idcard"


@pytest.mark.parametrize("claims", ['{"rolls": "r"}', "[]", "roles", '{"roles": 7}'])
def test_wrong_claim_names_are_refused(
    set_: Set, capsys: pytest.CaptureFixture[str], claims: str
) -> None:
    set_(STAFF_CLAIMS=claims)
    assert "MAILBOX_STAFF_CLAIMS" in refusal(capsys)
