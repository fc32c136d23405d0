"""Action get_scheduled."""

from datetime import datetime

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..api import SentMessage, SmsmodeError
from ..const import ATTR_CONFIG_ENTRY_ID
from ..helpers.links import hide_links
from ..runtime import SmsmodeRuntimeData, async_get_loaded_entry
from ..state.scheduled import ScheduledMessage

# How many of the latest messages the gateway is asked for, among which what others have scheduled is looked for.
LISTED = 500


async def async_get_scheduled(call: ServiceCall) -> ServiceResponse:
    """Return the scheduled messages: those of Home Assistant, and those from elsewhere if the gateway answers."""
    account = (await async_get_loaded_entry(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))).runtime_data
    rows: list[SentMessage] | None
    try:
        rows = await account.client.get_sent_messages(count=LISTED)
    except SmsmodeError:
        rows = None
    # Asked after the gateway was: what it has accepted meanwhile is ours.
    ours = account.schedule_tracker.async_all()
    known = {each.key for each in ours}
    now = account.processor.gateway_now()
    scheduled: list[JsonValueType] = [_ours(each, account) for each in ours]
    scheduled += [
        _theirs(row, row.sent_at)
        for row in rows or ()
        if row.sent_at is not None and row.sent_at > now and row.message_id not in known
    ]
    return {"scheduled": scheduled, "complete": rows is not None}


def _ours(message: ScheduledMessage, account: SmsmodeRuntimeData) -> JsonObjectType:
    return {
        "send_at": dt_util.as_local(message.send_at).isoformat(),
        "status": "scheduled" if message.message_id else "queued",
        "message_id": message.message_id,
        "queue_id": message.queue_id,
        "kind": message.kind,
        "message": message.text,
        "recipients": [account.recipients.name_of_target(target) or target for target in message.targets],
        "reference": message.reference,
    }


def _theirs(row: SentMessage, sent_at: datetime) -> JsonObjectType:
    return {
        "send_at": dt_util.as_local(sent_at).isoformat(),
        "status": "scheduled",
        "message_id": row.message_id,
        "queue_id": None,
        "kind": None,
        "message": hide_links(row.text),
        "recipients": [row.recipient],
        "reference": None,
    }
