"""The signatures that a reply or refusal needs, and faults of the policy."""

from typing import Any

import pytest

from shared.kernel.errors import BadData
from shared.kernel.signing import DraftToSign, Signing
from shared.platform.runtime.data_files import policies

OURS = policies().newest.signing


@pytest.mark.parametrize(
    ("draft", "signers"),
    [
        (DraftToSign("reply", "inquiry"), ()),
        (DraftToSign("reply", "request", "resolved", 1), ()),
        (DraftToSign("reply", "complaint"), ("chief",)),
        (DraftToSign("reply", "report", "unfounded"), ("chief",)),
        (DraftToSign("refusal", "thanks"), ("chief",)),
        (DraftToSign("refusal", "complaint"), ("chief",)),
        (DraftToSign("reply", "request", "explained", 2), ("chief",)),
        (DraftToSign("reply", "request", "malicious"), ("chief", "supervisor")),
        (DraftToSign("reply", "complaint", "malicious", 2), ("chief", "supervisor")),
    ],
)
def test_who_must_sign(draft: DraftToSign, signers: tuple[str, ...]) -> None:
    assert OURS.signers(draft) == signers


def test_a_chief_who_has_signed_in_their_own_system_signs_no_more() -> None:
    assert OURS.signers(DraftToSign("reply", "complaint"), is_signed=True) == ()
    assert OURS.signers(DraftToSign("reply", "report", "malicious"), is_signed=True) == (
        "supervisor",
    )


GOOD: dict[str, Any] = {"applies": "all", "to": ["refusals"], "by": ["chief"]}


def test_a_policy_may_ask_for_nobody() -> None:
    assert Signing.of({"signing": []}).signers(DraftToSign("refusal", "report", "malicious")) == ()


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"applies": "some"}, "signing[0].applies: a list is needed"),
        ({"applies": None}, "signing[0].applies: a list is needed"),
        ({"to": ["letters"]}, "signing[0].to: at least one of malicious, refusals"),
        ({"to": []}, "signing[0].to: at least one of malicious, refusals"),
        ({"to": "replies"}, "signing[0].to: a list is needed"),
        ({"by": ["director"]}, "signing[0].by: at least one of chief, supervisor"),
        ({"by": ["chief", "director"]}, "signing[0].by: at least one of chief, supervisor"),
    ],
)
def test_a_faulty_policy_is_told_where(over: dict[str, Any], said: str) -> None:
    with pytest.raises(BadData) as fault:
        Signing.of({"signing": [GOOD | over]})
    assert str(fault.value).startswith(said)


def test_a_policy_that_is_missing_is_told() -> None:
    with pytest.raises(BadData, match="signing: a list is needed"):
        Signing.of({})
