"""Registration of the actions: names, schemas, handlers, and who may call them."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import service
from homeassistant.helpers.reload import async_integration_yaml_config
from probatio import Schema

from .actions import account as account_actions
from .actions import alerts as alert_actions
from .actions import check as check_actions
from .actions import messages as message_actions
from .actions import pauses as pause_actions
from .actions import questions as ask_actions
from .actions import queue as queue_actions
from .actions import scheduled as schedule_actions
from .actions import schemas
from .actions.access import async_ensure_access
from .config.options import UserAccess
from .config.yaml_import import async_apply_yaml
from .const import DOMAIN
from .runtime import async_despite_reloads

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]

_SENDERS: dict[str, tuple[Handler, Schema, SupportsResponse]] = {
    "send_message": (message_actions.async_send_message, schemas.SEND_MESSAGE, SupportsResponse.OPTIONAL),
    "send_voice_message": (
        message_actions.async_send_voice_message,
        schemas.SEND_VOICE_MESSAGE,
        SupportsResponse.OPTIONAL,
    ),
    "send_batch": (message_actions.async_send_batch, schemas.SEND_BATCH, SupportsResponse.OPTIONAL),
    "alert": (alert_actions.async_alert, schemas.ALERT, SupportsResponse.OPTIONAL),
    "ask": (ask_actions.async_ask, schemas.ASK, SupportsResponse.OPTIONAL),
}
_EVERYBODY: dict[str, tuple[Handler, Schema, SupportsResponse]] = {
    "preview_message": (message_actions.async_preview_message, schemas.SEND_MESSAGE, SupportsResponse.ONLY),
    "acknowledge": (alert_actions.async_acknowledge, schemas.ACKNOWLEDGE, SupportsResponse.OPTIONAL),
    "preview_alert": (alert_actions.async_preview_alert, schemas.PREVIEW_ALERT, SupportsResponse.ONLY),
    "resolve_alert": (alert_actions.async_resolve_alert, schemas.RESOLVE_ALERT, SupportsResponse.OPTIONAL),
    "cancel_alert": (alert_actions.async_cancel_alert, schemas.CANCEL_ALERT, SupportsResponse.OPTIONAL),
    "pause_recipient": (pause_actions.async_pause_recipient, schemas.PAUSE_RECIPIENT, SupportsResponse.OPTIONAL),
    "get_message_status": (account_actions.async_get_message_status, schemas.MESSAGE_ID, SupportsResponse.ONLY),
    "get_delivery_reports": (account_actions.async_get_delivery_reports, schemas.MESSAGE_ID, SupportsResponse.ONLY),
    "get_balance": (account_actions.async_get_balance, schemas.ACCOUNT_ONLY, SupportsResponse.ONLY),
    "add_contact": (account_actions.async_add_contact, schemas.ADD_CONTACT, SupportsResponse.OPTIONAL),
}
_READERS: dict[str, tuple[Handler, Schema, SupportsResponse]] = {
    "get_sent_messages": (account_actions.async_get_sent_messages, schemas.GET_SENT_MESSAGES, SupportsResponse.ONLY),
    "get_replies": (account_actions.async_get_replies, schemas.GET_REPLIES, SupportsResponse.ONLY),
    "get_scheduled": (schedule_actions.async_get_scheduled, schemas.ACCOUNT_ONLY, SupportsResponse.ONLY),
    "get_queue": (queue_actions.async_get_queue, schemas.ACCOUNT_ONLY, SupportsResponse.ONLY),
}
_WRITERS: dict[str, tuple[Handler, Schema, SupportsResponse]] = {
    "delete_message": (account_actions.async_delete_message, schemas.DELETE_MESSAGE, SupportsResponse.OPTIONAL),
    "cancel_message": (queue_actions.async_cancel_message, schemas.QUEUE_ID, SupportsResponse.OPTIONAL),
    "retry_message": (queue_actions.async_retry_message, schemas.QUEUE_ID, SupportsResponse.OPTIONAL),
}
_ADMINISTRATORS: dict[str, tuple[Handler, Schema, SupportsResponse]] = {
    "check_account": (check_actions.async_check_account, schemas.CHECK_ACCOUNT, SupportsResponse.OPTIONAL),
    "flush": (account_actions.async_flush, schemas.FLUSH, SupportsResponse.OPTIONAL),
    "create_subaccount": (
        account_actions.async_create_subaccount,
        schemas.CREATE_SUBACCOUNT,
        SupportsResponse.OPTIONAL,
    ),
    "delete_subaccount": (
        account_actions.async_delete_subaccount,
        schemas.DELETE_SUBACCOUNT,
        SupportsResponse.OPTIONAL,
    ),
    "transfer_credits": (
        account_actions.async_transfer_credits,
        schemas.TRANSFER_CREDITS,
        SupportsResponse.OPTIONAL,
    ),
    "create_api_key": (account_actions.async_create_api_key, schemas.ACCOUNT_ONLY, SupportsResponse.ONLY),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; what moves money or keys is for administrators."""
    for name, (handler, schema, response) in _EVERYBODY.items():
        hass.services.async_register(DOMAIN, name, handler, schema, response)
    for name, (handler, schema, response) in _SENDERS.items():
        hass.services.async_register(DOMAIN, name, _repeat(handler), schema, response)
    for access, restricted in ((UserAccess.READ, _READERS), (UserAccess.WRITE, _WRITERS)):
        for name, (handler, schema, response) in restricted.items():
            hass.services.async_register(DOMAIN, name, _restrict(handler, access), schema, response)
    for name, (handler, schema, response) in _ADMINISTRATORS.items():
        service.async_register_admin_service(hass, DOMAIN, name, handler, schema, response)
    service.async_register_admin_service(hass, DOMAIN, SERVICE_RELOAD, _async_reload)


def _repeat(handler: Handler) -> Handler:
    """Return an action that is performed again if its account was reloaded before anything was sent."""

    async def async_handle(call: ServiceCall) -> ServiceResponse:
        return await async_despite_reloads(call.hass, partial(handler, call))

    return async_handle


def _restrict(handler: Handler, access: UserAccess) -> Handler:
    """Return an action that people who are no administrators may only perform if the account allows them to."""

    async def async_handle(call: ServiceCall) -> ServiceResponse:
        await async_ensure_access(call, access)
        return await handler(call)

    return async_handle


async def _async_reload(call: ServiceCall) -> None:
    """Reload the YAML. Errors in it are raised, and nothing changes."""
    config = await async_integration_yaml_config(call.hass, DOMAIN, raise_on_failure=True)
    await async_apply_yaml(call.hass, config or {}, reloaded=True)
