"""Commands and watchdogs in YAML: a person who writes only YAML misses nothing, and one who does not is left alone."""

from types import MappingProxyType
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.config.commands import verify_pin
from custom_components.smsmode.const import DOMAIN
from tests.support.flow_forms import count_starts
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB_DIGITS, House
from tests.support.watchdog_house import SWITCH, async_switch, scheduled
from tests.support.yaml_files import account_of, apply_file, load

PIN = "4711"
COMMANDS = """
        commands:
          pin: "4711"
          allowed:
            - words: Gate
            - {words: Status, script: script.status, without_pin: true}
"""
WATCHDOG = """
    watchdogs:
      - name: Cellar
        targets: [alice, "06 98 76 54 32"]
        message: The house is silent.
        quiet_minutes: 10
"""


def written(gateway: Gateway, commands: str = "", watchdogs: str = "") -> str:
    """Write configuration.yaml."""
    people = '    region: FR\n    recipients:\n      - name: Alice\n        number: "06 12 34 56 78"\n'
    return f"{account_of(gateway)}{people}{commands}{watchdogs}"


def only_entry(hass: HomeAssistant) -> ConfigEntry:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.state is ConfigEntryState.LOADED
    return entry


def of_type(hass: HomeAssistant, kind: str) -> list[ConfigSubentry]:
    return list(only_entry(hass).get_subentries_of_type(kind))


async def test_whoever_may_in_yaml_commands_the_house(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    await apply_file(hass, written(gateway, COMMANDS))
    entry = only_entry(hass)
    (commands,) = of_type(hass, "commands")
    assert verify_pin(PIN, commands.data["pin"])
    assert PIN not in str(commands.data)
    events: list[Any] = []
    hass.bus.async_listen("smsmode_command", events.append)
    for text in (f"{PIN} gate", "gate"):
        await gateway.reply(ALICE_DIGITS, text, stray=True, callback=False)
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
    assert [event.data["outcome"] for event in events] == ["done", "pin_missing"]


async def test_a_watchdog_of_yaml_is_armed_and_keeps_its_message_over_a_new_reading(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    await apply_file(hass, written(gateway, watchdogs=WATCHDOG))
    entry = only_entry(hass)
    house = House(hass, freezer, gateway, entry)
    await async_switch(house, on=True)
    (held,) = await scheduled(house)
    assert sorted(held.numbers) == ["33612345678", "33698765432"]
    await apply_file(hass, written(gateway, watchdogs=WATCHDOG))
    assert [message.id for message in await scheduled(house)] == [held.id]
    assert house.state(SWITCH).state == "on"
    await apply_file(hass, written(gateway))
    await house.async_wait(minutes=1)
    assert await scheduled(house) == []
    assert await gateway.balance() == 100


async def test_the_same_again_changes_nothing_and_what_differs_reloads_once(
    hass: HomeAssistant, gateway: Gateway
) -> None:
    await apply_file(hass, written(gateway, COMMANDS, WATCHDOG))
    before = {subentry.subentry_id: subentry for subentry in only_entry(hass).subentries.values()}
    starts = count_starts(only_entry(hass))
    await apply_file(hass, written(gateway, COMMANDS, WATCHDOG))
    assert dict(only_entry(hass).subentries) == before
    assert starts == []
    changed = COMMANDS.replace("4711", "0815").replace("Gate", "Door")
    await apply_file(hass, written(gateway, changed, WATCHDOG.replace("silent", "dead")))
    assert starts == [ConfigEntryState.LOADED]
    assert only_entry(hass).subentries.keys() == before.keys()
    (commands,), (watchdog,) = of_type(hass, "commands"), of_type(hass, "watchdog")
    assert verify_pin("0815", commands.data["pin"])
    assert commands.data["commands"][0]["words"] == "Door"
    assert watchdog.data["message"] == "The house is dead."


async def test_without_a_pin_only_what_needs_none_is_allowed(hass: HomeAssistant, gateway: Gateway) -> None:
    free = """
        commands:
          allowed: {words: Status, without_pin: true}
"""
    await apply_file(hass, written(gateway, free))
    (commands,) = of_type(hass, "commands")
    assert "pin" not in commands.data


async def test_what_was_set_up_in_the_ui_is_left_alone(
    hass: HomeAssistant, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    await apply_file(hass, written(gateway))
    entry, (alice,) = only_entry(hass), of_type(hass, "recipient")
    kept = {"recipient": alice.subentry_id, "commands": [], "assist": True, "hourly_limit": 3}
    watch = {"targets": [ALICE], "message": "Mine", "minutes": 60, "quiet_minutes": 0}
    for kind, title, data, unique_id in (
        ("commands", "Alice", kept, f"commands:{alice.subentry_id}"),
        ("watchdog", "cellar", watch, None),
    ):
        subentry = ConfigSubentry(data=MappingProxyType(data), subentry_type=kind, title=title, unique_id=unique_id)
        hass.config_entries.async_add_subentry(entry, subentry)
    await hass.async_block_till_done(wait_background_tasks=True)
    before = dict(entry.subentries)
    await apply_file(hass, written(gateway, COMMANDS, WATCHDOG))
    assert caplog.text.count("left out") == 2
    await apply_file(hass, written(gateway))
    assert dict(only_entry(hass).subentries) == before


async def test_an_account_that_is_left_out_brings_nothing(hass: HomeAssistant, gateway: Gateway) -> None:
    entry = MockConfigEntry(
        domain=DOMAIN, title="Mine", data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "hook"}
    )
    entry.add_to_hass(hass)
    await apply_file(hass, written(gateway, COMMANDS, WATCHDOG))
    assert dict(only_entry(hass).subentries) == {}


@pytest.mark.parametrize("kind", ["commands", "watchdog"])
async def test_what_yaml_describes_is_not_edited_in_the_ui(hass: HomeAssistant, gateway: Gateway, kind: str) -> None:
    await apply_file(hass, written(gateway, COMMANDS, WATCHDOG))
    (subentry,) = of_type(hass, kind)
    flow = await hass.config_entries.subentries.async_init(
        (only_entry(hass).entry_id, kind), context={"source": "reconfigure", "subentry_id": subentry.subentry_id}
    )
    assert (flow["type"], flow["reason"]) == ("abort", "managed_by_yaml")


GROUP = "      - {name: Family, group: Famille, commands: {assist: true, pin: '4711'}}\n"


@pytest.mark.parametrize(
    ("commands", "watchdogs", "said"),
    [
        pytest.param("        commands: {}\n", "", "allow a command", id="nothing to command"),
        pytest.param(COMMANDS.replace('"4711"', "4711"), "", "put it in quotes", id="pin without quotes"),
        pytest.param(COMMANDS.replace("4711", "47 11"), "", "4 to 8 digits", id="no pin"),
        pytest.param(COMMANDS.replace('pin: "4711"', "assist: true"), "", "give a pin", id="pin missing"),
        pytest.param(COMMANDS.replace("Status", "GATE!"), "", "the same words", id="the same words"),
        pytest.param(COMMANDS.replace("script.status", "light.hall"), "", "script", id="no script"),
        pytest.param(GROUP, "", "a group cannot command", id="group"),
        pytest.param("", WATCHDOG.replace("alice", "Nobody"), "neither a recipient", id="unknown target"),
        pytest.param("", WATCHDOG.replace("06 98 76 54 32", "01 23 45 67 89"), "fixed line", id="fixed line"),
        pytest.param(
            "", WATCHDOG.replace("06 98 76 54 32", "group:Famille"), "one single group", id="group and number"
        ),
        pytest.param("", WATCHDOG.replace('[alice, "06 98 76 54 32"]', "[]"), "who is told", id="nobody"),
        pytest.param("", WATCHDOG.replace("quiet_minutes: 10", "minutes: 10"), "20 minutes", id="too often"),
        pytest.param("", WATCHDOG.replace("is silent", "is silent " * 90), "five segments", id="too long"),
        pytest.param("", WATCHDOG + WATCHDOG.split("watchdogs:")[1].replace("Cellar", "CELLAR"), "two", id="two"),
    ],
)
async def test_what_the_forms_refuse_yaml_refuses(
    hass: HomeAssistant, gateway: Gateway, caplog: pytest.LogCaptureFixture, commands: str, watchdogs: str, said: str
) -> None:
    assert await load(hass, written(gateway, commands, watchdogs)) is None
    assert said in caplog.text
    assert PIN not in caplog.text


async def test_a_watchdog_of_yaml_can_tell_a_group(hass: HomeAssistant, gateway: Gateway) -> None:
    await apply_file(hass, written(gateway, watchdogs=WATCHDOG.replace('[alice, "06 98 76 54 32"]', "group:Famille")))
    (watchdog,) = of_type(hass, "watchdog")
    assert watchdog.data["targets"] == ["group:Famille"]
    assert watchdog.data["minutes"] == 60


GROUPS = """
    groups:
      - {name: Crew, members: [alice, BOB]}
"""
BOB_TOO = "      - {name: Bob, number: '+33698765432'}\n"


async def test_a_group_of_yaml_goes_to_its_members_and_follows_their_names(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    await apply_file(hass, written(gateway, BOB_TOO, GROUPS))
    house = House(hass, freezer, gateway, only_entry(hass))
    await house.async_call("send_message", message="Water!", target=["Crew"])
    (sent,) = await gateway.messages()
    assert sent.numbers == [ALICE_DIGITS, BOB_DIGITS]
    (before,) = of_type(hass, "group")
    starts = count_starts(only_entry(hass))
    await apply_file(hass, written(gateway, BOB_TOO, GROUPS))
    assert starts == []
    renamed, groups = BOB_TOO.replace("Bob", "Robert"), GROUPS.replace("BOB", "Robert")
    await apply_file(hass, written(gateway, renamed, groups))
    (after,) = of_type(hass, "group")
    assert (after.subentry_id, after.data) == (before.subentry_id, before.data)
    await apply_file(hass, written(gateway, BOB_TOO))
    assert of_type(hass, "group") == []


async def test_a_group_that_was_set_up_in_the_form_stays_and_yaml_of_its_name_is_left_out(
    hass: HomeAssistant, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    await apply_file(hass, written(gateway, BOB_TOO))
    alice = of_type(hass, "recipient")[0]
    data = MappingProxyType({"members": [alice.subentry_id]})
    group = ConfigSubentry(data=data, subentry_type="group", title="Crew", unique_id=None)
    hass.config_entries.async_add_subentry(only_entry(hass), group)
    await hass.async_block_till_done(wait_background_tasks=True)
    await apply_file(hass, written(gateway, BOB_TOO, GROUPS))
    assert of_type(hass, "group") == [group]
    assert "A group of YAML is left out" in caplog.text


async def test_a_group_of_yaml_is_not_edited_in_the_form(hass: HomeAssistant, gateway: Gateway) -> None:
    await apply_file(hass, written(gateway, BOB_TOO, GROUPS))
    (group,) = of_type(hass, "group")
    result = await hass.config_entries.subentries.async_init(
        (only_entry(hass).entry_id, "group"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": group.subentry_id},
    )
    assert result["reason"] == "managed_by_yaml"


async def test_a_watchdog_of_yaml_tells_the_members_of_a_group(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway
) -> None:
    watchdog = WATCHDOG.replace('[alice, "06 98 76 54 32"]', "[crew]")
    await apply_file(hass, written(gateway, BOB_TOO, GROUPS + watchdog))
    house = House(hass, freezer, gateway, only_entry(hass))
    await async_switch(house, on=True)
    (held,) = await scheduled(house)
    assert sorted(held.numbers) == [ALICE_DIGITS, BOB_DIGITS]
