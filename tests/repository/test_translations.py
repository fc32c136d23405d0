"""What people read is complete, the same in both languages, and about nothing that does not exist."""

import ast
import re
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import probatio
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from custom_components.smsmode.actions.schemas import BATCH_LINE
from custom_components.smsmode.api import MessageStatus
from custom_components.smsmode.condition import async_get_conditions
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.helpers.repair_issues import (
    RECIPIENT_ISSUES,
    IssueType,
    async_clear_all_issues,
    async_raise_issue,
)
from custom_components.smsmode.services import async_setup_services
from custom_components.smsmode.trigger import async_get_triggers
from tests.support.house import ALICE_DIGITS, DISABLED_BY_DEFAULT, House
from tests.support.plan_house import add_plan
from tests.support.translations import (
    ACTIONS,
    CONDITIONS,
    ICONS,
    PACKAGE,
    TRANSLATIONS,
    TRIGGERS,
    Json,
    arguments,
    calls,
    derived_errors,
    fields_of,
    issue_placeholders,
    literal_errors,
    placeholders,
    sections_of,
    selectors,
    strings,
)
from tests.support.watchdog_house import add_watchdog

TARGET_KEYS = {str(key) for key in cv.TARGET_FIELDS}
EN = TRANSLATIONS["en"]
WRITTEN = literal_errors()
DESCRIBED = derived_errors()


@pytest.fixture
def actions(hass: HomeAssistant) -> Mapping[str, dict[Any, Any]]:
    """Give the actions that the code registers, with the fields that they take."""
    async_setup_services(hass)
    registered = hass.services.async_services_for_domain(DOMAIN)
    return {
        name: action.schema.schema for name, action in registered.items() if isinstance(action.schema, probatio.Schema)
    }


def test_english_and_french_say_the_same_things() -> None:
    told = [{path: placeholders(text) for path, text in strings(words)} for words in TRANSLATIONS.values()]
    assert told[0] == told[1]


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize(
    "forbidden",
    [
        pytest.param(r"https?://|www\.", id="address"),
        pytest.param(r"<[a-zA-Z/][^>]*>", id="html"),
        pytest.param(r"\[%key:", id="reference-to-another-sentence"),
        pytest.param(r"^\s|\s$|^$", id="nothing-or-space-around"),
    ],
)
def test_no_sentence_has_what_home_assistant_does_not_show(language: str, forbidden: str) -> None:
    assert not [path for path, text in strings(TRANSLATIONS[language]) if re.search(forbidden, text)]


def test_french_is_set_as_french() -> None:
    unset = re.compile(r"['\"“”]|\.\.\.|[ \w][;?!»]|[ \w]: |« |\s,|\s\.(?!\w)")
    assert not [(path, text) for path, text in strings(TRANSLATIONS["fr"]) if unset.search(text)]


def test_english_is_set_as_english() -> None:
    unset = re.compile(r"['\"]|\.\.\.|\s[,;:?]|\s\.(?!\w)|[«»]|\s–\s")
    assert not [(path, text) for path, text in strings(TRANSLATIONS["en"]) if unset.search(text)]


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_key_is_one_that_home_assistant_takes(language: str) -> None:
    key = re.compile(r"(?!.*[_-]{2})(?![_-])[a-z0-9_-]+(?<![_-])")
    paths = [path.split(".") for path, _ in strings(TRANSLATIONS[language])]
    assert not [path for path in paths if not all(map(key.fullmatch, path))]


def test_every_action_is_described_named_and_drawn(actions: Mapping[str, dict[Any, Any]]) -> None:
    assert set(actions) == set(ACTIONS) == set(EN["services"]) == set(ICONS["services"])


@pytest.mark.parametrize("name", ACTIONS)
def test_every_field_of_an_action_is_described_and_named(actions: Mapping[str, dict[Any, Any]], name: str) -> None:
    taken = {str(key): isinstance(key, probatio.Required) for key in actions[name]}
    assert (set(taken) >= TARGET_KEYS) is ("target" in (ACTIONS[name] or {}))
    taken = {field: required for field, required in taken.items() if field not in TARGET_KEYS}
    fields = fields_of(ACTIONS[name])
    assert {field: described.get("required", False) for field, described in fields.items()} == taken
    assert set(fields) == set(EN["services"][name].get("fields", {}))
    sections = sections_of(ACTIONS[name])
    assert sections == set(EN["services"][name].get("sections", {})) == set(ICONS["services"][name].get("sections", {}))


@pytest.mark.parametrize(
    "described",
    [
        *(ACTIONS[name] for name in ("send_message", "send_voice_message", "preview_message", "ask")),
        *(TRIGGERS[name] for name in ("reply_received", "delivery_reported")),
        CONDITIONS["recipient_reachable"],
    ],
)
def test_what_is_about_people_is_offered_under_each_of_them(described: Json) -> None:
    titled = ["notify.NotifyEntityFeature.TITLE"]
    assert described["target"] == {"entity": {"integration": DOMAIN, "domain": "notify", "supported_features": titled}}


@pytest.mark.parametrize("name", ACTIONS)
def test_every_example_is_accepted(actions: Mapping[str, dict[Any, Any]], name: str) -> None:
    described = fields_of(ACTIONS[name])
    examples = {field: _example(fields) for field, fields in described.items() if "example" in fields}
    for key, validator in actions[name].items():
        if str(key) in examples:
            probatio.Schema(validator)(examples[str(key)])


@pytest.mark.parametrize("name", ACTIONS)
def test_every_choice_that_a_form_offers_is_accepted(actions: Mapping[str, dict[Any, Any]], name: str) -> None:
    described = fields_of(ACTIONS[name])
    for key, validator in actions[name].items():
        if str(key) in TARGET_KEYS:
            continue
        for config in filter(None, described[str(key)]["selector"].values()):
            for choice in (*config.get("options", ()), *config.get("languages", ())):
                probatio.Schema(validator)(choice)
            for limit in (config[end] for end in ("min", "max") if end in config):
                probatio.Schema(validator)(limit)


def test_every_field_of_a_step_is_accepted(actions: Mapping[str, dict[Any, Any]]) -> None:
    offered = ACTIONS["alert"]["fields"]["steps"]["selector"]["object"]["fields"]
    written: dict[str, object] = {
        "target": ["notify.alice"],
        "number": ["Bob"],
        "call": True,
        "acknowledge_link": True,
        "notify": ["notify.phone"],
        "script": ["script.siren"],
        "only_home": True,
        "only_away": False,
    }
    row = {name: written.get(name, "00:01:00") for name in offered}
    (step,) = probatio.Schema(actions["alert"]["steps"])([row])
    assert step["target"] == ["notify.alice", "Bob", "notify.phone", "script.siren"]
    assert (step["how"], step["presence"]) == ("voice", "home")
    assert set(offered) - set(step) == {"number", "call", "notify", "script", "only_home", "only_away"}


def test_a_row_of_a_batch_has_the_same_fields_in_form_and_code() -> None:
    offered = ACTIONS["send_batch"]["fields"]["messages"]["selector"]["object"]["fields"]
    assert {name: field.get("required", False) for name, field in offered.items()} == {
        str(key): isinstance(key, probatio.Required) for key in BATCH_LINE.schema
    }


def _example(field: Json) -> object:
    """Give an example as it is called; lists are written as text."""
    example = field["example"]
    return parse_yaml(str(example)) if str(example).startswith("[") else example


async def test_home_assistant_understands_the_fields(
    hass: HomeAssistant, actions: Mapping[str, dict[Any, Any]]
) -> None:
    descriptions = (await async_get_all_descriptions(hass))[DOMAIN]
    understood = {name: set(fields_of(described)) for name, described in descriptions.items()}
    assert understood == {name: set(fields_of(described)) for name, described in ACTIONS.items()}


async def test_every_trigger_is_described_named_and_drawn(hass: HomeAssistant) -> None:
    assert set(await async_get_triggers(hass)) == set(TRIGGERS) == set(EN["triggers"]) == set(ICONS["triggers"])
    for name, described in TRIGGERS.items():
        assert set(fields_of(described)) == set(EN["triggers"][name]["fields"])


async def test_every_condition_is_described_named_and_drawn(hass: HomeAssistant) -> None:
    conditions = await async_get_conditions(hass)
    assert set(conditions) == set(CONDITIONS) == set(EN["conditions"]) == set(ICONS["conditions"])
    for name, described in CONDITIONS.items():
        assert set(fields_of(described)) == set(EN["conditions"][name]["fields"])


def test_every_choice_is_named() -> None:
    for kind, config in (*selectors(ACTIONS), *selectors(TRIGGERS), *selectors(CONDITIONS)):
        if kind == "select":
            assert set(config["options"]) == set(EN["selector"][config["translation_key"]]["options"])
        elif kind == "object":
            assert set(config["fields"]) == set(EN["selector"][config["translation_key"]]["fields"])


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("told", [WRITTEN, DESCRIBED], ids=["written", "described"])
def test_every_error_is_explained_with_what_is_known_of_it(language: str, told: Mapping[str, set[str]]) -> None:
    explained = TRANSLATIONS[language]["exceptions"]
    assert set(told) <= set(explained)
    assert not {key: extra for key in told if (extra := placeholders(explained[key]["message"]) - told[key])}


def test_no_error_is_explained_that_never_happens() -> None:
    assert set(EN["exceptions"]) == WRITTEN.keys() | DESCRIBED.keys()


def test_every_issue_is_raised_and_explained_with_what_is_known_of_it() -> None:
    told = issue_placeholders()
    assert set(IssueType) == set(EN["issues"]) == set(told)
    for problem, known in told.items():
        assert not [path for path, text in strings(EN["issues"][problem]) if placeholders(text) - known]


@pytest.mark.parametrize("problem", IssueType)
def test_an_issue_that_a_person_closes_says_how(
    hass: HomeAssistant, entry: MockConfigEntry, problem: IssueType
) -> None:
    async_raise_issue(hass, entry, problem)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"{problem}_{entry.entry_id}")
    assert issue is not None
    assert ("fix_flow" in EN["issues"][problem]) is issue.is_fixable
    assert ("description" in EN["issues"][problem]) is not issue.is_fixable
    async_clear_all_issues(hass, entry)
    assert not ir.async_get(hass).issues


@pytest.mark.parametrize(
    ("problem", "file"),
    [*((problem, "repairs.py") for problem in RECIPIENT_ISSUES), (IssueType.MESSAGES_WAITING, "waiting_messages.py")],
)
def test_a_way_to_mend_it_has_words_for_every_step_and_for_no_other(problem: IssueType, file: str) -> None:
    flow = EN["issues"][problem]["fix_flow"]
    offered: dict[str, set[str]] = {}
    for call in calls("async_show_menu", file):
        menu = arguments(call)
        offered[ast.literal_eval(menu["step_id"])] = set(ast.literal_eval(menu["menu_options"]))
    forms = {ast.literal_eval(arguments(call)["step_id"]) for call in calls("async_show_form", file)}
    assert set(flow["step"]) == {*offered, *forms}
    for step, words in flow["step"].items():
        assert set(words.get("menu_options", ())) == offered.get(step, set())
    reasons = {ast.literal_eval(arguments(call)["reason"]) for call in calls("async_abort", file)}
    assert set(flow["abort"]) == reasons


async def test_every_entity_and_what_it_tells_is_named_and_drawn(house: House) -> None:
    add_watchdog(house)
    add_plan(house)
    house.hass.config_entries.async_update_entry(house.entry, options={"credit_price": 0.06})
    for entity_id in DISABLED_BY_DEFAULT:
        await house.async_enable(entity_id)
    sent = await house.async_call("send_message", message="Leak", target=["Alice"], reply=True)
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    await house.async_poll()
    entities = er.async_entries_for_config_entry(er.async_get(house.hass), house.entry.entry_id)
    named = {(entity.domain, entity.translation_key) for entity in entities if entity.translation_key}
    assert named == {(domain, key) for domain, keys in EN["entity"].items() for key in keys}
    assert named == {(domain, key) for domain, keys in ICONS["entity"].items() for key in keys}
    for entity in (entity for entity in entities if entity.translation_key):
        words = EN["entity"][entity.domain][entity.translation_key]
        attributes = house.state(entity.entity_id).attributes
        own = {"duration": "d", "monetary": "EUR"}.get(attributes.get("device_class", ""))
        assert attributes.get("unit_of_measurement") == words.get("unit_of_measurement", own)
        if entity.config_subentry_id is None:
            assert set(words.get("state_attributes", {})) <= set(attributes)
            types = words.get("state_attributes", {}).get("event_type", {}).get("state", {})
            assert set(types) == set(attributes.get("event_types", ()))


@pytest.mark.parametrize(
    "find",
    [
        pytest.param(lambda: EN["entity"]["sensor"]["last_status"]["state"], id="sensor"),
        pytest.param(
            lambda: EN["entity"]["event"]["delivery_report"]["state_attributes"]["status"]["state"], id="event"
        ),
        pytest.param(lambda: ICONS["entity"]["sensor"]["last_status"]["state"], id="icon"),
    ],
)
def test_every_status_is_named_and_drawn(find: Callable[[], Json]) -> None:
    assert set(find()) == {status.value for status in MessageStatus}


def test_every_icon_is_of_material_design() -> None:
    assert not [icon for _, icon in strings(ICONS) if not re.fullmatch(r"mdi:[a-z0-9]+(-[a-z0-9]+)*", icon)]


async def test_every_line_of_system_health_is_named(house: House) -> None:
    assert await async_setup_component(house.hass, "system_health", {})
    info = await get_system_health_info(house.hass, DOMAIN)
    info["can_reach_gateway"].close()
    assert set(info) == set(EN["system_health"]["info"])


@pytest.mark.parametrize("dark", ["", "dark_"], ids=["light", "dark"])
@pytest.mark.parametrize(("name", "height"), [("icon", 256), ("logo", 128)])
def test_brand_images_have_the_sizes_that_home_assistant_asks_for(dark: str, name: str, height: int) -> None:
    once, twice = (_size(PACKAGE / "brand" / f"{dark}{name}{scale}.png") for scale in ("", "@2x"))
    assert once[1] == height
    assert (once[0] == height) is (name == "icon")
    assert twice == (2 * once[0], 2 * once[1])


def _size(image: Path) -> tuple[int, int]:
    """Read width and height out of the head of a PNG."""
    head = image.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", head[16:24])
    return width, height
