"""Notify entities and notify actions of Home Assistant, called alike."""

from typing import Any

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.components.notify import SERVICE_SEND_MESSAGE
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

PREFIX = f"{NOTIFY_DOMAIN}."
_COMPANION = "mobile_app"
_COMPANION_ACTION = f"{PREFIX}{_COMPANION}_"


def is_notifier(name: str) -> bool:
    """Return whether a name is that of a notify entity or action."""
    return name.startswith(PREFIX)


@callback
def is_entity(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether Home Assistant knows an entity; it may be unavailable."""
    return hass.states.get(entity_id) is not None or er.async_get(hass).async_get(entity_id) is not None


@callback
def exists(hass: HomeAssistant, notifier: str) -> bool:
    """Return whether Home Assistant knows a notify entity or action; it may be unavailable."""
    return is_entity(hass, notifier) or hass.services.has_service(NOTIFY_DOMAIN, notifier.removeprefix(PREFIX))


@callback
def find_companion_action(hass: HomeAssistant, notifier: str) -> str | None:
    """Return the notify action of the companion app that a name means; None if it means anything else.

    The entity of a telephone takes a text alone. Its action takes buttons and sounds too.
    """
    entity = er.async_get(hass).async_get(notifier)
    if entity is None:
        return notifier if notifier.startswith(_COMPANION_ACTION) else None
    if entity.platform != _COMPANION or entity.config_entry_id is None:
        return None
    entry = hass.config_entries.async_get_entry(entity.config_entry_id)
    action = f"{_COMPANION}_{slugify(entry.data.get('device_name', ''))}" if entry else ""
    return f"{PREFIX}{action}" if hass.services.has_service(NOTIFY_DOMAIN, action) else None


async def async_notify(hass: HomeAssistant, notifier: str, message: str, data: dict[str, Any] | None = None) -> None:
    """Notify by an entity or an action; ``data`` is for an action alone.

    Raises whatever that raises, and HomeAssistantError for an entity that is unavailable: Home Assistant passes those
    over.
    """
    state = hass.states.get(notifier)
    if state is not None and state.state == STATE_UNAVAILABLE:
        raise HomeAssistantError
    action = notifier.removeprefix(PREFIX)
    fields: dict[str, Any] = {"message": message}
    if state is not None:
        action = SERVICE_SEND_MESSAGE
        fields[ATTR_ENTITY_ID] = notifier
    elif data:
        fields["data"] = data
    await hass.services.async_call(NOTIFY_DOMAIN, action, fields, blocking=True)
