"""Actions of alerts: start one or preview its cost, acknowledge it, cancel it, resolve it."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse

from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN
from ..conversations.alert_builder import AlertBuilder
from ..conversations.alert_manager import AlertManager
from ..conversations.left_out import async_tell_left_out
from ..errors import validation_error
from ..helpers.origins import find_origin
from ..runtime import SmsmodeConfigEntry, SmsmodeRuntimeData, async_get_loaded_entry
from ..state.alerts import MAX_ALERTS, ActiveAlerts, Alert


async def async_alert(call: ServiceCall) -> ServiceResponse:
    """Start an alert, which goes on step by step until somebody acknowledges it.

    Whoever cannot be written to is left out, and named.
    """
    if call.data.get("preview", False):
        return await async_preview_alert(call)
    entry = await _async_entry(call)
    alerting, name = entry.runtime_data.alerts, call.data.get("alert_id")
    await alerting.turns.async_take()
    if not alerting.alerts.has_room_for(name):
        # Before anything is composed: of a thousand alerts in one instant most are refused.
        raise validation_error("too_many_alerts", limit=str(MAX_ALERTS))
    origin = find_origin(call.hass, call.context)
    built = alert_builder(call.hass, entry.runtime_data).build(call.data, origin)
    async_tell_left_out(call.hass, entry, built.failures, name=name, origin=origin)
    alert_id = built.alert.alert_id
    if (running := alerting.alerts.get(alert_id)) is not None:
        # One that cannot leave is no reason to say that all is well.
        await alerting.async_retry(running)
        return {"alert_id": alert_id, "started": False, **built.as_response()}
    await alerting.async_begin(built.alert)
    return {"alert_id": alert_id, "started": True, **built.as_response()}


async def async_preview_alert(call: ServiceCall) -> ServiceResponse:
    """Return what an alert costs at least and at most, and send nothing."""
    account = (await _async_entry(call)).runtime_data
    await account.alerts.turns.async_take()
    return alert_builder(call.hass, account).build(call.data, None).as_response()


async def async_acknowledge(call: ServiceCall) -> ServiceResponse:
    """Acknowledge an alert: no further step is sent, and everybody who got one is told."""
    alerting, alert = await _async_find(call, ActiveAlerts.get)
    by = call.data.get("by")
    recipient = None if by else alerting.recipients.find_by_user(call.context.user_id)
    if recipient is not None:
        alerting.async_acknowledge(alert, recipient.number, recipient.name)
    else:
        alerting.async_acknowledge(alert, None, by or call.hass.config.location_name)
    return {"alert_id": alert.alert_id}


async def async_cancel_alert(call: ServiceCall) -> ServiceResponse:
    """Cancel an alert; nobody is told."""
    alerting, alert = await _async_find(call, ActiveAlerts.get)
    alerting.async_cancel(alert)
    return {"alert_id": alert.alert_id}


async def async_resolve_alert(call: ServiceCall) -> ServiceResponse:
    """End an alert whose cause is over, and send the all-clear to everybody who was alarmed."""
    alerting, alert = await _async_find(call, ActiveAlerts.find_unresolved)
    alerting.async_resolve(alert, call.data.get("all_clear"))
    return {"alert_id": alert.alert_id, "recipients": list(map(alerting.notifier.name_of, alert.notice_targets))}


async def _async_find(
    call: ServiceCall, look: Callable[[ActiveAlerts, str], Alert | None]
) -> tuple[AlertManager, Alert]:
    """Return an alert by its id, and its manager. Raises a translated error if there is none."""
    alert_id = call.data["alert_id"]
    loaded: list[SmsmodeConfigEntry] = call.hass.config_entries.async_loaded_entries(DOMAIN)
    having = [entry.entry_id for entry in loaded if look(entry.runtime_data.alerts.alerts, alert_id) is not None]
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID) or (having[0] if len(having) == 1 else None)
    alerting = (await async_get_loaded_entry(call.hass, entry_id)).runtime_data.alerts
    if (alert := look(alerting.alerts, alert_id)) is None:
        raise validation_error("alert_unknown", alert_id=alert_id)
    return alerting, alert


async def _async_entry(call: ServiceCall) -> SmsmodeConfigEntry:
    targets = [target for step in call.data["steps"] for target in step["target"]]
    return await async_get_loaded_entry(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID), targets)


def alert_builder(hass: HomeAssistant, account: SmsmodeRuntimeData) -> AlertBuilder:
    """Return the builder of the alerts of an account."""
    return AlertBuilder(hass, account.options, account.recipients, account.alerts.notifier.name_of)
