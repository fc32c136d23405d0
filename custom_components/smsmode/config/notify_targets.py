"""Notify entities of recipients that a target means: entities, devices, areas, floors and labels."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ..const import DOMAIN, SUBENTRY_ALERT_PLAN


def find_notify_entities(hass: HomeAssistant, selection: TargetSelection) -> list[str]:
    """Return the entities that a target means as recipients, in a fixed order.

    An entity that is named itself is returned whatever it is, so that it is refused by its name if it is no recipient.
    The notify entity of an account, which writes to all recipients, is meant only if it, its device or its label is:
    nobody who names the area of a device wants to write to everybody.
    """
    selected = async_extract_referenced_entity_ids(hass, selection)
    registry = er.async_get(hass)
    indirect = filter(None, map(registry.async_get, selected.indirectly_referenced))
    meant = {entity.entity_id for entity in indirect if _is_meant(hass, entity, selection)}
    return sorted(selected.referenced | meant)


def _is_meant(hass: HomeAssistant, entity: er.RegistryEntry, selection: TargetSelection) -> bool:
    if (entity.platform, entity.domain) != (DOMAIN, Platform.NOTIFY) or _is_of_plan(hass, entity):
        return False
    is_recipient = entity.config_subentry_id is not None
    return is_recipient or entity.device_id in selection.device_ids or not entity.labels.isdisjoint(selection.label_ids)


def _is_of_plan(hass: HomeAssistant, entity: er.RegistryEntry) -> bool:
    """Return whether an entity raises a plan, which nobody means by recipients."""
    entry = hass.config_entries.async_get_entry(entity.config_entry_id or "")
    subentry = entry.subentries.get(entity.config_subentry_id or "") if entry else None
    return subentry is not None and subentry.subentry_type == SUBENTRY_ALERT_PLAN
