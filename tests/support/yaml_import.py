"""Import of an account from YAML, for tests."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.smsmode.const import DOMAIN

type Account = dict[str, Any]
type AccountWriter = Callable[..., Account]


async def apply(hass: HomeAssistant, account: Account) -> ConfigFlowResult:
    """Import an account into a running Home Assistant."""
    assert await async_setup_component(hass, DOMAIN, {})
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data=account)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


def only_entry(hass: HomeAssistant) -> ConfigEntry:
    """Return the only account."""
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry
