"""Notifiers that an account may use beside SMS: notify entities and notify actions of anything but the account."""

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.components.notify import SERVICE_SEND_MESSAGE
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify

from ..helpers.notifying import PREFIX, is_notifier


def is_possible(hass: HomeAssistant, entry: ConfigEntry, notifier: str) -> bool:
    """Return whether an account may use something: anything that notifies, and not by this account."""
    return valid_entity_id(notifier) and is_notifier(notifier) and not _is_own(hass, entry, notifier)


def notifier_choices(hass: HomeAssistant, entry: ConfigEntry) -> list[str]:
    """Return the notify entities and actions of Home Assistant that an account may use."""
    actions = set(hass.services.async_services_for_domain(NOTIFY_DOMAIN)) - {SERVICE_SEND_MESSAGE}
    names = {*hass.states.async_entity_ids(NOTIFY_DOMAIN), *(f"{PREFIX}{action}" for action in actions)}
    return sorted(name for name in names if is_possible(hass, entry, name))


def _is_own(hass: HomeAssistant, entry: ConfigEntry, notifier: str) -> bool:
    entity = er.async_get(hass).async_get(notifier)
    if entity is not None:
        return entity.config_entry_id == entry.entry_id
    return notifier == f"{PREFIX}{slugify(entry.title)}"
