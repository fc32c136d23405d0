"""What names recipients that nobody has is found before it is needed."""

from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from homeassistant.config_entries import ConfigSubentry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.smsmode.config.recipient_usage import find_usages, usages_in
from tests.support.gateway import Gateway
from tests.support.house import BOB, House
from tests.support.plan_house import add_plan
from tests.support.watchdog_house import add_watchdog

ALISE = {"recipient": "Alise"}
TRIGGER = {"trigger": "event", "event_type": "leak"}


def issue_of(house: House) -> ir.IssueEntry | None:
    return ir.async_get(house.hass).async_get_issue("smsmode", f"unknown_recipients_{house.entry.entry_id}")


def listed(house: House) -> str:
    issue = issue_of(house)
    assert issue is not None
    assert issue.translation_placeholders is not None
    return issue.translation_placeholders["list"]


def sends(*targets: Any, **data: Any) -> dict[str, Any]:
    return {"action": "smsmode.send_message", "data": {"message": "Water!", "target": list(targets), **data}}


async def set_up_automation(house: House, *actions: dict[str, Any], **more: Any) -> None:
    config = {"id": "leak", "alias": "Leak", "triggers": TRIGGER, "actions": list(actions), **more}
    assert await async_setup_component(house.hass, "automation", {"automation": [config]})
    await house.async_settle()


def remove(house: House, name: str) -> None:
    (subentry,) = (each for each in house.entry.subentries.values() if each.title == name)
    house.hass.config_entries.async_remove_subentry(house.entry, subentry.subentry_id)


async def test_a_recipient_that_is_removed_while_an_automation_names_it_is_told(house: House) -> None:
    await set_up_automation(house, sends("Alice", "+33698765432", "group:Friends", "{{ who }}"))
    assert issue_of(house) is None
    remove(house, "Alice")
    await house.async_settle()
    assert listed(house) == "- `Alice` ← `automation.leak`"
    issue = issue_of(house)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.WARNING


async def test_a_recipient_that_is_renamed_is_told_until_it_has_its_name_again(house: House) -> None:
    await set_up_automation(house, {"if": [], "then": [{"parallel": [sends("alice")]}]})
    (subentry,) = (each for each in house.entry.subentries.values() if each.title == "Alice")
    house.hass.config_entries.async_update_subentry(house.entry, subentry, title="Alicia")
    await house.async_settle()
    assert listed(house) == "- `alice` ← `automation.leak`"
    house.hass.config_entries.async_update_subentry(house.entry, subentry, title="Alice")
    await house.async_settle()
    assert issue_of(house) is None


async def test_an_alert_that_names_somebody_unknown_is_an_error(house: House) -> None:
    alert = {"action": "smsmode.alert", "data": {"message": "!", "steps": [{"target": "Alise"}, {"target": ["Alice"]}]}}
    script = {"script": {"alarm": {"sequence": [alert]}}}
    assert await async_setup_component(house.hass, "script", script)
    await house.async_reload()
    assert listed(house) == "- `Alise` ← `script.alarm`"
    issue = issue_of(house)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.ERROR


async def test_a_watchdog_that_tells_somebody_unknown_is_an_error(house: House) -> None:
    alice = next(each for each in house.entry.subentries.values() if each.title == "Alice")
    add_watchdog(house, targets=[alice.subentry_id, "Alise", BOB])
    await house.async_settle()
    await house.async_reload()
    assert listed(house) == "- `Alise` ← `Cellar`"


async def test_a_plan_that_alarms_somebody_unknown_is_an_error(house: House) -> None:
    (alice,) = (each.subentry_id for each in house.entry.subentries.values() if each.title == "Alice")
    add_plan(house, steps=[{"target": [alice, "Alise", BOB, "group:Club"]}, {"target": ["Family"]}])
    await house.async_settle()
    assert listed(house) == "- `Alise` ← `Cave`"
    remove(house, "Alice")
    remove(house, "Family")
    await house.async_settle()
    assert listed(house).splitlines() == [
        "- `Alise` ← `Cave`",
        "- `Family` ← `Cave`",
        "- `a recipient that was removed` ← `Cave`",
    ]
    issue = issue_of(house)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.ERROR
    response = await house.async_call("alert", plan="Cave")
    left_out = [failure["target"] for failure in response["failed"]]
    assert left_out == ["a recipient that was removed", "Alise", "Club", "Family"]


async def test_automations_that_are_reloaded_are_looked_at_again(house: House) -> None:
    await set_up_automation(house, sends("Alise"))
    await house.async_reload()
    assert issue_of(house) is not None
    entity = house.hass.data["automation"].get_entity("automation.leak")
    entity.raw_config = {"actions": [sends("Alice")]}
    house.hass.bus.async_fire("automation_reloaded")
    house.hass.bus.async_fire("automation_reloaded")
    await house.async_wait(seconds=6)
    assert issue_of(house) is None
    entity.raw_config = {"actions": [sends("Alise")]}
    async_mock_service(house.hass, "script", "reload")
    await house.hass.services.async_call("script", "reload", blocking=True)
    await house.async_settle()
    assert issue_of(house) is None
    await house.async_wait(seconds=6)
    assert issue_of(house) is not None


async def test_a_check_that_is_due_ends_with_the_account(house: House) -> None:
    house.hass.bus.async_fire("automation_reloaded")
    await house.async_settle()
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.async_wait(seconds=6)
    assert issue_of(house) is None


@pytest.mark.parametrize(
    ("config", "account"),
    [
        pytest.param(sends("Bob"), "other", id="known in the other account"),
        pytest.param(sends("Carol"), "house", id="known nowhere: the default account"),
        pytest.param(sends("Alice", config_entry_id="other"), "other", id="the account that is named"),
        pytest.param({"action": "notify.home", "data": {"message": "!", "target": "Bob"}}, "house", id="its service"),
        pytest.param({"action": "notify.mobile_app", "data": {"message": "!", "target": "Carol"}}, None, id="another"),
        pytest.param(sends("notify.nobody"), "house", id="an entity"),
    ],
)
async def test_it_is_told_of_the_account_that_would_write(
    house: House, gateway: Gateway, config: dict[str, Any], account: str | None
) -> None:
    house.freezer.tick(1)
    bob = ConfigSubentryData(data={"number": BOB}, subentry_type="recipient", title="Bob", unique_id=BOB)
    entry = MockConfigEntry(
        domain="smsmode",
        entry_id="other",
        title="Chalet",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "another"},
        subentries_data=[bob],
    )
    other = House(house.hass, house.freezer, gateway, entry)
    await other.async_set_up()
    await set_up_automation(house, config)
    await house.async_reload()
    await other.async_reload()
    known_there = config["data"]["target"] == ["Bob"]
    assert (issue_of(house) is not None) == (account == "house")
    assert (issue_of(other) is not None) == (account == "other" and not known_there)


async def test_names_that_several_accounts_have_are_no_matter_of_this_check(house: House, gateway: Gateway) -> None:
    for title in ("Chalet", "Boat"):
        house.freezer.tick(1)
        bob = ConfigSubentryData(data={"number": BOB}, subentry_type="recipient", title="Bob", unique_id=BOB)
        data = {"access_token": title, "base_url": gateway.url, "webhook_id": title}
        MockConfigEntry(domain="smsmode", title=title, data=data, subentries_data=[bob]).add_to_hass(house.hass)
    await set_up_automation(house, sends("Bob"))
    await house.async_reload()
    assert issue_of(house) is None


async def test_a_long_list_is_cut_and_no_name_is_a_link(house: House) -> None:
    await set_up_automation(house, sends("[x](http://x.invalid)", "a`b", *(f"person {chr(97 + n)}" for n in range(25))))
    await house.async_reload()
    lines = listed(house).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "- …"
    assert "- `[x](http://x.invalid)` ← `automation.leak`" in lines
    assert "- `a'b` ← `automation.leak`" in lines


def test_what_home_assistant_keeps_no_more_is_not_found(hass: HomeAssistant) -> None:
    assert list(find_usages(hass)) == []
    hass.data["automation"] = SimpleNamespace(entities=[SimpleNamespace(entity_id="automation.leak")])
    assert list(find_usages(hass)) == []


@pytest.mark.parametrize(
    ("config", "names"),
    [
        pytest.param(
            {"trigger": "smsmode.reply_received", "options": {"recipient": "Alise"}}, ("Alise",), id="trigger"
        ),
        pytest.param(
            {"condition": "smsmode.recipient_reachable", "options": {"recipient": ["Alise"]}},
            ("Alise",),
            id="condition",
        ),
        pytest.param(
            {"action": "smsmode.send_batch", "data": {"messages": [{"target": "Alise"}, {"target": "Alice"}]}},
            ("Alise", "Alice"),
            id="batch",
        ),
        pytest.param({"service": "smsmode.ask", "data_template": {"target": "Alise"}}, ("Alise",), id="old keys"),
        pytest.param({"action": "light.turn_on", "data": {"target": "Alise"}}, None, id="another action"),
        pytest.param({"action": "smsmode.reload"}, None, id="no data"),
        pytest.param({"action": "smsmode.send_message", "data": "{{ data }}"}, None, id="a template for all"),
        pytest.param(sends(33612345678, "06 12 34 56 78", ""), None, id="no names"),
    ],
)
def test_what_is_named_is_found_wherever_it_stands(config: dict[str, Any], names: tuple[str, ...] | None) -> None:
    found = [usage.names for usage in usages_in({"a": [{"b": (config,)}]}, "automation.leak")]
    assert found == ([] if names is None else [names])


async def test_groups_and_persons_of_recipients_are_known_as_long_as_they_are(house: House) -> None:
    manager = house.hass.config_entries
    members = [subentry.subentry_id for subentry in house.entry.subentries.values() if subentry.title == "Alice"]
    for kind, title, data in (
        ("recipient", "Bob", {"number": BOB, "person": "person.bob"}),
        ("group", "Crew", {"members": members}),
    ):
        subentry = ConfigSubentry(data=MappingProxyType(data), subentry_type=kind, title=title, unique_id=title)
        manager.async_add_subentry(house.entry, subentry)
    await house.async_settle()
    await set_up_automation(house, sends("Crew", "group:Crew", "notify.crew", "person.bob", "person.carol"))
    await house.async_reload()
    assert listed(house) == "- `person.carol` ← `automation.leak`"
    remove(house, "Bob")
    remove(house, "Crew")
    await house.async_settle()
    unknown = ("Crew", "notify.crew", "person.bob", "person.carol")
    assert listed(house) == "\n".join(f"- `{name}` ← `automation.leak`" for name in unknown)
