"""Actions of alerts: start one or preview its cost, acknowledge it, cancel it, resolve it."""

from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse

from ..config.accounts import default_entry
from ..config.alert_plans import find_plans
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN
from ..conversations.alert_manager import AlertManager
from ..errors import validation_error
from ..helpers.origins import find_origin
from ..runtime import SmsmodeConfigEntry, async_get_loaded_entry
from ..sending.pictures import async_ensure_may_see
from ..state.active_alerts import ActiveAlerts
from ..state.alert_phases import AcknowledgedHow
from ..state.alerts import Alert


async def async_alert(call: ServiceCall) -> ServiceResponse:
    """Start an alert, which goes on step by step until somebody acknowledges it.

    Whoever cannot be written to is left out, and named.
    """
    if call.data.get("preview", False):
        return await async_preview_alert(call)
    entry, plan_id = await _async_entry(call)
    await _async_check_camera(call)
    plans, origin = entry.runtime_data.alert_plans, find_origin(call.hass, call.context)
    if plan_id is None:
        started = await plans.starter.async_start(_fields(call), origin)
    else:
        started = await plans.async_raise(plan_id, origin, _changes(call))
    return started.as_response()


async def async_preview_alert(call: ServiceCall) -> ServiceResponse:
    """Return what an alert costs at least and at most, and send nothing."""
    entry, plan_id = await _async_entry(call)
    await _async_check_camera(call)
    plans = entry.runtime_data.alert_plans
    fields = _fields(call) if plan_id is None else plans.fields(plan_id, _changes(call))
    return (await plans.starter.async_preview(fields)).as_response()


async def async_acknowledge(call: ServiceCall) -> ServiceResponse:
    """Acknowledge an alert: no further step is sent, and everybody who got one is told."""
    alerting, alert = await _async_find(call, ActiveAlerts.get)
    by = call.data.get("by")
    if by:
        alerting.async_acknowledge(alert, None, by, AcknowledgedHow.USER)
    else:
        await alerting.async_acknowledge_by_user(alert, call.context.user_id)
    return {"alert_id": alert.alert_id}


async def async_cancel_alert(call: ServiceCall) -> ServiceResponse:
    """Cancel an alert; nobody is told, not even later that its cause is over."""
    alerting, alert = await _async_find(call, ActiveAlerts.find_unresolved)
    alerting.async_cancel(alert)
    return {"alert_id": alert.alert_id}


async def async_resolve_alert(call: ServiceCall) -> ServiceResponse:
    """End an alert whose cause is over, and send the all-clear to everybody who was alarmed."""
    alerting, alert = await _async_find(call, ActiveAlerts.find_unresolved)
    alerting.async_resolve(alert, call.data.get("all_clear"))
    return {"alert_id": alert.alert_id, "recipients": list(map(alerting.notifier.name_of, alert.notice_targets))}


async def _async_check_camera(call: ServiceCall) -> None:
    """Raise Unauthorized for a camera that the caller may not see. That of a plan was chosen by who made the plan."""
    if "camera" in call.data:
        await async_ensure_may_see(call.hass, call.context, call.data["camera"])


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


async def _async_entry(call: ServiceCall) -> tuple[SmsmodeConfigEntry, str | None]:
    """Return the account of an alert, and the plan if one is named. Raises a translated error."""
    if ("plan" in call.data) == ("steps" in call.data):
        raise validation_error("plan_or_steps")
    entry_id = call.data.get(ATTR_CONFIG_ENTRY_ID)
    if "plan" in call.data:
        entry_id, plan_id = _find_plan(call.hass, call.data["plan"], entry_id)
        return await async_get_loaded_entry(call.hass, entry_id), plan_id
    if "message" not in call.data:
        raise validation_error("alert_without_message")
    targets = [target for step in call.data["steps"] for target in step["target"]]
    return await async_get_loaded_entry(call.hass, entry_id, targets), None


def _find_plan(hass: HomeAssistant, written: str, entry_id: str | None) -> tuple[str, str]:
    """Return the account and the id of a plan; of several accounts that have one of this name, the default account.

    Raises a translated error.
    """
    found = find_plans(hass, written)
    if entry_id is not None:
        found = [(entry, plan) for entry, plan in found if entry.entry_id == entry_id]
    elif len(found) > 1:
        default = default_entry(hass)
        found = [(entry, plan) for entry, plan in found if entry is default] or found
    if not found:
        raise validation_error("plan_unknown", plan=written)
    if len(found) > 1:
        raise validation_error("plan_ambiguous", plan=written)
    ((entry, plan),) = found
    return entry.entry_id, plan.subentry_id


def _fields(call: ServiceCall) -> dict[str, Any]:
    """Return the fields of an alert that is no plan's."""
    return {"repeat": 1, **call.data}


def _changes(call: ServiceCall) -> dict[str, Any]:
    """Return the fields of a call that take the place of those of a plan; its alerts have its name."""
    return {field: value for field, value in call.data.items() if field != "alert_id"}
