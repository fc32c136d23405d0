"""Each rule of Home Assistant's quality scale that is said to be kept is proved: here, or by the test that is named."""

import ast
import configparser
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import homeassistant
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict

from custom_components.smsmode import PLATFORMS
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.runtime import SmsmodeRuntimeData
from tests.support.house import DISABLED_BY_DEFAULT, House
from tests.support.translations import ACTIONS, PACKAGE

from .test_packaging import MANIFEST

ROOT = PACKAGE.parents[1]
TESTS = Path(__file__).parents[1]
NEIGHBOUR = Path(homeassistant.__file__).parent / "components" / "ntfy" / "quality_scale.yaml"
RULES: Mapping[str, Any] = load_yaml_dict(str(PACKAGE / "quality_scale.yaml"))["rules"]
OF_HOME_ASSISTANT = "HomeAssistantError|ServiceValidationError|ConfigEntry\\w+|UpdateFailed"
SOURCES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}

# Where a rule is proved; several rules are proved by what people see, and some by a test of that very thing.
PROOFS: Mapping[str, str] = {
    "action-exceptions": "actions/test_messages.test_an_error_of_the_gateway_is_translated",
    "action-setup": "repository/test_quality_scale.test_actions_are_there_without_an_account",
    "appropriate-polling": "repository/test_quality_scale.test_a_quiet_house_hardly_asks",
    "async-dependency": "repository/test_quality_scale.test_nothing_blocks_the_event_loop",
    "brands": "repository/test_translations.test_brand_images_have_the_sizes_that_home_assistant_asks_for",
    "common-modules": "repository/test_quality_scale.test_what_is_common_is_in_common_modules",
    "config-entry-unloading": "test_init.test_unloading_takes_the_webhook_away",
    "config-flow": "repository/test_flow_translations.test_every_text_that_the_forms_use_exists_and_no_other",
    "config-flow-test-coverage": "repository/test_quality_scale.test_all_of_it_must_be_covered_and_typed",
    "devices": "test_init.test_an_account_is_a_device_and_each_recipient_one_reached_through_it",
    "diagnostics": "test_diagnostics.test_bug_report_describes_the_account_its_queue_and_its_messages",
    "entity-category": "repository/test_quality_scale.test_what_is_about_the_working_of_the_account_is_diagnostic",
    "entity-device-class": "repository/test_quality_scale.test_a_choice_of_words_is_an_enum_and_a_time_a_duration",
    "entity-disabled-by-default": "repository/test_quality_scale.test_no_entity_is_noisy",
    "entity-event-setup": "repository/test_quality_scale.test_entities_listen_while_they_are_there",
    "entity-translations": "repository/test_translations.test_every_entity_and_what_it_tells_is_named_and_drawn",
    "entity-unavailable": "test_init.test_a_house_without_internet_has_its_services_and_says_so_once",
    "entity-unique-id": "test_init.test_unique_ids_are_those_of_the_contract",
    "exception-translations": "repository/test_quality_scale.test_every_error_that_people_read_is_translated",
    "has-entity-name": "repository/test_quality_scale.test_every_entity_has_a_name_of_its_own",
    "icon-translations": "repository/test_translations.test_every_entity_and_what_it_tells_is_named_and_drawn",
    "inject-websession": "repository/test_quality_scale.test_the_session_is_home_assistants",
    "integration-owner": "repository/test_packaging.test_somebody_owns_it",
    "log-when-unavailable": "test_init.test_a_house_without_internet_has_its_services_and_says_so_once",
    "parallel-updates": "repository/test_quality_scale.test_every_platform_says_how_many_updates_at_once",
    "reauthentication-flow": "flows/test_reauth_reconfigure.test_a_new_key_brings_an_account_back",
    "reconfiguration-flow": "flows/test_reauth_reconfigure.test_another_key_and_address_are_tried_and_kept",
    "repair-issues": "test_repairs.test_a_recipient_that_the_gateway_refuses_is_a_repair_issue_until_a_message_arrives",
    "runtime-data": "repository/test_quality_scale.test_what_is_at_work_is_in_the_entry",
    "stale-devices": "repository/test_quality_scale.test_the_device_of_a_recipient_goes_with_it",
    "strict-typing": "repository/test_quality_scale.test_all_of_it_must_be_covered_and_typed",
    "test-before-configure": "flows/test_config_flow.test_an_unreachable_gateway_makes_no_account",
    "test-coverage": "repository/test_quality_scale.test_all_of_it_must_be_covered_and_typed",
    "unique-config-entry": "flows/test_config_flow.test_the_same_key_twice_is_one_account",
}
# Where a rule about the documentation is kept: the page, and the words that only that part of it has.
DOCUMENTED: Mapping[str, tuple[str, str]] = {
    "docs-actions": ("docs/actions.md", "### smsmode.send_message"),
    "docs-conditions": ("docs/events.md", "## Conditions"),
    "docs-configuration-parameters": ("docs/configuration.md", "## The options"),
    "docs-data-update": ("docs/data-update.md", "## Polls"),
    "docs-examples": ("docs/examples.md", "- alias:"),
    "docs-high-level-description": ("README.md", "A custom integration that sends SMS and voice calls"),
    "docs-installation-instructions": ("docs/installation.md", "## Install the files"),
    "docs-installation-parameters": ("docs/configuration.md", "## The account"),
    "docs-known-limitations": ("docs/limitations.md", "# Known limitations"),
    "docs-removal-instructions": ("docs/installation.md", "## Remove"),
    "docs-supported-functions": ("docs/entities.md", "## Of an account"),
    "docs-triggers": ("docs/events.md", "## Triggers"),
    "docs-troubleshooting": ("docs/troubleshooting.md", "## Repair issues"),
    "docs-use-cases": ("docs/examples.md", "## An alarm that arrives"),
}


def status(rule: str) -> str:
    """Say what the file says of a rule."""
    answer = RULES[rule]
    return str(answer if isinstance(answer, str) else answer["status"])


def test_all_54_rules_are_answered_in_the_order_of_their_tiers() -> None:
    asked = load_yaml_dict(str(NEIGHBOUR))["rules"]
    assert len(RULES) == 54
    assert set(RULES) == set(asked)
    tiers = (PACKAGE / "quality_scale.yaml").read_text(encoding="utf-8").split("  # ")[1:]
    assert [tier.split("\n")[0] for tier in tiers] == ["Bronze", "Silver", "Gold", "Platinum"]
    found = [re.findall(r"^  ([a-z-]+):", tier, re.MULTILINE) for tier in tiers]
    assert [len(tier) for tier in found] == [20, 10, 21, 3]


def test_whatever_is_not_simply_done_says_why() -> None:
    for rule, answer in RULES.items():
        assert status(rule) in ("done", "exempt")
        assert answer == "done" or len(answer["comment"]) > 20, rule


def test_every_rule_that_is_kept_is_proved() -> None:
    assert {rule for rule in RULES if status(rule) == "done"} <= PROOFS.keys() | DOCUMENTED.keys()
    assert not {rule for rule in PROOFS if status(rule) != "done"}


@pytest.mark.parametrize("rule", PROOFS)
def test_every_proof_is_a_test_that_exists(rule: str) -> None:
    module, _, name = PROOFS[rule].partition(".")
    tree = ast.parse((TESTS / f"{module}.py").read_text(encoding="utf-8"))
    tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert name in tests


@pytest.mark.parametrize("rule", [rule for rule in DOCUMENTED if status(rule) == "done"])
def test_what_the_documentation_is_said_to_have_is_there(rule: str) -> None:
    page, words = DOCUMENTED[rule]
    assert words in (ROOT / page).read_text(encoding="utf-8")


async def test_actions_are_there_without_an_account(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services_for_domain(DOMAIN)) == set(ACTIONS)


async def test_a_quiet_house_hardly_asks(house: House) -> None:
    before = len(await house.gateway.requests())
    for _ in range(60):
        await house.async_wait(minutes=1)
    # Once in five minutes for replies, once in thirty for the balance, and a look back.
    assert 0 < len(await house.gateway.requests()) - before <= 16


async def test_no_entity_is_noisy(house: House, freezer: FrozenDateTimeFactory) -> None:
    for entity_id in DISABLED_BY_DEFAULT:
        await house.async_enable(entity_id)
    # At midnight the counters of the day begin anew, and rightly so.
    freezer.move_to("2026-07-14T10:00:00+02:00")
    await house.async_settle()
    changes = house.capture("state_changed")
    for _ in range(60):
        await house.async_wait(minutes=1)
    assert changes == []


def _calls(tree: ast.AST) -> Iterator[str]:
    """Name what is called in a piece of source."""
    return (ast.unparse(node.func).rpartition(".")[2] for node in ast.walk(tree) if isinstance(node, ast.Call))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_nothing_blocks_the_event_loop() -> None:
    blocking = {"requests", "urllib.request", "http.client", "httpx", "socket"}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    assert not blocking & set(chain.from_iterable(map(_imports, trees)))
    names = [ast.unparse(node) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    names += [
        f"{node.module}.{alias.name}"
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert "asyncio.sleep" in names
    assert "time.sleep" not in names


def test_the_session_is_home_assistants() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    called = set(chain.from_iterable(map(_calls, trees)))
    assert "ClientSession" not in called
    assert "async_get_clientsession" in called


def _subclassing(base: str) -> set[str]:
    """Name the modules that have a class of this kind."""
    return {
        name
        for name, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(ast.unparse(each).split("[")[0] == base for each in node.bases)
    }


def test_what_is_common_is_in_common_modules() -> None:
    assert _subclassing("DataUpdateCoordinator") == {"coordinator"}
    assert _subclassing("CoordinatorEntity") == {"entity"}
    # Of a watchdog the coordinator knows nothing.
    assert _subclassing("Entity") == {"entity"}
    assert _subclassing("SmsmodeEntity") | _subclassing("WatchdogEntity") >= {str(platform) for platform in PLATFORMS}


def test_entities_listen_while_they_are_there() -> None:
    for name in _subclassing("SmsmodeEntity"):
        made = [
            node for node in ast.walk(SOURCES[name]) if isinstance(node, ast.FunctionDef) and node.name == "__init__"
        ]
        assert not [call for each in made for call in _calls(each) if re.match("async_(on|add|track|listen)", call)]
    hooks = [node.name for node in ast.walk(SOURCES["event"]) if isinstance(node, ast.AsyncFunctionDef)]
    assert "async_added_to_hass" in hooks


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_says_how_many_updates_at_once(platform: str) -> None:
    told = [ast.unparse(node) for node in SOURCES[platform].body if isinstance(node, ast.Assign) and node.lineno < 60]
    assert "PARALLEL_UPDATES = 0" in told


def test_every_error_that_people_read_is_translated() -> None:
    raised = [
        node
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and re.fullmatch(OF_HOME_ASSISTANT, ast.unparse(node.func))
    ]
    assert len(raised) > 4
    assert not [
        ast.unparse(call)
        for call in raised
        if not {"translation_domain", "translation_key"} <= {keyword.arg for keyword in call.keywords}
    ]


async def test_what_is_at_work_is_in_the_entry(hass: HomeAssistant, house: House) -> None:
    assert isinstance(house.entry.runtime_data, SmsmodeRuntimeData)
    assert DOMAIN not in hass.data


def _entities(house: House) -> list[er.RegistryEntry]:
    return er.async_entries_for_config_entry(er.async_get(house.hass), house.entry.entry_id)


def test_every_entity_has_a_name_of_its_own(house: House) -> None:
    for entity in _entities(house):
        assert entity.has_entity_name
        # What has no name of its own is the one thing that its device is there for.
        assert entity.translation_key or entity.domain == "notify"


@pytest.mark.parametrize("key", ["queued", "pending", "segments_sent", "send_test"])
def test_what_is_about_the_working_of_the_account_is_diagnostic(house: House, key: str) -> None:
    categories = {entity.entity_category for entity in _entities(house) if entity.translation_key == key}
    assert categories == {EntityCategory.DIAGNOSTIC}


def _sensor(key: str, attribute: str) -> Callable[[House], object]:
    return lambda house: {
        getattr(entity, attribute)
        for entity in _entities(house)
        if (entity.domain, entity.translation_key) == ("sensor", key)
    }


@pytest.mark.parametrize(
    ("read", "expected"),
    [
        pytest.param(_sensor("last_status", "original_device_class"), {"enum"}, id="status"),
        pytest.param(_sensor("days_left", "original_device_class"), {"duration"}, id="days"),
        # There is no class of credits: they are no currency.
        pytest.param(_sensor("balance", "original_device_class"), {None}, id="credits"),
    ],
)
def test_a_choice_of_words_is_an_enum_and_a_time_a_duration(
    house: House, read: Callable[[House], object], expected: object
) -> None:
    assert read(house) == expected


async def test_the_device_of_a_recipient_goes_with_it(
    hass: HomeAssistant, house: House, device_registry: dr.DeviceRegistry
) -> None:
    alice = next(each for each in house.entry.subentries.values() if each.title == "Alice")
    hass.config_entries.async_remove_subentry(house.entry, alice.subentry_id)
    await house.async_settle()
    devices = dr.async_entries_for_config_entry(device_registry, house.entry.entry_id)
    assert {device.name for device in devices} == {"Home", "Family"}


def test_all_of_it_must_be_covered_and_typed() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    assert settings["coverage:report"]["fail_under"] == "100"
    assert settings.getboolean("coverage:run", "branch")
    assert settings["coverage:run"]["source"] == "custom_components/smsmode"
    assert settings.getboolean("mypy", "strict")
    assert "custom_components" in settings["mypy"]["files"].split(", ")
    assert MANIFEST["config_flow"] is True
