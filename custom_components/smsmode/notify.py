"""``notify.<account>``, ``notify: - platform: smsmode``, and the notify entities."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, override

import probatio
from homeassistant.components.notify import (
    ATTR_DATA,
    ATTR_TARGET,
    ATTR_TITLE,
    BaseNotificationService,
    NotifyEntity,
    NotifyEntityFeature,
)
from homeassistant.components.notify import (
    DOMAIN as NOTIFY_DOMAIN,
)
from homeassistant.const import CONF_NAME, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType
from homeassistant.util import slugify

from .account import SmsmodeConfigEntry
from .accounts import async_find_entry, async_find_entry_by_name
from .compose import MessageOrder
from .const import ATTR_CONFIG_ENTRY_ID, CONF_ACCOUNT, CONF_SENDER, LOGGER, SUBENTRY_RECIPIENT
from .entity import SmsmodeEntity
from .errors import invalid
from .schema import MESSAGE_FIELDS, PLATFORM_SCHEMA
from .sending import async_send_message

__all__ = ["PLATFORM_SCHEMA"]

# A message is on disk at once; none waits behind another that the gateway is slow to take.
PARALLEL_UPDATES = 0
type FindEntry = Callable[[], Awaitable[SmsmodeConfigEntry]]
_DATA_SCHEMA = probatio.Schema(MESSAGE_FIELDS)


async def async_get_service(
    hass: HomeAssistant, config: ConfigType, discovery_info: DiscoveryInfoType | None = None
) -> BaseNotificationService | None:
    """Make the service of an account, or one of YAML with its own defaults."""
    if discovery_info is None:
        find = partial(async_find_entry_by_name, hass, config.get(CONF_ACCOUNT))
        return SmsmodeNotificationService(find, config.get(CONF_TARGET), config.get(ATTR_DATA))
    entry = hass.config_entries.async_get_entry(discovery_info[ATTR_CONFIG_ENTRY_ID])
    if entry is None or not hasattr(entry, "runtime_data"):
        return None
    if hass.services.has_service(NOTIFY_DOMAIN, slugify(discovery_info[CONF_NAME])):
        LOGGER.warning("There is a notify service %s already; rename the account to get one", entry.title)
        return None
    service = SmsmodeNotificationService(partial(async_find_entry, hass, entry.entry_id))
    entry.async_on_unload(service.async_unregister_services)
    return service


async def async_setup_entry(
    _hass: HomeAssistant, entry: SmsmodeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add an entity for the account, and one for each recipient."""
    async_add_entities([SmsmodeNotifyEntity(entry, "notify")])
    for subentry in entry.get_subentries_of_type(SUBENTRY_RECIPIENT):
        async_add_entities([SmsmodeNotifyEntity(entry, "notify", subentry)], config_subentry_id=subentry.subentry_id)


class SmsmodeNotifyEntity(SmsmodeEntity, NotifyEntity):
    """Writes to a recipient, or to all recipients of the account."""

    _attr_name = None
    _attr_supported_features = NotifyEntityFeature.TITLE

    @property
    @override
    def available(self) -> bool:
        """Always: without the gateway a message waits in the outbox."""
        return True

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Send an SMS."""
        targets = (self.recipient.target,) if self.recipient else None
        await async_send_message(self.account, MessageOrder(message=message, title=title, targets=targets))


class SmsmodeNotificationService(BaseNotificationService):
    """A notify service: of one account, or the house's own with defaults for target and data."""

    def __init__(self, find: FindEntry, targets: list[str] | None = None, data: dict[str, Any] | None = None) -> None:
        """Find the account anew at each call: it may be reloaded, or set up after YAML."""
        self._find = find
        self._targets = targets
        self._data = data or {}

    @override
    async def async_send_message(self, message: str, **kwargs: Any) -> None:
        """Send an SMS to the targets of the call, else to those of the service, else to all recipients."""
        targets = kwargs.get(ATTR_TARGET, self._targets)
        order = MessageOrder(
            message=message,
            title=kwargs.get(ATTR_TITLE),
            targets=None if targets is None else tuple(map(str, targets)),
            **_checked(self._with_defaults(kwargs.get(ATTR_DATA) or {})),
        )
        await async_send_message((await self._find()).runtime_data, order)

    def _with_defaults(self, data: dict[str, Any]) -> dict[str, Any]:
        """Add the defaults of the service, but no sender where the call allows a reply and names none."""
        defaults = self._data if not data.get("reply") else {k: v for k, v in self._data.items() if k != CONF_SENDER}
        return defaults | data


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    """Check the ``data`` of a call, which Home Assistant leaves to the platform."""
    try:
        checked: dict[str, Any] = _DATA_SCHEMA(data)
    except probatio.Invalid as err:
        field = ".".join(map(str, err.path)) or ATTR_DATA
        raise invalid("data_invalid", field=field, problem=err.error_message) from None
    return checked
