"""Action pause_recipient."""

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util

from ..const import ATTR_CONFIG_ENTRY_ID
from ..conversations.left_out import left_out
from ..errors import no_target
from ..runtime import async_get_loaded_entry
from ..state.pauses import Pause
from .targets import read_targets


async def async_pause_recipient(call: ServiceCall) -> ServiceResponse:
    """Pause recipients, for a while or until their switches are turned off; whoever is none is named."""
    targets = read_targets(call, "recipient")
    account = (await async_get_loaded_entry(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID), targets)).runtime_data
    recipients, failures = account.recipients.find_all(targets)
    if not recipients:
        raise no_target(failures)
    pauses, duration = account.pauses, call.data.get("duration")
    paused = [
        {"recipient": each.name, "until": _until(pauses.async_pause(each.subentry_id, duration))} for each in recipients
    ]
    return {"paused": paused, **left_out(failures)}


def _until(pause: Pause) -> str | None:
    return dt_util.as_local(pause.until).isoformat() if pause.until else None
