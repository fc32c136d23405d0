"""The front end: small, typed, without markup from people's texts, and without anything from elsewhere."""

import re
from pathlib import Path

import pytest

from tests.support.translations import PACKAGE

FRONTEND = PACKAGE / "frontend"
MODULES = sorted(FRONTEND.glob("*.js"))
MAX_LINES = 400
MAX_PANEL, MAX_LOADER = 80_000, 3_000
IMPORT = re.compile(r"""^import .*?from "\./([\w.-]+)";""", re.MULTILINE | re.DOTALL)
EACH = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: files are read."""


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def with_imports(name: str) -> set[str]:
    """Give a module and all that it loads with it."""
    loaded, waiting = set[str](), {name}
    while waiting:
        loaded.add(module := waiting.pop())
        waiting |= set(IMPORT.findall(read(FRONTEND / module))) - loaded
    return loaded


@EACH
def test_a_text_never_becomes_markup(path: Path) -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|setHTMLUnsafe|srcdoc|\beval\(|new Function"
    assert re.findall(forbidden, read(path)) == []


@EACH
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    addresses = set(re.findall(r"https?://[^\"'`\s]+", read(path)))
    assert addresses <= {"http://www.w3.org/2000/svg"}


@EACH
def test_nothing_is_written_to_the_console(path: Path) -> None:
    assert "console." not in read(path)


@EACH
def test_a_module_is_not_long(path: Path) -> None:
    assert len(read(path).splitlines()) <= MAX_LINES


@pytest.mark.parametrize(("entry", "limit"), [("panel.js", MAX_PANEL), ("loader.js", MAX_LOADER)])
def test_what_is_loaded_is_small(entry: str, limit: int) -> None:
    assert sum((FRONTEND / name).stat().st_size for name in with_imports(entry)) <= limit


def test_the_loader_brings_nothing_with_it_on_pages_that_do_not_need_it() -> None:
    assert with_imports("loader.js") == {"loader.js"}
