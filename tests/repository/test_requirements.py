"""Requirements of tests and tools: everything is pinned, so that a run of today can be repeated tomorrow."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINNED = ("requirements_test.txt", "benchmarks/requirements.txt", "tests/browser/requirements.txt")


def _lines(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _name(line: str) -> str:
    return re.split(r"[=<>~ ;\[]", line)[0].lower().replace("_", "-")


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: files are read."""


@pytest.mark.parametrize("name", PINNED)
def test_every_requirement_is_pinned_to_one_version(name: str) -> None:
    assert _lines(name)
    assert [line for line in _lines(name) if not re.fullmatch(r"[\w.\[\]-]+==[\w.!+]+( ; .+)?", line)] == []


def test_what_is_asked_for_is_among_what_is_pinned() -> None:
    pinned = {_name(line) for line in _lines("requirements_test.txt")}
    assert {_name(line) for line in _lines("requirements_test.in")} <= pinned


@pytest.mark.parametrize("name", [*PINNED, "requirements_test.in"])
def test_no_file_names_where_packages_come_from(name: str) -> None:
    assert not re.search(r"://|--(extra-)?index-url|--find-links", (ROOT / name).read_text(encoding="utf-8"))
