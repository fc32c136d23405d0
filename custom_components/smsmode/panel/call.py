"""Call of a WebSocket command of the panel: its account, what its user may do, and its errors as sentences."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import probatio
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.helpers.typing import VolDictType

from ..config.options import UserAccess
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN
from ..errors import validation_error
from ..helpers.error_sentences import async_error_sentence
from ..runtime import SmsmodeConfigEntry, SmsmodeRuntimeData
from .access import PanelAccess, async_find_entry
from .origins import UserNames, async_read_users

type Fields = dict[str, Any]
type Handler = Callable[[PanelCall], Awaitable[None]]

FAILED: Final = "failed"


class PanelSubscription:
    """What a call begins and its connection ends, which may be closed before there is anything to end."""

    def __init__(self) -> None:
        """Begin with nothing to end."""
        self._is_over = False
        self._end: CALLBACK_TYPE | None = None

    @property
    def has_begun(self) -> bool:
        """Return whether there is anything to end."""
        return self._end is not None

    @callback
    def async_begin(self, end: CALLBACK_TYPE) -> None:
        """Keep what ends the subscription, or end it at once."""
        if self._is_over:
            end()
        else:
            self._end = end

    @callback
    def async_end(self) -> None:
        """End it."""
        self._is_over = True
        if self._end is not None:
            self._end()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PanelCall:
    """Call of a command by a person who is logged in."""

    hass: HomeAssistant
    connection: ActiveConnection
    fields: Fields
    entry: SmsmodeConfigEntry
    access: PanelAccess
    users: UserNames
    subscription: PanelSubscription

    @classmethod
    async def of(
        cls, hass: HomeAssistant, connection: ActiveConnection, fields: Fields, subscription: PanelSubscription
    ) -> Self:
        """Return a call with its account, which is waited for while it loads."""
        users = await async_read_users(hass)
        entry = await async_find_entry(hass, connection.user, fields.get(ATTR_CONFIG_ENTRY_ID))
        access = PanelAccess.of(connection.user, entry.runtime_data.options)
        return cls(
            hass=hass,
            connection=connection,
            fields=fields,
            entry=entry,
            access=access,
            users=users,
            subscription=subscription,
        )

    @property
    def account(self) -> SmsmodeRuntimeData:
        """Return the runtime data of the account."""
        return self.entry.runtime_data

    def answer(self, result: Any = None) -> None:
        """Send the result."""
        self.connection.send_result(self.fields["id"], result)

    async def act(self, action: str, **data: Any) -> Any:
        """Perform an action of the integration in the name of the user, and return its response."""
        return await self.hass.services.async_call(
            DOMAIN,
            action,
            {ATTR_CONFIG_ENTRY_ID: self.entry.entry_id, **data},
            blocking=True,
            context=self.connection.context(self.fields),
            return_response=True,
        )


@callback
def async_register(
    hass: HomeAssistant, name: str, fields: VolDictType, handler: Handler, access: UserAccess | None = None
) -> None:
    """Register a command for those who have this access; None stands for any access at all.

    The fields are validated here and not by Home Assistant, whose errors repeat in the log what was written.
    """

    async def async_answer(hass: HomeAssistant, connection: ActiveConnection, msg: Fields) -> None:
        subscription = PanelSubscription()
        connection.subscriptions[msg["id"]] = subscription.async_end
        try:
            call = await PanelCall.of(hass, connection, schema(msg), subscription)
            call.access.require(access)
            await handler(call)
        except Unauthorized:
            connection.send_error(msg["id"], websocket_api.ERR_UNAUTHORIZED, "Unauthorized")
        except probatio.Invalid as err:
            # Home Assistant would log what was written.
            field = str(next(iter(err.path), "?"))
            await async_send_error(hass, connection, msg["id"], validation_error("panel_field_invalid", field=field))
        except HomeAssistantError as err:
            await async_send_error(hass, connection, msg["id"], err)
        finally:
            if not subscription.has_begun:
                connection.subscriptions.pop(msg["id"], None)

    name = f"{DOMAIN}/{name}"
    base = websocket_api.BASE_COMMAND_MESSAGE_SCHEMA
    known: VolDictType = {probatio.Required("type"): name, probatio.Optional(ATTR_CONFIG_ENTRY_ID): str, **fields}
    schema = base.extend(known, extra=probatio.REMOVE_EXTRA)
    anything = base.extend({probatio.Required("type"): name}, extra=probatio.ALLOW_EXTRA)
    websocket_api.async_register_command(hass, name, websocket_api.async_response(async_answer), anything)


async def async_send_error(
    hass: HomeAssistant, connection: ActiveConnection, msg_id: int, err: HomeAssistantError
) -> None:
    """Send an error as a sentence in the language of the house, with what a front end needs to say it in another."""
    connection.send_error(
        msg_id,
        err.translation_key or FAILED,
        await async_error_sentence(hass, err, hass.config.language),
        translation_key=err.translation_key,
        translation_domain=err.translation_domain,
        translation_placeholders=err.translation_placeholders,
    )
