"""Keys of YAML: the entry follows them, two accounts never share one, and none is in the log."""

import pytest
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from tests.support.flow_forms import count_starts
from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB
from tests.support.yaml_import import AccountWriter, apply, only_entry

OTHER_KEY = "Zz9yX8wvu7Ts"


async def test_key_and_address_follow_yaml_and_the_webhook_stays(hass: HomeAssistant, write: AccountWriter) -> None:
    await apply(hass, write(("Alice", ALICE)))
    entry = only_entry(hass)
    webhook_id = entry.data["webhook_id"]
    async with Gateway(token=OTHER_KEY) as elsewhere:
        await apply(hass, write(("Alice", ALICE), access_token=OTHER_KEY, base_url=elsewhere.url))
        assert dict(entry.data) == {
            "access_token": OTHER_KEY,
            "base_url": elsewhere.url,
            "webhook_id": webhook_id,
        }
        assert entry.state is ConfigEntryState.LOADED
        assert await elsewhere.requests("credit.do")
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_right_key_in_yaml_brings_an_account_back(
    hass: HomeAssistant, gateway: Gateway, write: AccountWriter
) -> None:
    await apply(hass, write(access_token=OTHER_KEY))
    entry = only_entry(hass)
    assert list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))
    starts = count_starts(entry)
    await apply(hass, write())
    assert starts == [ConfigEntryState.LOADED]
    assert not list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))


class TestSameKey:
    @pytest.fixture
    def by_hand(self, hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
        """Give an account that a person made, with the key of the gateway."""
        entry.add_to_hass(hass)
        return entry

    async def test_an_account_made_by_hand_is_neither_doubled_nor_touched(
        self, hass: HomeAssistant, write: AccountWriter, by_hand: MockConfigEntry, caplog: pytest.LogCaptureFixture
    ) -> None:
        before = by_hand.as_dict()
        result = await apply(hass, write(("Bob", BOB), name="Other", sender="MAISON"))
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
        assert only_entry(hass) is by_hand
        assert by_hand.as_dict() == before
        assert "'Other'" in caplog.text

    async def test_an_account_of_yaml_does_not_take_the_key_of_one_made_by_hand(
        self, hass: HomeAssistant, write: AccountWriter, by_hand: MockConfigEntry
    ) -> None:
        await apply(hass, write(name="Other", access_token=OTHER_KEY))
        await apply(hass, write(name="Other"))
        keys = {entry.title: entry.data["access_token"] for entry in hass.config_entries.async_entries(DOMAIN)}
        assert keys == {"Home": by_hand.data["access_token"], "Other": OTHER_KEY}

    async def test_two_accounts_of_yaml_can_exchange_their_keys(
        self, hass: HomeAssistant, gateway: Gateway, write: AccountWriter
    ) -> None:
        await apply(hass, write())
        await apply(hass, write(name="Other", access_token=OTHER_KEY))
        await apply(hass, write(access_token=OTHER_KEY))
        await apply(hass, write(name="Other"))
        keys = {entry.title: entry.data["access_token"] for entry in hass.config_entries.async_entries(DOMAIN)}
        assert keys == {"Home": OTHER_KEY, "Other": gateway.token}

    async def test_a_new_account_of_yaml_does_not_double_an_older_one(
        self, hass: HomeAssistant, write: AccountWriter
    ) -> None:
        await apply(hass, write())
        result = await apply(hass, write(name="Other"))
        assert result["reason"] == "already_configured"
        assert only_entry(hass).title == "Home"


async def test_no_key_is_in_the_log(
    hass: HomeAssistant, gateway: Gateway, write: AccountWriter, caplog: pytest.LogCaptureFixture
) -> None:
    await apply(hass, write())
    await apply(hass, write(name="Other"))
    await apply(hass, write(access_token=OTHER_KEY))
    assert gateway.token not in caplog.text
    assert OTHER_KEY not in caplog.text
