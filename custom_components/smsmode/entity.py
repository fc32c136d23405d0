"""What all entities have in common: the device they belong to, and whom they listen to."""

from typing import override

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, MANUFACTURER, SITE
from .coordinator import SmsmodeCoordinator
from .runtime import SmsmodeConfigEntry


def account_device(entry: SmsmodeConfigEntry) -> DeviceInfo:
    """Describe the account."""
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        name=entry.title,
        # Where credits are bought.
        configuration_url=SITE,
    )


def recipient_device(hass: HomeAssistant, entry: SmsmodeConfigEntry, subentry: ConfigSubentry) -> DeviceInfo:
    """Describe a recipient, reached through the account."""
    return DeviceInfo(
        identifiers={(DOMAIN, f"{entry.entry_id}_{subentry.subentry_id}")},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        name=subentry.title,
        via_device_id=dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
    )


class SmsmodeEntity(CoordinatorEntity[SmsmodeCoordinator]):
    """An entity of an account, or of one of its recipients."""

    _attr_has_entity_name = True

    def __init__(self, entry: SmsmodeConfigEntry, key: str, subentry: ConfigSubentry | None = None) -> None:
        """Give it its identity and its device."""
        super().__init__(entry.runtime_data.coordinator)
        self.account = entry.runtime_data
        owner = entry.entry_id if subentry is None else f"{entry.entry_id}_{subentry.subentry_id}"
        self._attr_unique_id = f"{owner}_{key}"
        self._attr_device_info = (
            account_device(entry) if subentry is None else recipient_device(self.coordinator.hass, entry, subentry)
        )
        self.recipient = None if subentry is None else self.account.recipients.get(subentry.subentry_id)
        self._shown: tuple[object, ...] = ()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it is another: every message tells everybody, and few have anything new to show."""
        shown = self.available, self.state, self.extra_state_attributes
        if shown != self._shown:
            self._shown = shown
            self.async_write_ha_state()
