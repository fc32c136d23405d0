"""WebSocket commands that read: the snapshot with its changes, one thread, and the costs."""

from typing import Any, Final

import probatio
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util

from ..config.options import UserAccess
from .access import accessible_entries
from .call import PanelCall, async_register
from .conversation import async_read_thread
from .costs import async_read_costs
from .feed import async_get_feed, async_release_feed

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200


@callback
def async_register_reading(hass: HomeAssistant) -> None:
    """Register the commands."""
    async_register(hass, "subscribe", {}, _async_subscribe)
    thread: VolDictType = {
        probatio.Required("thread"): str,
        probatio.Optional("before"): probatio.Any(str, None),
        probatio.Optional("limit", default=DEFAULT_LIMIT): int,
    }
    async_register(hass, "thread", thread, _async_thread, UserAccess.READ)
    day = probatio.Any(None, cv.date)
    days: VolDictType = {probatio.Optional("from"): day, probatio.Optional("to"): day}
    async_register(hass, "costs", days, async_read_costs, UserAccess.READ)


async def _async_subscribe(call: PanelCall) -> None:
    """Send what there is as soon as the command is answered, and then every change."""
    connection, msg_id, head = call.connection, call.fields["id"], _head(call)
    feed = async_get_feed(call.hass, call.entry, call.users)

    def send(event: dict[str, Any]) -> None:
        if event["kind"] == "snapshot":
            event = {**event, **head, "now": dt_util.utcnow().isoformat()}
        connection.send_event(msg_id, event)

    call.answer()
    unsubscribe = feed.async_subscribe(send, call.access)

    @callback
    def end() -> None:
        unsubscribe()
        async_release_feed(call.hass, feed)

    call.subscription.async_begin(end)


def _head(call: PanelCall) -> dict[str, Any]:
    """Return what does not change while the account is loaded."""
    options = call.account.options
    accounts = accessible_entries(call.hass, call.connection.user)
    access = call.access
    return {
        "account": {"entry_id": call.entry.entry_id, "title": call.entry.title},
        "accounts": [{"entry_id": entry.entry_id, "title": entry.title} for entry in accounts],
        "access": {"read": access.read, "write": access.write, "acknowledge": access.acknowledge},
        "currency": call.hass.config.currency,
        "credit_price": options.credit_price,
        "country": options.region,
        "quick_replies": list(options.quick_replies),
    }


async def _async_thread(call: PanelCall) -> None:
    """Answer with a page of one thread."""
    fields, feed = call.fields, async_get_feed(call.hass, call.entry, call.users)
    try:
        limit = min(max(fields["limit"], 1), MAX_LIMIT)
        call.answer(await async_read_thread(feed, fields["thread"], fields.get("before"), limit))
    finally:
        async_release_feed(call.hass, feed)
