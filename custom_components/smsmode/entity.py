"""Base entities: identity, device, availability and updates of accounts, recipients, watchdogs and alert plans."""

import asyncio
import re
import unicodedata
from collections.abc import Callable
from itertools import batched
from typing import Final, override
from urllib.parse import quote

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN, MANUFACTURER, SITE, SUBENTRY_GROUP, SUBENTRY_RECIPIENT
from .coordinator import SmsmodeCoordinator
from .runtime import SmsmodeConfigEntry

RECIPIENTS_AT_ONCE: Final = 5


def account_device(entry: SmsmodeConfigEntry) -> DeviceInfo:
    """Return the device of an account."""
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        name=entry.title,
        # Where credits are bought.
        configuration_url=SITE,
    )


def _conversation_url(entry: SmsmodeConfigEntry, subentry: ConfigSubentry) -> str | None:
    """Return the address of a conversation in the panel, for those with whom there is one."""
    if subentry.subentry_type not in {SUBENTRY_RECIPIENT, SUBENTRY_GROUP}:
        return None
    # The same as `slug` of the frontend.
    letters = "".join(
        char for char in unicodedata.normalize("NFD", subentry.title) if unicodedata.category(char)[0] != "M"
    )
    place = re.sub(r"[\W_]+", "_", letters.lower()).strip("_")
    return f"homeassistant://{DOMAIN}/chat/{quote(place)}?config_entry={entry.entry_id}" if place else None


def subentry_device(hass: HomeAssistant, entry: SmsmodeConfigEntry, subentry: ConfigSubentry) -> DeviceInfo:
    """Return the device of a recipient, a group of them, a watchdog or a plan, connected through the account."""
    return DeviceInfo(
        identifiers={(DOMAIN, f"{entry.entry_id}_{subentry.subentry_id}")},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=MANUFACTURER,
        name=subentry.title,
        configuration_url=_conversation_url(entry, subentry),
        via_device_id=dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, entry.entry_id), config_entry_id=entry.entry_id
        ),
    )


@callback
def async_add_subentry_entities(
    entry: SmsmodeConfigEntry,
    subentry_type: str,
    async_add_entities: AddConfigEntryEntitiesCallback,
    create: Callable[[ConfigSubentry], Entity],
) -> None:
    """Add one entity for each subentry of a type, to the subentry that it belongs to."""
    for subentry in entry.get_subentries_of_type(subentry_type):
        async_add_entities([create(subentry)], config_subentry_id=subentry.subentry_id)


@callback
def async_add_recipient_entities(
    entry: SmsmodeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    create: Callable[[ConfigSubentry], Entity],
) -> None:
    """Have one entity added for each recipient, by `async_add_recipients`."""

    @callback
    def add(subentry: ConfigSubentry) -> None:
        async_add_entities([create(subentry)], config_subentry_id=subentry.subentry_id)

    entry.runtime_data.recipient_entities.append(add)


async def async_add_recipients(entry: SmsmodeConfigEntry) -> None:
    """Add the entities of all recipients, after those of the account, a few recipients in each turn of the event loop.

    A thousand of them would hold it up for half a second. And if there are more than Home Assistant has room for, the
    account keeps its own, and of the recipients the first have all of theirs.
    """
    for some in batched(entry.get_subentries_of_type(SUBENTRY_RECIPIENT), RECIPIENTS_AT_ONCE, strict=False):
        for subentry in some:
            for add in entry.runtime_data.recipient_entities:
                add(subentry)
        await asyncio.sleep(0)


class SmsmodeEntity(CoordinatorEntity[SmsmodeCoordinator]):
    """Entity of an account, or of one of its recipients or groups of recipients."""

    _attr_has_entity_name = True

    def __init__(self, entry: SmsmodeConfigEntry, key: str, subentry: ConfigSubentry | None = None) -> None:
        """Set the unique id and the device; ``subentry`` is that of a recipient or of a group of recipients."""
        self.account = entry.runtime_data
        self.recipient = None if subentry is None else self.account.recipients.get(subentry.subentry_id)
        # Who is one of a thousand recipients hears of the messages to that one alone.
        super().__init__(self.account.coordinator, self.recipient.target if self.recipient else None)
        owner = entry.entry_id if subentry is None else f"{entry.entry_id}_{subentry.subentry_id}"
        self._attr_unique_id = f"{owner}_{key}"
        self._attr_device_info = (
            account_device(entry) if subentry is None else subentry_device(self.coordinator.hass, entry, subentry)
        )
        self._written: tuple[object, ...] = ()

    @property
    @override
    def available(self) -> bool:
        """Return true: what is known stays known while the gateway is away, and a message waits in the outbox."""
        return True

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it changed: every message updates every entity, and few have anything new to show."""
        current = self._content()
        if current != self._written:
            self._written = current
            self.async_write_ha_state()

    def _content(self) -> tuple[object, ...]:
        """Return what the state is made of, where making the state itself costs ten times as much."""
        return self.state, self.extra_state_attributes


class WatchdogEntity(Entity):
    """Entity of a watchdog. It shows what Home Assistant knows by itself, and is available without the gateway too."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, hass: HomeAssistant, entry: SmsmodeConfigEntry, subentry: ConfigSubentry, key: str) -> None:
        """Set the unique id and the device."""
        self.manager = entry.runtime_data.watchdogs
        self.watchdog_id = subentry.subentry_id
        self._attr_translation_key = key
        self._attr_unique_id = f"{entry.entry_id}_{subentry.subentry_id}_{key}"
        self._attr_device_info = subentry_device(hass, entry, subentry)

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to changes of the watchdogs."""
        await super().async_added_to_hass()
        self.async_on_remove(self.manager.async_on_change(self.async_write_ha_state))


class PlanEntity(Entity):
    """Entity of an alert plan. It shows what Home Assistant knows by itself, and is available without the gateway."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, hass: HomeAssistant, entry: SmsmodeConfigEntry, subentry: ConfigSubentry, key: str) -> None:
        """Set the unique id and the device."""
        self.plans = entry.runtime_data.alert_plans
        self.plan_id = subentry.subentry_id
        self._attr_translation_key = f"plan_{key}"
        self._attr_unique_id = f"{entry.entry_id}_{subentry.subentry_id}_{key}"
        self._attr_device_info = subentry_device(hass, entry, subentry)


class PlanStateEntity(PlanEntity):
    """Entity that shows how far the alert of a plan is."""

    _written: tuple[object, ...] = ()

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to changes of the plans."""
        await super().async_added_to_hass()
        self.async_on_remove(self.plans.changed.subscribe(self._async_handle_plan))

    @callback
    def _async_handle_plan(self, plan_id: str) -> None:
        """Write the state if it changed: an alert changes more often than what each entity shows of it."""
        if plan_id == self.plan_id and (current := (self.state, self.extra_state_attributes)) != self._written:
            self._written = current
            self.async_write_ha_state()
