"""Writers who go on with what they were given meet no fault, and nothing undocumented."""

from pathlib import Path

import pytest

from tests.contracts.walking import SEED, walk
from tests.support.budget import is_thorough

MOST_CALLS, FEW_CALLS = 21_000, 200


@pytest.mark.timeout(1_200)
def test_a_walk_along_the_links_meets_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls, each = (MOST_CALLS, 100) if is_thorough() else (FEW_CALLS, 1)
    report = walk("intake", tmp_path, calls=calls, each=each)
    with capsys.disabled():
        print(f"\nschemathesis: {report.answers.total()} calls, seed {SEED}: {report.answers}")
    assert report.faults == {}
    assert report.answers.keys() >= {200, 201, 202, 204, 401, 403, 404, 422}
    assert max(report.answers) < 500
    assert report.answers.total() == calls
