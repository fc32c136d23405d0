"""Every blueprint is offered in both languages, and says where it is from and what it needs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from awesomeversion import AwesomeVersion
from homeassistant.const import __version__
from homeassistant.util.yaml import Input, load_yaml_dict

from tests.support.blueprint_runs import FOLDER, ROOT
from tests.support.translations import PACKAGE

NAMES = sorted(file.name for file in FOLDER.glob("*.yaml"))


def loaded(file: Path) -> dict[str, Any]:
    return load_yaml_dict(str(file))


@pytest.mark.parametrize("name", NAMES)
def test_a_blueprint_says_where_it_is_from_and_what_it_needs(name: str) -> None:
    home = re.search(r'"documentation": "([^"]+)"', (PACKAGE / "manifest.json").read_text())
    assert home is not None
    pages = [(ROOT / "docs" / folder / "blueprints.md").read_text() for folder in ("", "fr")]
    for edition in ("", "fr/"):
        described = loaded(FOLDER / f"{edition}{name}")["blueprint"]
        source = f"{home[1]}/blob/main/blueprints/automation/smsmode/{edition}{name}"
        assert described["source_url"] == source
        assert all(f"blueprint_url={source.replace(':', '%3A').replace('/', '%2F')})" in page for page in pages)
        assert described["homeassistant"]["min_version"] == "2026.10.0"
    assert AwesomeVersion(__version__) >= "2026.10.0"


@pytest.mark.parametrize("name", NAMES)
def test_the_french_edition_differs_from_the_english_in_words_alone(name: str) -> None:
    english, french = (loaded(FOLDER / f"{edition}{name}") for edition in ("", "fr/"))
    assert list(_bones(english)) == list(_bones(french))
    assert english["blueprint"]["name"] != french["blueprint"]["name"]


def _bones(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Give all that is in a blueprint, of what people read only the templates."""
    match node:
        case dict():
            for key, value in node.items():
                yield from _bones(value, (*path, str(key)))
        case list():
            for index, value in enumerate(node):
                yield from _bones(value, (*path, str(index)))
        case str() if _is_for_people(path):
            yield path, re.findall(r"{{.*?}}|{%.*?%}", node)
        case Input():
            yield path, f"!input {node.name}"
        case _:
            yield path, node


def _is_for_people(path: tuple[str, ...]) -> bool:
    """Names, descriptions and the default of a text; nothing outside the head of the blueprint."""
    words = {"name", "description", "default", "source_url"}
    return path[0] == "blueprint" and (path[-1] in words or (len(path) > 1 and path[-2] == "default"))
