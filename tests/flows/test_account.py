"""Setting up an account by hand: the balance is shown, and the account is called something."""

from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.flows.account import CHANNEL_REQUEST
from tests.support.flow_forms import suggested
from tests.support.gateway import Gateway


async def give_key(hass: HomeAssistant, gateway: Gateway) -> ConfigFlowResult:
    """Give the key, and look at the form of the account."""
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    key = {"access_token": gateway.token, "advanced": {"base_url": gateway.url}}
    return await hass.config_entries.flow.async_configure(form["flow_id"], key)


async def give_name(hass: HomeAssistant, form: ConfigFlowResult, **written: Any) -> ConfigFlowResult:
    """Send the form of the account off."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], written)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


@pytest.mark.parametrize(
    ("left", "shown", "step"),
    [
        pytest.param(100, "100", "account", id="prepaid"),
        pytest.param(0, "0", "account", id="empty"),
        pytest.param(-12.5, "-12.5", "account_postpaid", id="post-paid"),
    ],
)
async def test_the_balance_is_shown_and_below_zero_is_post_paid(
    hass: HomeAssistant, gateway: Gateway, left: float, shown: str, step: str
) -> None:
    await gateway.set(balance=left)
    form = await give_key(hass, gateway)
    assert form["step_id"] == step
    assert (form["description_placeholders"] or {})["balance"] == shown
    result = await give_name(hass, form, **suggested(form))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_no_account_is_made_before_it_has_a_name(hass: HomeAssistant, gateway: Gateway) -> None:
    await give_key(hass, gateway)
    assert not hass.config_entries.async_entries(DOMAIN)


@pytest.mark.parametrize(
    ("written", "title", "action"),
    [
        pytest.param("Maison", "Maison", "maison", id="word"),
        pytest.param("  La  maison\n", "La maison", "la_maison", id="spaces"),
        pytest.param("Été 🏖", "Été 🏖", "ete", id="accent and emoji"),
        pytest.param("家", "家", "jia", id="another script"),
    ],
)
async def test_the_name_is_that_of_the_account_and_of_its_notify_action(
    hass: HomeAssistant, gateway: Gateway, written: str, title: str, action: str
) -> None:
    result = await give_name(hass, await give_key(hass, gateway), name=written)
    assert result["title"] == title
    assert hass.services.has_service("notify", action)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param({}, "name_missing", id="none"),
        pytest.param({"name": "  "}, "name_missing", id="blank"),
        pytest.param({"name": "🏠"}, "name_missing", id="emoji alone"),
        pytest.param({"name": "!?"}, "name_missing", id="signs alone"),
        pytest.param({"name": "m" * 51}, "name_too_long", id="endless"),
        pytest.param({"name": "Home"}, "name_taken", id="of another account"),
        pytest.param({"name": "hôme!"}, "name_taken", id="spelled like another account"),
        pytest.param({"name": "Mobile app"}, "name_taken", id="of another notify action"),
    ],
)
async def test_an_impossible_name_is_explained_and_kept_to_be_mended(
    hass: HomeAssistant, gateway: Gateway, written: dict[str, str], problem: str
) -> None:
    MockConfigEntry(domain=DOMAIN, title="Home", data={"access_token": "another"}).add_to_hass(hass)

    async def act(_call: ServiceCall) -> None:
        """Do nothing."""

    hass.services.async_register("notify", "mobile_app", act)
    form = await give_name(hass, await give_key(hass, gateway), **written)
    assert form["errors"] == {"name": problem}
    assert suggested(form) == {"name": "", **written, "night": {"channel_request": CHANNEL_REQUEST}}
    assert (form["description_placeholders"] or {})["balance"] == "100"
    result = await give_name(hass, form, name="Maison")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_key_that_was_set_up_meanwhile_makes_no_second_account(hass: HomeAssistant, gateway: Gateway) -> None:
    first, second = await give_key(hass, gateway), await give_key(hass, gateway)
    await give_name(hass, first, name="Maison")
    result = await give_name(hass, second, name="Garage")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
