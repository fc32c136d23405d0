"""Binary sensor entities: the connection to the gateway, the health of a watchdog, whether a plan is active."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SUBENTRY_ALERT_PLAN, SUBENTRY_WATCHDOG
from .entity import PlanStateEntity, SmsmodeEntity, WatchdogEntity, async_add_subentry_entities
from .runtime import SmsmodeConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the connection of the account, a health sensor for each watchdog, and one for each plan."""
    async_add_entities([GatewaySensor(entry, "gateway")])
    async_add_subentry_entities(
        entry,
        SUBENTRY_WATCHDOG,
        async_add_entities,
        lambda subentry: WatchdogHealthSensor(hass, entry, subentry, "watchdog_health"),
    )
    async_add_subentry_entities(
        entry,
        SUBENTRY_ALERT_PLAN,
        async_add_entities,
        lambda subentry: PlanActiveSensor(hass, entry, subentry, "active"),
    )


class GatewaySensor(SmsmodeEntity, BinarySensorEntity):
    """On while the gateway answers, refusals included; off when the latest request got no answer."""

    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_translation_key = "gateway"

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether the latest request was answered; None before the first."""
        return self.account.client.is_reachable


class WatchdogHealthSensor(WatchdogEntity, BinarySensorEntity):
    """On while the last renewal failed or is overdue, or a message cannot be deleted."""

    _attr_device_class = BinarySensorDeviceClass.PROBLEM
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @property
    @override
    def is_on(self) -> bool:
        """Return whether there is a problem."""
        return self.manager.has_problem(self.watchdog_id)


class PlanActiveSensor(PlanStateEntity, BinarySensorEntity):
    """On while the alert of a plan runs."""

    _attr_device_class = BinarySensorDeviceClass.SAFETY

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the alert runs."""
        return self.plans.running(self.plan_id) is not None
