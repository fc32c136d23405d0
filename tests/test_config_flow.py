"""Setting up an account by hand: key, reauthentication, reconfiguration. YAML has tests of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from homeassistant.config_entries import (
    SOURCE_IMPORT,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryData,
    FlowType,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DEFAULT_BASE_URL, DOMAIN
from tests.forms import count_starts, section_of, suggested
from tests.gateway import Gateway

OTHER_KEY = "Zz9yX8wvu7Ts"
UNTRUE_KEYS = pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="blank"),
        pytest.param("Ab1CD2éfg3Hi", id="accent"),
        pytest.param("“”", id="quotes alone"),
        pytest.param("🔑", id="emoji"),
    ],
)
PASTED = pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(lambda key: f"{key}\n", id="newline"),
        pytest.param(lambda key: f"\r\n{key}", id="crlf"),
        pytest.param(lambda key: f"  {key}  ", id="spaces"),
        pytest.param(lambda key: f"\t{key}", id="tab"),
        pytest.param(lambda key: f"\u00a0{key}\u202f", id="unbreakable spaces"),
        pytest.param(lambda key: f"{key[:6]}\n{key[6:]}", id="line break inside"),
        pytest.param(lambda key: f"{key[:4]} {key[4:]}", id="space inside"),
        pytest.param(lambda key: f"\ufeff{key}\u200b", id="unseen signs"),
        pytest.param(lambda key: f'"{key}"', id="quotes"),
        pytest.param(lambda key: f"‘{key}’", id="curly quotes"),  # noqa: RUF001
        pytest.param(lambda key: f"«\u00a0{key}\u00a0»", id="french quotes"),
        pytest.param(lambda key: "".join(chr(ord(sign) + 0xFEE0) for sign in key), id="full width"),
    ],
)
NO_ADDRESSES = pytest.mark.parametrize(
    "address",
    [
        pytest.param("api.smsmode.com", id="no scheme"),
        pytest.param("http://api.smsmode.com", id="http"),
        pytest.param("ftp://api.smsmode.com", id="ftp"),
        pytest.param("https://", id="no host"),
        pytest.param("https://user:secret@api.smsmode.com", id="user"),
        pytest.param("https://api.smsmode.com/?a=b", id="query"),
        pytest.param("smsmode", id="word"),
    ],
)
UNINTELLIGIBLE = pytest.mark.parametrize(
    "fault", ["html", "empty", "text:hello", "http:500", "http:404", "garble", "drop_after", "code:31", "code:50"]
)


def filled(gateway: Gateway, **changes: str) -> dict[str, Any]:
    """Fill in the form."""
    fields = {"access_token": gateway.token, "base_url": gateway.url, **changes}
    return {"access_token": fields["access_token"], "advanced": {"base_url": fields["base_url"]}}


async def submit(hass: HomeAssistant, user_input: dict[str, Any]) -> ConfigFlowResult:
    """Open the form and send it off."""
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert form["type"] is FlowResultType.FORM
    return await hass.config_entries.flow.async_configure(form["flow_id"], user_input)


async def set_up(hass: HomeAssistant, user_input: dict[str, Any]) -> ConfigFlowResult:
    """Give the key, and take the name that is proposed."""
    form = await submit(hass, user_input)
    assert form["step_id"] == "account"
    return await retry(hass, form, suggested(form))


async def retry(hass: HomeAssistant, form: ConfigFlowResult, user_input: dict[str, Any]) -> ConfigFlowResult:
    """Send a form off again."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


class TestUser:
    async def test_the_right_key_makes_an_account(self, hass: HomeAssistant, gateway: Gateway) -> None:
        result = await set_up(hass, filled(gateway))
        await hass.async_block_till_done(wait_background_tasks=True)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["title"] == "sMsmode"
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        assert entry.state is ConfigEntryState.LOADED
        webhook_id = entry.data["webhook_id"]
        assert dict(entry.data) == {"access_token": gateway.token, "base_url": gateway.url, "webhook_id": webhook_id}
        assert len(webhook_id) == 64
        assert entry.options == {}

    async def test_the_key_is_not_its_own_name_in_the_registry(self, hass: HomeAssistant, gateway: Gateway) -> None:
        await set_up(hass, filled(gateway))
        await hass.async_block_till_done(wait_background_tasks=True)
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        assert gateway.token not in f"{entry.unique_id} {entry.title}"

    async def test_the_key_is_tried_without_sending_or_spending(self, hass: HomeAssistant, gateway: Gateway) -> None:
        form = await submit(hass, filled(gateway, access_token="wrong"))
        assert form["type"] is FlowResultType.FORM
        assert [request.endpoint for request in await gateway.requests()] == ["credit.do"]
        form = await retry(hass, form, filled(gateway))
        await retry(hass, form, suggested(form))
        assert not await gateway.messages()
        assert await gateway.balance() == 100

    async def test_the_first_recipient_is_asked_for_at_once(self, hass: HomeAssistant, gateway: Gateway) -> None:
        result = await set_up(hass, filled(gateway))
        kind, flow_id = result["next_flow"]
        assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
        subentries = hass.config_entries.subentries
        await subentries.async_configure(flow_id, {"name": "Alice", "number": "06 12 34 56 78"})
        recipient = await subentries.async_configure(flow_id, {"next_step_id": "add"})
        await hass.async_block_till_done(wait_background_tasks=True)
        assert recipient["type"] is FlowResultType.CREATE_ENTRY
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        assert [subentry.unique_id for subentry in entry.subentries.values()] == ["+33612345678"]

    @PASTED
    async def test_what_copy_and_paste_adds_to_a_key_does_not_matter(
        self, hass: HomeAssistant, gateway: Gateway, pasted: Callable[[str], str]
    ) -> None:
        result = await set_up(hass, filled(gateway, access_token=pasted(gateway.token)))
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert result["data"]["access_token"] == gateway.token

    async def test_an_address_is_kept_without_the_slash_at_its_end(self, hass: HomeAssistant, gateway: Gateway) -> None:
        result = await set_up(hass, filled(gateway, base_url=f" {gateway.url}/ "))
        assert result["data"]["base_url"] == gateway.url

    async def test_the_usual_address_is_offered_and_folded_away(self, hass: HomeAssistant) -> None:
        form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        advanced = section_of(form, "advanced")
        assert advanced.options == {"collapsed": True}
        assert advanced.schema({}) == {"base_url": DEFAULT_BASE_URL}

    @UNTRUE_KEYS
    async def test_a_text_that_is_no_key_is_not_even_tried(
        self, hass: HomeAssistant, gateway: Gateway, key: str
    ) -> None:
        form = await submit(hass, filled(gateway, access_token=key))
        assert form["errors"] == {"access_token": "invalid_access_token"}
        assert not await gateway.requests()
        assert not hass.config_entries.async_entries(DOMAIN)
        form = await retry(hass, form, filled(gateway))
        assert (form["step_id"], form["errors"]) == ("account", {})

    async def test_an_unknown_key_is_refused_at_its_field(self, hass: HomeAssistant, gateway: Gateway) -> None:
        form = await submit(hass, filled(gateway, access_token=OTHER_KEY))
        assert form["errors"] == {"access_token": "invalid_auth"}
        assert not hass.config_entries.async_entries(DOMAIN)
        form = await retry(hass, form, filled(gateway))
        assert (form["step_id"], form["errors"]) == ("account", {})

    async def test_a_key_of_200_characters_is_refused_like_any_other(
        self, hass: HomeAssistant, gateway: Gateway
    ) -> None:
        form = await submit(hass, filled(gateway, access_token="k" * 200))
        assert form["errors"] == {"access_token": "invalid_auth"}

    @NO_ADDRESSES
    async def test_a_wrong_address_is_named_above_its_section_which_stays_open(
        self, hass: HomeAssistant, gateway: Gateway, address: str
    ) -> None:
        form = await submit(hass, filled(gateway, base_url=address))
        assert form["errors"] == {"advanced": "invalid_base_url"}
        assert section_of(form, "advanced").options == {"collapsed": False}
        assert suggested(form) == {"advanced": {"base_url": address}}
        form = await retry(hass, form, filled(gateway))
        assert (form["step_id"], form["errors"]) == ("account", {})

    async def test_an_emptied_address_is_the_usual_one(self, hass: HomeAssistant, gateway: Gateway) -> None:
        form = await submit(hass, filled(gateway, access_token="", base_url=""))
        assert form["errors"] == {"access_token": "invalid_access_token"}
        assert section_of(form, "advanced").options == {"collapsed": True}

    async def test_an_unreachable_gateway_makes_no_account(self, hass: HomeAssistant, gateway: Gateway) -> None:
        async with gateway.offline():
            form = await submit(hass, filled(gateway))
            assert form["errors"] == {"base": "cannot_connect"}
            assert suggested(form) == {"advanced": {"base_url": gateway.url}}
        assert not hass.config_entries.async_entries(DOMAIN)
        form = await retry(hass, form, filled(gateway))
        assert (form["step_id"], form["errors"]) == ("account", {})

    @UNINTELLIGIBLE
    async def test_an_answer_without_sense_makes_no_account(
        self, hass: HomeAssistant, gateway: Gateway, fault: str
    ) -> None:
        await gateway.fail("credit.do", fault)
        form = await submit(hass, filled(gateway))
        assert form["errors"] == {"base": "cannot_connect"}
        assert not hass.config_entries.async_entries(DOMAIN)
        form = await retry(hass, form, filled(gateway))
        assert (form["step_id"], form["errors"]) == ("account", {})

    async def test_an_unforeseen_refusal_is_in_the_log(
        self, hass: HomeAssistant, gateway: Gateway, caplog: pytest.LogCaptureFixture
    ) -> None:
        await gateway.fail("credit.do", "code:35")
        form = await submit(hass, filled(gateway))
        assert form["errors"] == {"base": "unknown"}
        assert "code 35" in caplog.text
        form = await retry(hass, form, filled(gateway))
        assert (form["step_id"], form["errors"]) == ("account", {})

    async def test_the_same_key_twice_is_one_account(self, hass: HomeAssistant, gateway: Gateway) -> None:
        await set_up(hass, filled(gateway))
        result = await submit(hass, filled(gateway, access_token=f" {gateway.token}\n"))
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"
        assert len(hass.config_entries.async_entries(DOMAIN)) == 1

    async def test_a_second_account_has_a_title_of_its_own(self, hass: HomeAssistant, gateway: Gateway) -> None:
        for title in ("sMsmode", "SMSMODE 2"):
            MockConfigEntry(domain=DOMAIN, title=title, data={"access_token": title}).add_to_hass(hass)
        result = await set_up(hass, filled(gateway))
        assert result["title"] == "sMsmode 3"

    async def test_no_key_is_in_the_log_or_in_the_words_of_the_form(
        self, hass: HomeAssistant, gateway: Gateway, caplog: pytest.LogCaptureFixture
    ) -> None:
        form = await submit(hass, filled(gateway, access_token=OTHER_KEY))
        await gateway.fail("credit.do", "code:35")
        form = await retry(hass, form, filled(gateway))
        async with gateway.offline():
            form = await retry(hass, form, filled(gateway))
        assert OTHER_KEY not in caplog.text
        assert gateway.token not in caplog.text
        assert gateway.token not in str(form["description_placeholders"])

    async def test_no_form_shows_a_key_again(self, hass: HomeAssistant, gateway: Gateway) -> None:
        form = await submit(hass, filled(gateway, access_token=OTHER_KEY))
        assert form["errors"] == {"access_token": "invalid_auth"}
        assert OTHER_KEY not in str(suggested(form))


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
        assert entry.state is ConfigEntryState.SETUP_ERROR
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
        assert starts == [ConfigEntryState.SETUP_ERROR, ConfigEntryState.LOADED]

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
        assert suggested(form) == {"advanced": {"base_url": gateway.url}}
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
        assert suggested(form) == {"advanced": {"base_url": address}}

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
