"""Cleanup of the watchdogs of an account that is removed: deletes what the gateway still holds."""

import asyncio
from itertools import chain

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..api import GatewayClient, SmsmodeError, SmsmodeNotFoundError, create_client
from ..config.watchdogs import is_message_of
from ..const import CONF_BASE_URL, DEFAULT_BASE_URL, LOGGER, SUBENTRY_WATCHDOG
from ..state.store import async_load_state
from ..state.tracked_dict import TrackedDict
from ..state.watchdog import WatchdogState
from .gateway import SENT_LIST_LENGTH

CLEANUP_TIMEOUT = 20


async def async_delete_all_held(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Delete all messages that are held; return False if one may be left, for nothing retries it."""
    state = await async_load_state(hass, entry.entry_id)
    if state is None:
        return not any(entry.get_subentries_of_type(SUBENTRY_WATCHDOG))
    if all(watchdog.is_off for watchdog in state.watchdogs.values()):
        return True
    client = create_client(
        async_get_clientsession(hass),
        entry.data[CONF_ACCESS_TOKEN],
        base_url=entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL),
    )
    try:
        async with asyncio.timeout(CLEANUP_TIMEOUT):
            await _async_delete(client, state.watchdogs)
    except (SmsmodeError, TimeoutError) as err:
        LOGGER.warning("A message of a removed watchdog may still be sent: %s", type(err).__name__)
        return False
    return True


async def _async_delete(client: GatewayClient, watchdogs: TrackedDict[WatchdogState]) -> None:
    known = {held.message_id for watchdog in watchdogs.values() for held in watchdog.held_messages()}
    rows = await client.get_sent_messages(count=SENT_LIST_LENGTH)
    now = client.gateway_now()
    left = {
        row.message_id
        for row in rows
        if row.sent_at is not None and row.sent_at > now and any(is_message_of(key, row.text) for key in watchdogs)
    }
    for message_id in chain(known, left - known):
        try:
            await client.delete_message(message_id=message_id)
        except SmsmodeNotFoundError:
            continue
