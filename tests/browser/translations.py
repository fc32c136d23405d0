"""Texts of Home Assistant and of this integration, in the language of the user."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "custom_components/smsmode/translations"


class Words:
    """Texts of one language by their keys, so that a test finds the same buttons in each language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._frontend = _frontend(language)
        self._ours = _ours(language)

    def __call__(self, key: str, **placeholders: str) -> str:
        """Return a text of the frontend, as `common.submit`."""
        return _filled(self._frontend[f"ui.{key}"], placeholders)

    def ours(self, key: str, **placeholders: str) -> str:
        """Return a text of this integration, as `config.step.user.title`."""
        return _filled(self._ours[key], placeholders)

    def of(self, domain: str, key: str) -> str:
        """Return a text of another integration of Home Assistant, as `triggers.turned_on.name`."""
        return _of(domain, self.language)[key]

    def foreign(self, text: str) -> list[str]:
        """Return the phrases of the other language that a text has, as they are in its translations."""
        own = "\n".join(self._ours.values())
        other = _ours("en" if self.language == "fr" else "fr")
        found = {phrase for words in other.values() for phrase in _phrases(words) if _is_in(phrase, text)}
        return sorted(phrase for phrase in found if not _is_in(phrase, own))


def _filled(text: str, placeholders: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: placeholders.get(found[1], found[0]), text)


def _is_in(phrase: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


def _phrases(words: str) -> list[str]:
    """Return the parts of a text that are in one piece on the page: between placeholders, links and line breaks."""
    pieces = re.split(r"\{\w+\}|\n|\[|\]\([^)]*\)|[*`]", words)
    return [piece.strip() for piece in pieces if len(piece.strip()) > 3]


@cache
def _ours(language: str) -> dict[str, str]:
    return dict(_flat(json.loads((TRANSLATIONS / f"{language}.json").read_text())))


@cache
def _of(domain: str, language: str) -> dict[str, str]:
    found = find_spec(f"homeassistant.components.{domain}")
    assert found, f"{domain} is not installed"
    assert found.origin
    return dict(_flat(json.loads((Path(found.origin).parent / f"translations/{language}.json").read_text())))


@cache
def _frontend(language: str) -> dict[str, str]:
    """Return the texts of the installed frontend: a file for all pages, and one for each panel."""
    found = find_spec("hass_frontend")
    assert found, "the frontend is not installed"
    assert found.origin
    folder = Path(found.origin).parent / "static/translations"
    files = [path for path in folder.rglob(f"{language}-*.json") if re.fullmatch(rf"{language}-\w{{32}}", path.stem)]
    return {key: text for path in files for key, text in _flat(json.loads(path.read_text()))}


def _flat(tree: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, below in tree.items():
        if isinstance(below, dict):
            yield from _flat(below, f"{above}{key}.")
        else:
            yield f"{above}{key}", below
