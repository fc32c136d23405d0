"""The front end: small, typed, without markup from people's texts, and without anything from elsewhere."""

import re
from pathlib import Path

import pytest

from tests.support.translations import PACKAGE

FRONTEND = PACKAGE / "frontend"
MODULES = sorted(FRONTEND.glob("*.js"))
MAX_LINES = 400
KB = 1024
MAX_LOADER = 3 * KB
# What the list of conversations needs, and with all that can be opened from there.
MAX_PANEL, MAX_PANEL_AND_PARTS = 80 * KB, 113 * KB
IMPORT = re.compile(r"""^import .*?from "\./([\w.-]+)";""", re.MULTILINE | re.DOTALL)
LATER = re.compile(r"""import\("\./([\w.-]+)"\)""")
# Nobody reads two languages.
NOT_LOADED = {"strings.en.js"}
EACH = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: files are read."""


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def loaded_by(name: str, *, later: bool = False) -> set[str]:
    """Give a module and all that it loads with it; those that are loaded when they are needed as well if asked."""
    loaded, waiting = set[str](), {name}
    while waiting:
        loaded.add(module := waiting.pop())
        text = read(FRONTEND / module)
        waiting |= {*IMPORT.findall(text), *(LATER.findall(text) if later else ())} - loaded - NOT_LOADED
    return loaded


def size(names: set[str]) -> int:
    return sum((FRONTEND / name).stat().st_size for name in names)


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


def test_the_loader_is_small_and_brings_nothing_with_it() -> None:
    assert loaded_by("loader.js") == {"loader.js"}
    assert size({"loader.js"}) <= MAX_LOADER


def test_the_panel_is_small() -> None:
    assert size({*loaded_by("panel.js"), "strings.fr.js"}) <= MAX_PANEL
    assert size(loaded_by("panel.js", later=True)) <= MAX_PANEL_AND_PARTS


def test_each_module_is_loaded_by_something() -> None:
    entries = loaded_by("panel.js", later=True) | loaded_by("loader.js", later=True)
    assert {path.name for path in MODULES} == entries | NOT_LOADED
