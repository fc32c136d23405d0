"""Fall-back of an account: a notify entity, or a notify action, that tells what cannot leave as an SMS."""

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.components.notify import SERVICE_SEND_MESSAGE
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util import slugify


def is_possible(hass: HomeAssistant, entry: ConfigEntry, fallback: str) -> bool:
    """Return whether something can be the fall-back of an account: anything that notifies, and not by this account."""
    return valid_entity_id(fallback) and fallback.startswith(f"{NOTIFY_DOMAIN}.") and not _is_own(hass, entry, fallback)


def fallback_choices(hass: HomeAssistant, entry: ConfigEntry) -> list[str]:
    """Return the notify entities and actions of Home Assistant that can be the fall-back of an account."""
    actions = set(hass.services.async_services_for_domain(NOTIFY_DOMAIN)) - {SERVICE_SEND_MESSAGE}
    names = {*hass.states.async_entity_ids(NOTIFY_DOMAIN), *(f"{NOTIFY_DOMAIN}.{action}" for action in actions)}
    return sorted(name for name in names if is_possible(hass, entry, name))


def _is_own(hass: HomeAssistant, entry: ConfigEntry, fallback: str) -> bool:
    entity = er.async_get(hass).async_get(fallback)
    if entity is not None:
        return entity.config_entry_id == entry.entry_id
    return fallback == f"{NOTIFY_DOMAIN}.{slugify(entry.title)}"
