"""Legacy notify service ``notify.<account>``.

It outlives a reload of its account: a call that comes meanwhile finds it, and waits.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, override

import probatio
from homeassistant.components import notify
from homeassistant.components.notify import ATTR_DATA, ATTR_MESSAGE, ATTR_TARGET, ATTR_TITLE, BaseNotificationService
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.const import CONF_NAME, Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import discovery
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import slugify
from homeassistant.util.hass_dict import HassKey

from .config.yaml_schema import MESSAGE_FIELDS
from .const import ATTR_CONFIG_ENTRY_ID, CONF_SENDER, DOMAIN, LOGGER
from .errors import validation_error
from .helpers.origins import find_origin
from .helpers.validation import target, text
from .runtime import SmsmodeConfigEntry, async_despite_reloads
from .sending.composer import MessageSendOptions

type FindEntry = Callable[[Iterable[object]], Awaitable[SmsmodeConfigEntry]]
_DATA_SCHEMA = probatio.Schema(MESSAGE_FIELDS)
_CALL_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_MESSAGE): text,
        probatio.Optional(ATTR_TITLE): text,
        probatio.Optional(ATTR_TARGET): probatio.All(probatio.EnsureList(), [target]),
        probatio.Optional(ATTR_DATA): dict,
    }
)


class SmsmodeNotificationService(BaseNotificationService):
    """Notify service of an account, or one of YAML with its own defaults for target and data."""

    def __init__(self, find: FindEntry, targets: list[str] | None = None, data: dict[str, Any] | None = None) -> None:
        """``find`` returns the account at each call: it may be reloaded, or set up after YAML."""
        self._find = find
        self._targets = targets
        self._data = data or {}

    @override
    async def async_setup(self, hass: HomeAssistant, service_name: str, target_service_name_prefix: str) -> None:
        """Keep the name of the service."""
        await super().async_setup(hass, service_name, target_service_name_prefix)
        self._name = service_name

    @override
    async def async_register_services(self) -> None:
        """Register the service with a schema that tells numbers from text.

        That of Home Assistant makes text of whatever YAML made of a value: False of off, 103404472 of 0612345670.
        """
        is_taken = self.hass.services.has_service(NOTIFY_DOMAIN, self._name)
        await super().async_register_services()
        if not is_taken:
            self.hass.services.async_register(NOTIFY_DOMAIN, self._name, self._async_handle, _CALL_SCHEMA)

    async def _async_handle(self, call: ServiceCall) -> None:
        await self.async_send_message(**call.data, origin=find_origin(self.hass, call.context), context=call.context)

    @override
    async def async_send_message(self, message: str, **kwargs: Any) -> None:
        """Send an SMS to the targets of the call, else to those of the service, else to all recipients."""
        targets: Sequence[object] | None = kwargs.get(ATTR_TARGET, self._targets)
        order = MessageSendOptions(
            message=message,
            title=kwargs.get(ATTR_TITLE),
            origin=kwargs.get("origin"),
            context=kwargs.get("context"),
            targets=None if targets is None else tuple(targets),
            **_checked(self._with_defaults(kwargs.get(ATTR_DATA) or {})),
        )

        async def async_send() -> None:
            await (await self._find(targets or ())).runtime_data.messages.async_send_message(order)

        await async_despite_reloads(self.hass, async_send)

    def _with_defaults(self, data: dict[str, Any]) -> dict[str, Any]:
        """Add the defaults of the service, but no sender where the call allows a reply and names none."""
        defaults = self._data if not data.get("reply") else {k: v for k, v in self._data.items() if k != CONF_SENDER}
        return defaults | data


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    """Validate the ``data`` of a call, which Home Assistant leaves to the platform."""
    try:
        checked: dict[str, Any] = _DATA_SCHEMA(data)
    except probatio.Invalid as err:
        field = ".".join(map(str, err.path)) or ATTR_DATA
        raise validation_error("data_invalid", field=field, problem=err.error_message) from None
    return checked


# By the id of the config entry: the name under which the service is registered, and the service.
SERVICES: HassKey[dict[str, tuple[str, SmsmodeNotificationService]]] = HassKey(f"{DOMAIN}_notify_services")


async def async_offer_notify_service(hass: HomeAssistant, entry: SmsmodeConfigEntry, config: ConfigType) -> None:
    """Create ``notify.<account>``, unless it exists.

    ``config`` is that of Home Assistant: with another, the legacy services of the user's YAML would be lost.
    """
    name = slugify(entry.title)
    registered_as, _ = hass.data.setdefault(SERVICES, {}).get(entry.entry_id, (None, None))
    if registered_as == name:
        return
    await async_withdraw_notify_service(hass, entry.entry_id)
    if _created_services_key() is None:
        LOGGER.warning("This Home Assistant has no notify services; send with the entities instead of notify.%s", name)
        return
    info = {CONF_NAME: entry.title, ATTR_CONFIG_ENTRY_ID: entry.entry_id}
    platform = discovery.async_load_platform(hass, Platform.NOTIFY, DOMAIN, info, config)
    hass.async_create_task(platform, f"{DOMAIN} notify service")


async def async_withdraw_notify_service(hass: HomeAssistant, entry_id: str) -> None:
    """Remove ``notify.<account>``."""
    if kept := hass.data.get(SERVICES, {}).pop(entry_id, None):
        _, service = kept
        await service.async_unregister_services()
        # Home Assistant never forgets a service that it created, and with it all that it holds.
        if (key := _created_services_key()) is not None:
            created = hass.data[key].get(DOMAIN, [])
            hass.data[key][DOMAIN] = [other for other in created if other is not service]


def _created_services_key() -> HassKey[dict[str, list[BaseNotificationService]]] | None:
    """Return where the notify integration keeps the services that it created; None if it keeps them no more.

    The key is private to Home Assistant: when it goes, the legacy services go, and nothing else of an account.
    """
    return getattr(getattr(notify, "legacy", None), "NOTIFY_SERVICES", None)
