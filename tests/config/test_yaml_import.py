"""Accounts of YAML come and go with it, and YAML that is broken changes nothing."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, House

YAML = """
smsmode:
  - name: Home
    access_token: {token}
    base_url: {url}
    sender: MAISON
    region: FR
    recipients:
      - name: Alice
        number: "06 12 34 56 78"
      - name: Family
        group: Famille
notify:
  - platform: smsmode
    name: alarm_sms
    account: Home
    target: [Alice, "+33698765432"]
    data: {{sender: ALARME}}
"""


@pytest.fixture
async def yaml_house(hass: HomeAssistant, freezer: Any, gateway: Gateway, tmp_path: Path) -> House:
    """Give a house that was set up from YAML alone."""
    text = YAML.format(token=gateway.token, url=gateway.url)
    hass.config.config_dir = str(tmp_path)
    (tmp_path / "configuration.yaml").write_text(text)
    config = yaml.safe_load(text)
    assert await async_setup_component(hass, "notify", config)
    assert await async_setup_component(hass, DOMAIN, config)
    await hass.async_block_till_done(wait_background_tasks=True)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return House(hass, freezer, gateway, entry)


async def rewrite(house: House, text: str) -> None:
    """Edit the YAML and reload it."""
    Path(house.hass.config.path("configuration.yaml")).write_text(text)
    await house.hass.services.async_call(DOMAIN, "reload", blocking=True)
    await house.async_settle()


async def test_yaml_alone_gives_an_account_its_recipients_and_its_own_notify_service(yaml_house: House) -> None:
    assert yaml_house.state("notify.alice").state == "unknown"
    await yaml_house.async_notify("alarm_sms", message="Water!")
    await yaml_house.async_notify("home", message="Hello", target=["Alice"])
    alarm, hello = await yaml_house.gateway.messages()
    assert (alarm.sender, alarm.numbers) == ("ALARME", [ALICE_DIGITS, "33698765432"])
    assert (hello.sender, hello.numbers) == ("MAISON", [ALICE_DIGITS])


async def test_yaml_sets_up_an_account_while_the_gateway_is_away(
    hass: HomeAssistant, freezer: Any, gateway: Gateway
) -> None:
    async with gateway.offline():
        config = yaml.safe_load(YAML.format(token=gateway.token, url=gateway.url))
        assert await async_setup_component(hass, DOMAIN, config)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert hass.services.has_service("notify", "home")


async def test_edited_yaml_is_applied_by_reload(hass: HomeAssistant, yaml_house: House) -> None:
    text = YAML.format(token=yaml_house.gateway.token, url=yaml_house.gateway.url)
    text = text.replace("MAISON", "CHALET").replace("      - name: Family\n        group: Famille\n", "")
    await rewrite(yaml_house, text)
    await yaml_house.async_notify("home", message="Hello")
    (message,) = await yaml_house.gateway.messages()
    assert (message.sender, message.numbers) == ("CHALET", [ALICE_DIGITS])
    assert hass.states.get("notify.family") is None


async def test_an_account_that_is_gone_from_yaml_is_removed(hass: HomeAssistant, yaml_house: House) -> None:
    text = f"smsmode:\n  - name: Chalet\n    access_token: other\n    base_url: {yaml_house.gateway.url}\n"
    await rewrite(yaml_house, text)
    assert [entry.title for entry in hass.config_entries.async_entries(DOMAIN)] == ["Chalet"]


async def test_an_account_stays_when_all_of_its_yaml_vanishes_and_a_repair_issue_asks(
    hass: HomeAssistant, yaml_house: House, issue_registry: ir.IssueRegistry
) -> None:
    issue_id = f"missing_in_yaml_{yaml_house.entry.entry_id}"
    await rewrite(yaml_house, "homeassistant:\n")
    assert [entry.title for entry in hass.config_entries.async_entries(DOMAIN)] == ["Home"]
    assert issue_registry.async_get_issue(DOMAIN, issue_id)
    await rewrite(yaml_house, YAML.format(token=yaml_house.gateway.token, url=yaml_house.gateway.url))
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_broken_yaml_is_named_and_changes_nothing(hass: HomeAssistant, yaml_house: House) -> None:
    with pytest.raises(HomeAssistantError) as err:
        await rewrite(yaml_house, "smsmode:\n  - name: Home\n    acess_token: secret\n")
    assert "acess_token" in str(err.value)
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_broken_yaml_of_the_account_does_not_stop_the_rest(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    config = {DOMAIN: [{"name": "Home", "access_token": "k", "max_segments": 9}], "input_boolean": {"leak": None}}
    assert not await async_setup_component(hass, DOMAIN, config)
    assert await async_setup_component(hass, "input_boolean", config)
    assert "max_segments" in caplog.text


async def test_only_administrators_reload(hass: HomeAssistant, house: House, hass_read_only_user: MockUser) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(DOMAIN, "reload", blocking=True, context=Context(user_id=hass_read_only_user.id))
