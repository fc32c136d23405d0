"""For tests: an account of YAML, imported into a house that runs."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.smsmode.const import DOMAIN

type Account = dict[str, Any]
type WriteAccount = Callable[..., Account]


async def apply(hass: HomeAssistant, account: Account) -> ConfigFlowResult:
    """Import an account into a house that runs."""
    assert await async_setup_component(hass, DOMAIN, {})
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data=account)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


def only_entry(hass: HomeAssistant) -> ConfigEntry:
    """Give the only account there is."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry
