"""Setting up an account by hand. YAML has tests of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DEFAULT_BASE_URL, DOMAIN
from tests.support.flow_forms import section_of, suggested
from tests.support.flow_inputs import NO_ADDRESSES, OTHER_KEY, PASTED, UNTRUE_KEYS, filled, retry
from tests.support.gateway import Gateway

UNINTELLIGIBLE = pytest.mark.parametrize(
    "fault", ["html", "empty", "text:hello", "http:500", "http:404", "garble", "drop_after", "code:31", "code:50"]
)


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


def offers(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return the issues that lead to the check."""
    return [each for each in ir.async_get(hass).issues.values() if each.translation_key == "account_unproven"]


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

    async def test_the_end_of_set_up_offers_the_check_once(self, hass: HomeAssistant, gateway: Gateway) -> None:
        _, flow_id = (await set_up(hass, filled(gateway)))["next_flow"]
        assert not offers(hass)
        subentries = hass.config_entries.subentries
        await subentries.async_configure(flow_id, {"name": "Alice", "number": "06 12 34 56 78"})
        done = await subentries.async_configure(flow_id, {"next_step_id": "add"})
        await hass.async_block_till_done(wait_background_tasks=True)
        assert (done["description_placeholders"] or {})["check"] == "/config/repairs"
        (offer,) = offers(hass)
        assert offer.is_fixable
        ir.async_delete_issue(hass, DOMAIN, offer.issue_id)
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        flow = await subentries.async_init((entry.entry_id, "recipient"), context={"source": SOURCE_USER})
        await subentries.async_configure(flow["flow_id"], {"name": "Bob", "number": "06 98 76 54 32"})
        await subentries.async_configure(flow["flow_id"], {"next_step_id": "add"})
        await hass.async_block_till_done(wait_background_tasks=True)
        assert not offers(hass)

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
        assert suggested(form) == {"access_token": gateway.token, "advanced": {"base_url": address}}
        form = await retry(hass, form, filled(gateway))
        assert (form["step_id"], form["errors"]) == ("account", {})

    async def test_an_emptied_address_is_the_usual_one(self, hass: HomeAssistant, gateway: Gateway) -> None:
        form = await submit(hass, filled(gateway, access_token="", base_url=""))
        assert form["errors"] == {"access_token": "invalid_access_token"}
        assert section_of(form, "advanced").options == {"collapsed": True}

    async def test_the_address_is_unfolded_where_the_gateway_cannot_be_reached(
        self, hass: HomeAssistant, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("custom_components.smsmode.flows.account.DEFAULT_BASE_URL", gateway.url)
        async with gateway.offline():
            form = await submit(hass, filled(gateway))
        assert section_of(form, "advanced").options == {"collapsed": False}

    async def test_an_unreachable_gateway_makes_no_account(self, hass: HomeAssistant, gateway: Gateway) -> None:
        async with gateway.offline():
            form = await submit(hass, filled(gateway))
            assert form["errors"] == {"base": "cannot_connect"}
            assert suggested(form) == {"access_token": gateway.token, "advanced": {"base_url": gateway.url}}
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
        form = await submit(hass, filled(gateway))
        assert form["step_id"] == "another_account"
        assert (form["description_placeholders"] or {})["default"] == "sMsmode"
        result = await retry(hass, form, suggested(form))
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

    async def test_a_key_that_is_refused_is_not_shown_again(self, hass: HomeAssistant, gateway: Gateway) -> None:
        form = await submit(hass, filled(gateway, access_token=OTHER_KEY))
        assert form["errors"] == {"access_token": "invalid_auth"}
        assert OTHER_KEY not in str(suggested(form))
