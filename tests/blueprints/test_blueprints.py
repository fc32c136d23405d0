"""Every blueprint is offered in both languages, and says where it is from and what it needs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from awesomeversion import AwesomeVersion
from homeassistant.const import __version__
from homeassistant.util.yaml import Input, load_yaml_dict

from tests.support.blueprint_runs import FOLDER, ROOT, SCRIPTS
from tests.support.translations import PACKAGE

FILES = sorted([*FOLDER.glob("*.yaml"), *SCRIPTS.glob("*.yaml")])
EACH = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def loaded(file: Path) -> dict[str, Any]:
    return load_yaml_dict(str(file))


@EACH
def test_a_blueprint_says_where_it_is_from_and_what_it_needs(file: Path) -> None:
    home = re.search(r'"documentation": "([^"]+)"', (PACKAGE / "manifest.json").read_text())
    assert home is not None
    pages = [(ROOT / "docs" / folder / "blueprints.md").read_text() for folder in ("", "fr")]
    for edition in ("", "fr/"):
        described = loaded(file.parent / f"{edition}{file.name}")["blueprint"]
        source = f"{home[1]}/blob/main/blueprints/{file.parents[1].name}/smsmode/{edition}{file.name}"
        assert described["source_url"] == source
        assert all(f"blueprint_url={source.replace(':', '%3A').replace('/', '%2F')})" in page for page in pages)
        assert described["homeassistant"]["min_version"] == "2026.10.0"
    assert AwesomeVersion(__version__) >= "2026.10.0"


@EACH
def test_the_french_edition_differs_from_the_english_in_words_alone(file: Path) -> None:
    english, french = (loaded(file.parent / f"{edition}{file.name}") for edition in ("", "fr/"))
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
