"""The full run of the mutants, which is made rarely, names files that exist."""

from pathlib import Path

import pytest

from reliability.mutation.run import EVERYTHING

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("pattern", [*EVERYTHING.files, *EVERYTHING.tests])
def test_each_file_of_the_full_run_exists(pattern: str) -> None:
    assert any(ROOT.glob(pattern))
