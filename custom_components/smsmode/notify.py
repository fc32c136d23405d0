"""Notify entities, and the legacy services ``notify.<account>`` and ``notify: - platform: smsmode``."""

from functools import partial
from typing import override

from homeassistant.components.notify import (
    ATTR_DATA,
    BaseNotificationService,
    NotifyEntity,
    NotifyEntityFeature,
)
from homeassistant.components.notify import (
    DOMAIN as NOTIFY_DOMAIN,
)
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import ATTR_ENTITY_PICTURE, CONF_NAME, CONF_TARGET
from homeassistant.core import Context, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType
from homeassistant.util import slugify

from .config.yaml_schema import PLATFORM_SCHEMA
from .const import ATTR_CONFIG_ENTRY_ID, CONF_ACCOUNT, LOGGER, SUBENTRY_ALERT_PLAN, SUBENTRY_GROUP
from .entity import PlanEntity, SmsmodeEntity, async_add_recipient_entities, async_add_subentry_entities
from .errors import validation_error
from .helpers.origins import find_origin
from .legacy_notify import SERVICES, SmsmodeNotificationService
from .runtime import SmsmodeConfigEntry, async_get_loaded_entry, async_get_loaded_entry_by_name
from .sending.composer import MessageSendOptions
from .sending.sent_notifier import SentMessage

__all__ = ["PLATFORM_SCHEMA"]

# A message is on disk at once; none waits behind another that the gateway is slow to take.
PARALLEL_UPDATES = 0


async def async_get_service(
    hass: HomeAssistant, config: ConfigType, discovery_info: DiscoveryInfoType | None = None
) -> BaseNotificationService | None:
    """Return the service of an account, or one of YAML with its own defaults; None if it cannot be offered."""
    if discovery_info is None:
        find = partial(async_get_loaded_entry_by_name, hass, config.get(CONF_ACCOUNT))
        return SmsmodeNotificationService(find, config.get(CONF_TARGET), config.get(ATTR_DATA))
    entry = hass.config_entries.async_get_entry(discovery_info[ATTR_CONFIG_ENTRY_ID])
    if entry is None or not hasattr(entry, "runtime_data"):
        return None
    name = slugify(discovery_info[CONF_NAME])
    if hass.services.has_service(NOTIFY_DOMAIN, name):
        LOGGER.warning("There is a notify service %s already; rename the account to get one", entry.title)
        return None
    service = SmsmodeNotificationService(partial(async_get_loaded_entry, hass, entry.entry_id))
    hass.data[SERVICES][entry.entry_id] = name, service
    return service


async def async_setup_entry(
    hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add an entity for the account, and one for each recipient, each group of recipients and each plan."""
    async_add_entities([SmsmodeNotifyEntity(entry, "notify")])
    async_add_recipient_entities(
        entry, async_add_entities, lambda subentry: SmsmodeNotifyEntity(entry, "notify", subentry)
    )
    async_add_subentry_entities(
        entry, SUBENTRY_GROUP, async_add_entities, lambda subentry: GroupNotifyEntity(entry, "notify", subentry)
    )
    async_add_subentry_entities(
        entry,
        SUBENTRY_ALERT_PLAN,
        async_add_entities,
        lambda subentry: PlanNotifyEntity(hass, entry, subentry, "notify"),
    )


class SmsmodeNotifyEntity(SmsmodeEntity, NotifyEntity):
    """Sends an SMS to a recipient, or to all recipients of the account."""

    _attr_name = None
    _attr_supported_features = NotifyEntityFeature.TITLE

    def __init__(self, entry: SmsmodeConfigEntry, key: str, subentry: ConfigSubentry | None = None) -> None:
        """Begin with nothing being sent."""
        super().__init__(entry, key, subentry)
        self._own_contexts: list[Context | None] = []

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the messages that others send to the recipient."""
        await super().async_added_to_hass()
        if self.recipient is None:
            return
        sent_to = self.account.dispatcher.sent_notifier.sent_to
        self.async_on_remove(sent_to.subscribe(self.recipient.target, self._async_handle_sent))
        if self.recipient.person is not None:
            persons = [self.recipient.person]
            self.async_on_remove(async_track_state_change_event(self.hass, persons, self._async_handle_person))
            self._attr_entity_picture = self._picture()

    @callback
    def _async_handle_person(self, _event: Event[EventStateChangedData]) -> None:
        """Show the picture of the person, who comes and goes more often than it changes."""
        if (picture := self._picture()) != self._attr_entity_picture:
            self._attr_entity_picture = picture
            self.async_write_ha_state()

    def _picture(self) -> str | None:
        state = self.hass.states.get(self.recipient.person) if self.recipient and self.recipient.person else None
        return state.attributes.get(ATTR_ENTITY_PICTURE) if state else None

    @callback
    def _async_handle_sent(self, message: SentMessage) -> None:
        # What the entity itself sends, Home Assistant records at the end of the call.
        if message.context not in self._own_contexts:
            self._async_record_notification()

    @property
    def _targets(self) -> tuple[str, ...] | None:
        """Return whom it writes to, None for everybody."""
        return (self.recipient.target,) if self.recipient else None

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Send an SMS. Raises HomeAssistantError if nobody gets it."""
        context = self._context
        order = MessageSendOptions(
            message=message,
            title=title,
            targets=self._targets,
            origin=find_origin(self.hass, context),
            context=context,
        )
        self._own_contexts.append(context)
        try:
            await self.account.messages.async_send_message(order)
        finally:
            self._own_contexts.remove(context)


class GroupNotifyEntity(SmsmodeNotifyEntity):
    """Sends an SMS to the members of a group of recipients."""

    @property
    @override
    def _targets(self) -> tuple[str, ...]:
        return (self.entity_id,)


class PlanNotifyEntity(PlanEntity, NotifyEntity):
    """Raises a plan with a text of its own."""

    _attr_name = None

    def __init__(self, hass: HomeAssistant, entry: SmsmodeConfigEntry, subentry: ConfigSubentry, key: str) -> None:
        """Have the name of the device."""
        super().__init__(hass, entry, subentry, key)
        self._attr_translation_key = None

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Raise the plan. Raises a translated error if nobody gets the text, also because its alert runs already."""
        text = f"{title}\n{message}" if title else message
        started = await self.plans.async_raise(self.plan_id, find_origin(self.hass, self._context), {"message": text})
        if not started.is_new:
            raise validation_error("plan_running", plan=self.plans.plans[self.plan_id].name)
