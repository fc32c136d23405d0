"""Another key for an account that is there: reauthentication and reconfiguration."""

from collections.abc import Callable

import pytest
from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntryState, ConfigFlowResult, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from tests.support.flow_forms import count_starts, section_of, suggested
from tests.support.flow_inputs import NO_ADDRESSES, OTHER_KEY, PASTED, UNTRUE_KEYS, filled, retry
from tests.support.gateway import Gateway


@pytest.fixture
async def account(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Give an account that is set up."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


class TestReauth:
    @pytest.fixture
    async def locked_out(self, hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
        """Give an account whose key was taken back before the start; the new key is the one of the gateway."""
        entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(entry, data={**entry.data, "access_token": OTHER_KEY})
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        return entry

    async def form(self, hass: HomeAssistant) -> ConfigFlowResult:
        (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        return await hass.config_entries.flow.async_configure(flow["flow_id"])

    async def test_a_new_key_brings_an_account_back(
        self, hass: HomeAssistant, gateway: Gateway, locked_out: MockConfigEntry
    ) -> None:
        form = await self.form(hass)
        assert form["step_id"] == "reauth_confirm"
        result = await retry(hass, form, {"access_token": f"{gateway.token}\n"})
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reauth_successful"
        assert locked_out.data["access_token"] == gateway.token
        assert locked_out.data["webhook_id"] == "a-secret-webhook-id"
        assert locked_out.state is ConfigEntryState.LOADED
        assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)

    async def test_a_wrong_key_changes_nothing(
        self, hass: HomeAssistant, gateway: Gateway, locked_out: MockConfigEntry
    ) -> None:
        form = await retry(hass, await self.form(hass), {"access_token": "wrong"})
        assert form["errors"] == {"access_token": "invalid_auth"}
        assert locked_out.data["access_token"] == OTHER_KEY
        result = await retry(hass, form, {"access_token": gateway.token})
        assert result["reason"] == "reauth_successful"

    async def test_a_key_that_works_again_brings_the_account_back(
        self, hass: HomeAssistant, gateway: Gateway, account: MockConfigEntry
    ) -> None:
        starts = count_starts(account)
        await gateway.revoke()
        await hass.config_entries.async_reload(account.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        form = await self.form(hass)
        await gateway.reset()
        result = await retry(hass, form, {"access_token": gateway.token})
        assert result["reason"] == "reauth_successful"
        assert starts == [ConfigEntryState.LOADED, ConfigEntryState.LOADED]

    async def test_an_account_that_still_runs_is_reloaded_once(
        self, hass: HomeAssistant, gateway: Gateway, account: MockConfigEntry
    ) -> None:
        starts = count_starts(account)
        form = await account.start_reauth_flow(hass)
        result = await retry(hass, form, {"access_token": gateway.token})
        assert result["reason"] == "reauth_successful"
        assert starts == [ConfigEntryState.LOADED]

    async def test_the_key_of_another_account_is_refused(
        self, hass: HomeAssistant, gateway: Gateway, locked_out: MockConfigEntry
    ) -> None:
        MockConfigEntry(domain=DOMAIN, data={"access_token": gateway.token}).add_to_hass(hass)
        form = await retry(hass, await self.form(hass), {"access_token": gateway.token})
        assert form["errors"] == {"access_token": "key_of_another"}
        assert locked_out.data["access_token"] == OTHER_KEY

    @PASTED
    async def test_what_copy_and_paste_adds_to_a_key_does_not_matter(
        self, hass: HomeAssistant, gateway: Gateway, locked_out: MockConfigEntry, pasted: Callable[[str], str]
    ) -> None:
        await retry(hass, await self.form(hass), {"access_token": pasted(gateway.token)})
        assert locked_out.data["access_token"] == gateway.token

    @UNTRUE_KEYS
    async def test_a_text_that_is_no_key_is_explained_and_not_shown_again(
        self, hass: HomeAssistant, locked_out: MockConfigEntry, key: str
    ) -> None:
        form = await retry(hass, await self.form(hass), {"access_token": key})
        assert form["errors"] == {"access_token": "invalid_access_token"}
        assert suggested(form) == {}
        assert locked_out.data["access_token"] == OTHER_KEY

    async def test_the_key_of_an_account_of_yaml_is_changed_in_yaml(
        self, hass: HomeAssistant, gateway: Gateway
    ) -> None:
        entry = yaml_entry(gateway)
        entry.add_to_hass(hass)
        form = await entry.start_reauth_flow(hass)
        assert form["type"] is FlowResultType.FORM
        assert form["step_id"] == "reauth_yaml"
        result = await hass.config_entries.flow.async_configure(form["flow_id"], {})
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "managed_by_yaml"


class TestReconfigure:
    async def test_another_key_and_address_are_tried_and_kept(
        self, hass: HomeAssistant, account: MockConfigEntry
    ) -> None:
        async with Gateway(token=OTHER_KEY) as elsewhere:
            starts = count_starts(account)
            form = await account.start_reconfigure_flow(hass)
            result = await retry(hass, form, filled(elsewhere))
            assert result["type"] is FlowResultType.ABORT
            assert result["reason"] == "reconfigure_successful"
            assert account.data["access_token"] == OTHER_KEY
            assert account.data["base_url"] == elsewhere.url
            assert account.data["webhook_id"] == "a-secret-webhook-id"
            assert starts == [ConfigEntryState.LOADED]
            await hass.config_entries.async_unload(account.entry_id)

    @pytest.mark.parametrize("key", [{}, {"access_token": ""}, {"access_token": "  "}], ids=["none", "empty", "blank"])
    async def test_an_empty_key_stays_what_it_was(
        self, hass: HomeAssistant, gateway: Gateway, account: MockConfigEntry, key: dict[str, str]
    ) -> None:
        form = await account.start_reconfigure_flow(hass)
        result = await retry(hass, form, {**key, "advanced": {"base_url": f"{gateway.url}/"}})
        assert result["reason"] == "reconfigure_successful"
        assert account.data["access_token"] == gateway.token

    async def test_the_present_key_is_not_shown_but_the_address_is(
        self, hass: HomeAssistant, gateway: Gateway, account: MockConfigEntry
    ) -> None:
        form = await account.start_reconfigure_flow(hass)
        assert suggested(form) == {}
        assert section_of(form, "advanced").schema({}) == {"base_url": gateway.url}
        assert gateway.token not in str(form)

    async def test_nothing_changes_unless_the_gateway_agrees(
        self, hass: HomeAssistant, gateway: Gateway, account: MockConfigEntry
    ) -> None:
        before = dict(account.data)
        form = await account.start_reconfigure_flow(hass)
        form = await retry(hass, form, filled(gateway, access_token=OTHER_KEY))
        assert form["errors"] == {"access_token": "invalid_auth"}
        form = await retry(hass, form, filled(gateway, base_url="nowhere"))
        assert form["errors"] == {"advanced": "invalid_base_url"}
        async with gateway.offline():
            form = await retry(hass, form, filled(gateway))
        assert form["errors"] == {"base": "cannot_connect"}
        assert suggested(form) == {"access_token": gateway.token, "advanced": {"base_url": gateway.url}}
        assert account.data == before

    async def test_the_key_of_another_account_is_refused(self, hass: HomeAssistant, account: MockConfigEntry) -> None:
        MockConfigEntry(domain=DOMAIN, data={"access_token": OTHER_KEY}).add_to_hass(hass)
        form = await account.start_reconfigure_flow(hass)
        address = {"advanced": {"base_url": account.data["base_url"]}}
        form = await retry(hass, form, {"access_token": OTHER_KEY, **address})
        assert form["errors"] == {"access_token": "key_of_another"}
        assert suggested(form) == address

    @PASTED
    async def test_what_copy_and_paste_adds_to_a_key_does_not_matter(
        self, hass: HomeAssistant, gateway: Gateway, account: MockConfigEntry, pasted: Callable[[str], str]
    ) -> None:
        form = await account.start_reconfigure_flow(hass)
        result = await retry(hass, form, filled(gateway, access_token=pasted(gateway.token)))
        assert result["reason"] == "reconfigure_successful"
        assert account.data["access_token"] == gateway.token

    @pytest.mark.parametrize("key", ["Ab1CD2éfg3Hi", "🔑", "“”🔑"], ids=["accent", "emoji", "quotes"])
    async def test_a_text_that_is_no_key_is_explained_and_the_address_kept(
        self, hass: HomeAssistant, gateway: Gateway, account: MockConfigEntry, key: str
    ) -> None:
        form = await account.start_reconfigure_flow(hass)
        form = await retry(hass, form, filled(gateway, access_token=key))
        assert form["errors"] == {"access_token": "invalid_access_token"}
        assert suggested(form) == {"advanced": {"base_url": gateway.url}}

    @NO_ADDRESSES
    async def test_a_wrong_address_is_explained_and_kept_to_be_mended(
        self, hass: HomeAssistant, gateway: Gateway, account: MockConfigEntry, address: str
    ) -> None:
        form = await account.start_reconfigure_flow(hass)
        form = await retry(hass, form, filled(gateway, base_url=address))
        assert form["errors"] == {"advanced": "invalid_base_url"}
        assert suggested(form) == {"access_token": gateway.token, "advanced": {"base_url": address}}

    async def test_an_account_of_yaml_is_changed_in_yaml(self, hass: HomeAssistant, gateway: Gateway) -> None:
        entry = yaml_entry(gateway)
        entry.add_to_hass(hass)
        result = await entry.start_reconfigure_flow(hass)
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "managed_by_yaml"


def yaml_entry(gateway: Gateway) -> MockConfigEntry:
    """Describe an account that YAML made."""
    return MockConfigEntry(
        domain=DOMAIN,
        source=SOURCE_IMPORT,
        title="Home",
        unique_id="yaml_home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "a-secret-webhook-id"},
        subentries_data=[
            ConfigSubentryData(
                data={"number": "+33612345678"}, subentry_type="recipient", title="Alice", unique_id="+33612345678"
            )
        ],
    )
