"""The documentation speaks of what there is, all of it, in both languages."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
import yaml
from homeassistant.util import slugify

from custom_components.smsmode import const
from custom_components.smsmode.api import DeliveryOutcome, MessageStatus
from custom_components.smsmode.config.yaml_schema import CONFIG_SCHEMA
from custom_components.smsmode.helpers.repair_issues import ISSUES, IssueType
from tests.support.translations import ACTIONS, CONDITIONS, PACKAGE, TRANSLATIONS, TRIGGERS, Json, fields_of, strings

ROOT = PACKAGE.parents[1]
DOCS: Mapping[str, Path] = {"en": ROOT / "docs", "fr": ROOT / "docs" / "fr"}
DOCUMENTATION = json.loads((PACKAGE / "manifest.json").read_text(encoding="utf-8"))["documentation"]
# The French front page is the index of the French pages as well.
READMES: Mapping[str, Path] = {"en": ROOT / "README.md", "fr": DOCS["fr"] / "README.md"}
PAGES = sorted(page.name for page in DOCS["en"].glob("*.md"))
# Each page of people in English and in French; the English index has no counterpart but the French front page.
PAIRS: Mapping[str, tuple[Path, Path]] = {
    name: (READMES["en"], READMES["fr"]) if name == "README.md" else (DOCS["en"] / name, DOCS["fr"] / name)
    for name in PAGES
}
ALL = [READMES["en"], *(page for folder in DOCS.values() for page in sorted(folder.glob("*.md")))]
# Those as well, and what developers read, which is in English alone.
EVERY = sorted(
    {*ALL, *ROOT.glob("*.md"), *(page for name in ("docs", "emulator") for page in (ROOT / name).rglob("*.md"))}
)
EVENTS = {getattr(const, name) for name in dir(const) if name.startswith("EVENT_")}
OPTIONS = {
    option
    for section in TRANSLATIONS["en"]["options"]["step"]["settings"]["sections"].values()
    for option in section["data"]
    if option not in ("callback_state", "callback_url")
}
# What the form of an account or a recipient asks for, under the name that it has in YAML.
FIELDS = {"access_token", "base_url", "name", "number", "group", "quiet_hours"}
DEFAULTS = {
    option: getattr(const, f"DEFAULT_{option.upper()}")
    for option in OPTIONS | FIELDS
    if hasattr(const, f"DEFAULT_{option.upper()}")
}
LANGUAGES = pytest.mark.parametrize("language", DOCS)


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def page(language: str, name: str) -> str:
    return read(DOCS[language] / f"{name}.md")


def prose(text: str) -> str:
    """Give a page without its blocks of code, whose comments look like headings."""
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


def blocks(text: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def headings(text: str) -> list[tuple[int, str]]:
    return [(len(level), words) for level, words in re.findall(r"^(#+) (.+)$", prose(text), re.MULTILINE)]


def anchor(heading: str) -> str:
    """Make an anchor of a heading as GitHub does."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-").replace("\u00a0", "")


def in_code(text: str) -> set[str]:
    """Give every word that stands in code."""
    return set(re.findall(r"[\w.]+", " ".join(re.findall(r"`([^`]+)`", prose(text)))))


def test_every_page_is_there_in_both_languages() -> None:
    assert sorted(each.name for each in DOCS["fr"].glob("*.md")) == PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_same_parts_in_both_languages(name: str) -> None:
    english, french = map(read, PAIRS[name])
    assert [level for level, _ in headings(english)] == [level for level, _ in headings(french)]
    assert [len(blocks(english, kind)) for kind in ("yaml", "jinja")] == [
        len(blocks(french, kind)) for kind in ("yaml", "jinja")
    ]
    assert english.count("\n|") == french.count("\n|")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_same_names_and_figures_in_both_languages(name: str) -> None:
    english, french = (re.findall(r"`[a-z]+\.([a-z_]+)`", prose(read(page))) for page in PAIRS[name])
    assert {each for each in english if each in ACTIONS} == {each for each in french if each in ACTIONS}


@pytest.mark.parametrize("path", EVERY, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", prose(read(path)))
    assert links or path not in ALL
    for link in links:
        if link.startswith("https://"):
            continue
        file, _, part = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert not part or part in {anchor(words) for _, words in headings(read(target))}, link


@LANGUAGES
def test_every_page_is_in_the_index_and_on_the_front_page(language: str) -> None:
    for index in (DOCS[language] / "README.md", READMES[language]):
        way = DOCS[language].relative_to(index.parent)
        assert [name for name in PAGES if name != "README.md" and f"]({way / name})" not in read(index)] == []


@LANGUAGES
def test_the_front_page_is_short(language: str) -> None:
    assert len(read(READMES[language]).splitlines()) <= {"en": 130, "fr": 140}[language]


@LANGUAGES
def test_every_action_and_each_of_its_fields_is_described(language: str) -> None:
    text = page(language, "actions")
    told = in_code(text)
    assert {f"smsmode.{action}" for action in ACTIONS} <= told | {words for _, words in headings(text)}
    assert {field for action in ACTIONS.values() for field in fields_of(action)} <= told


@LANGUAGES
def test_every_action_has_an_example(language: str) -> None:
    called = {name for name, _ in _used(page(language, "examples"), "action")}
    assert set(ACTIONS) <= called


@LANGUAGES
@pytest.mark.parametrize("described", [TRIGGERS, CONDITIONS], ids=["triggers", "conditions"])
def test_every_trigger_and_condition_and_its_options_are_described(language: str, described: Json) -> None:
    told = in_code(page(language, "events"))
    assert {f"smsmode.{name}" for name in described} <= told
    assert {field for each in described.values() for field in fields_of(each)} <= told


@LANGUAGES
def test_every_event_is_described(language: str) -> None:
    assert in_code(page(language, "events")) >= EVENTS


@LANGUAGES
def test_every_option_is_described_by_its_name_and_its_label(language: str) -> None:
    text = page(language, "configuration")
    assert in_code(text) >= OPTIONS | FIELDS
    for section in TRANSLATIONS[language]["options"]["step"]["settings"]["sections"].values():
        assert section["name"] in [words for _, words in headings(text)]
        assert all(f"**{label}**" in text for label in section["data"].values())


def _labels(forms: Json) -> Iterator[str]:
    """Give the labels of the fields of forms, those in sections included."""
    for form in forms.values():
        yield from form.get("data", {}).values()
        yield from _labels(form.get("sections", {}))


@LANGUAGES
def test_every_field_of_every_form_is_described_under_its_label(language: str) -> None:
    words, text = TRANSLATIONS[language], page(language, "configuration")
    account = words["config"]["step"]
    forms = {"user": account["user"], "account": account["account"]}
    forms |= {name: subentry["step"]["user"] for name, subentry in words["config_subentries"].items()}
    assert [label for label in _labels(forms) if f"**{label}**" not in text] == []


@LANGUAGES
@pytest.mark.parametrize("option", sorted(DEFAULTS))
def test_every_default_is_the_one_of_the_code(language: str, option: str) -> None:
    (row,) = re.findall(rf"^\|[^|]*(?:\|[^|]*)?`{option}` \|.*$", page(language, "configuration"), re.MULTILINE)
    assert f"{DEFAULTS[option]}" in re.findall(r"[\w.:/]+", row.rstrip(" |").rpartition("|")[2])


# Of these the name says what a person would, and the entity what automations are to call it, in every language.
AGREED = {"plan_acknowledge": "acknowledge"}


@LANGUAGES
def test_every_entity_is_described_under_the_name_that_it_gets(language: str) -> None:
    text = page(language, "entities")
    for platform, entities in TRANSLATIONS[language]["entity"].items():
        for key, entity in entities.items():
            (row, *_) = re.findall(rf"^\| `{platform}\.<[^|]+\| `{key}` \|.*$", text, re.MULTILINE)
            assert f">_{AGREED.get(key) or slugify(entity['name'])}`" in row, key


@LANGUAGES
@pytest.mark.parametrize("outcome", DeliveryOutcome)
def test_every_status_stands_where_it_belongs(language: str, outcome: DeliveryOutcome) -> None:
    (row,) = re.findall(rf"^\| [^|]*\(`{outcome}`\) \|.*$", page(language, "entities"), re.MULTILINE)
    statuses = {status.value for status in MessageStatus if status.outcome is outcome}
    assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == statuses


@LANGUAGES
def test_every_repair_issue_is_explained_under_its_title(language: str) -> None:
    text = page(language, "troubleshooting")
    for problem in IssueType:
        (row,) = re.findall(rf"^\| `{problem}` \|.*$", text, re.MULTILINE)
        title = re.sub(r"\{\w+\}", "…", TRANSLATIONS[language]["issues"][problem]["title"])
        assert f"| {title} |" in row


@LANGUAGES
@pytest.mark.parametrize("problem", IssueType)
def test_every_repair_issue_leads_to_a_part_that_exists(language: str, problem: IssueType) -> None:
    url = ISSUES[problem].help.url(language)
    assert url.startswith(f"{DOCUMENTATION}/blob/main/")
    file, _, part = url.removeprefix(f"{DOCUMENTATION}/blob/main/").partition("#")
    assert (ROOT / file).parent == DOCS[language]
    assert (ROOT / file).exists()
    assert not part or part in {anchor(words) for _, words in headings(read(ROOT / file))}


@LANGUAGES
def test_what_troubleshooting_quotes_is_what_people_read(language: str) -> None:
    said = _plain(" ".join(words for _, words in strings(TRANSLATIONS[language])))
    quoted = re.findall(r"“([^”]+)”|«\s([^»]+)\s»", re.sub(r"`[^`]+`", "", page(language, "troubleshooting")))
    assert len(quoted) > 30
    pieces = [piece for quotation in quoted for piece in re.split("…", "".join(quotation)) if len(piece.strip()) > 3]
    # Of YAML, which speaks English, and of Home Assistant.
    others = {"put it in quotes", "Unauthorized"}
    assert [piece for piece in pieces if _plain(piece) not in said and piece not in others] == []


def _plain(text: str) -> str:
    """Make spaces of all kinds alike, and capitals, which a quotation may begin without."""
    return re.sub(r"\s+", " ", normalize("NFKC", text)).casefold().strip()


def test_french_has_its_spaces() -> None:
    wrong = [
        line
        for path in ALL
        if path.parent == DOCS["fr"]
        for line in re.sub(r"`[^`]*`|\]\([^)]*\)", "", prose(read(path))).splitlines()
        if re.search(r"(?<=\w) [;:!?»%](?=\s|$)|« |\w'\w", line)
    ]
    assert wrong == []


def test_french_has_narrow_spaces_where_they_are_narrow() -> None:
    files = [*DOCS["fr"].glob("*.md"), *ROOT.glob("blueprints/*/smsmode/fr/*.yaml")]
    files += [PACKAGE / "translations" / "fr.json", PACKAGE / "frontend" / "strings.fr.js"]
    wrong = re.compile("\u00a0[;!?]|\u202f[:»]|«\u202f|\\d\u00a0\\d{3}")
    assert [str(file) for file in files if wrong.search(read(file))] == []


class _Loader(yaml.SafeLoader):
    """Reads YAML of Home Assistant, whose secrets stand elsewhere."""


_Loader.add_constructor("!secret", lambda _loader, _node: "a-secret-that-is-one")


def _documents(text: str) -> Iterator[Any]:
    return (yaml.load(block, _Loader) for block in blocks(text, "yaml"))  # noqa: S506


def _nodes(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from _nodes(child)


def _used(text: str, what: str) -> Iterator[tuple[str, Json]]:
    """Give every action, trigger or condition of ours that the examples use, with its fields."""
    for node in (node for document in _documents(text) for node in _nodes(document)):
        domain, _, name = str(node.get(what, "")).partition(".")
        if domain == const.DOMAIN:
            yield name, node.get("data" if what == "action" else "options") or {}


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
@pytest.mark.parametrize(("what", "described"), [("action", ACTIONS), ("trigger", TRIGGERS), ("condition", CONDITIONS)])
def test_every_example_uses_fields_that_exist_and_all_that_are_required(path: Path, what: str, described: Json) -> None:
    for name, given in _used(read(path), what):
        fields = fields_of(described[name])
        assert set(given) <= set(fields), name
        assert {field for field, it in fields.items() if it.get("required")} <= set(given), name


@LANGUAGES
def test_the_file_of_a_batch_is_the_one_of_the_action(language: str) -> None:
    files = {given["file"] for name, given in _used(page(language, "examples"), "action") if "file" in given}
    assert files == {ACTIONS["send_batch"]["fields"]["file"]["example"]}


@LANGUAGES
def test_the_yaml_of_an_account_is_taken_and_names_every_option(hass: object, language: str) -> None:
    accounts = [document for document in _documents(page(language, "configuration")) if "smsmode" in document]
    (account,) = CONFIG_SCHEMA(accounts[0])["smsmode"]
    assert set(account) >= OPTIONS
