"""Actions on the account and its messages at the gateway; each is attempted once."""

from collections.abc import Coroutine
from dataclasses import asdict
from datetime import datetime
from typing import Any, Self

from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError

from ..api import (
    Contact,
    GatewayClient,
    InputProblem,
    SmsmodeAuthError,
    SmsmodeError,
    SmsmodeIdentifierError,
    SmsmodeInputError,
    SubaccountRequest,
)
from ..api.encoding import LATIN_9
from ..config.phone_numbers import NumberError, parse_integer, parse_number
from ..const import ATTR_CONFIG_ENTRY_ID
from ..errors import NOT_FOUND, operation_error, translate, validation_error
from ..helpers.redaction import mask_numbers
from ..helpers.validation import is_integer
from ..runtime import SmsmodeConfigEntry, SmsmodeRuntimeData, async_get_loaded_entry
from .conversation_lists import async_shown


class AccountCall:
    """Call of an action: its account and its fields."""

    def __init__(self, hass: HomeAssistant, entry: SmsmodeConfigEntry, fields: dict[str, Any]) -> None:
        """Hold the fields without that of the account."""
        self._hass = hass
        self.entry = entry
        self.fields = fields

    @classmethod
    async def of(cls, call: ServiceCall) -> Self:
        """Return the call with its account, which is waited for while it loads."""
        entry = await async_get_loaded_entry(call.hass, call.data.get(ATTR_CONFIG_ENTRY_ID))
        return cls(call.hass, entry, {name: value for name, value in call.data.items() if name != ATTR_CONFIG_ENTRY_ID})

    @property
    def client(self) -> GatewayClient:
        """The account's client."""
        return self.entry.runtime_data.client

    async def ask[T](self, answer: Coroutine[Any, Any, T], identifier_error: HomeAssistantError | None = None) -> T:
        """Return the response of the gateway. Raises a translated error; a refused key starts reauthentication.

        ``identifier_error`` is what return code 41 means here: that a username exists (document p. 13), or that it
        does not (p. 15).
        """
        try:
            return await answer
        except SmsmodeIdentifierError as err:
            raise identifier_error or translate(err) from None
        except SmsmodeAuthError as err:
            self.entry.async_start_reauth(self._hass)
            raise translate(err) from None
        except SmsmodeError as err:
            raise translate(err) from None

    def number(self, name: str) -> str:
        """Return a field as an MSISDN. Raises a translated error if it is no number."""
        written, region = self.fields[name], self.entry.runtime_data.options.region
        number = None
        try:
            if isinstance(written, str):
                number = parse_number(written, region, voice=True)
            elif is_integer(written):
                number = parse_integer(written, region, voice=True)
        except NumberError as err:
            raise validation_error(f"target_{err.problem}", targets=mask_numbers(str(written))) from None
        if number is None:
            raise validation_error("target_unquoted", targets=mask_numbers(str(written)))
        return number

    def ensure_encodable(self) -> None:
        """Raise a translated error that names the first field with a character outside ISO-8859-15, and the character.

        The gateway reads the forms of accounts and contacts in that charset alone.
        """
        for name, value in self.fields.items():
            text = "".join(value) if isinstance(value, list) else str(value)
            if missing := next((character for character in text if not _is_encodable(character)), None):
                if name == CONF_PASSWORD:
                    raise validation_error("password_not_encodable")
                raise validation_error("field_not_encodable", field=name, character=missing)


async def async_get_message_status(call: ServiceCall) -> ServiceResponse:
    """Return the status of a message as a whole."""
    request = await AccountCall.of(call)
    message_id, watchdogs = request.fields["message_id"], request.entry.runtime_data.watchdogs
    try:
        answer = await request.ask(request.client.get_message_status(message_id))
    except HomeAssistantError as err:
        if err.translation_key == NOT_FOUND:
            watchdogs.async_report_lost(message_id)
        raise
    return {"status": answer.status, "code": answer.code, "description": answer.description}


async def async_get_delivery_reports(call: ServiceCall) -> ServiceResponse:
    """Return the delivery reports of a message, by number."""
    request = await AccountCall.of(call)
    reports = await request.ask(request.client.get_delivery_reports(request.fields["message_id"]))
    return {"reports": [{"number": report.number, "status": report.status, "code": report.code} for report in reports]}


async def async_get_sent_messages(call: ServiceCall) -> ServiceResponse:
    """Return sent messages, newest first."""
    request = await AccountCall.of(call)
    messages = await request.ask(request.client.get_sent_messages(**request.fields))
    texts = request.entry.runtime_data.texts
    return {
        "messages": [
            {
                "message_id": message.message_id,
                "sent_at": _iso(message.sent_at),
                "message": texts.join_sent(message),
                "recipient": message.recipient,
                "cost": None if message.cost is None else float(message.cost),
                "recipient_count": message.recipient_count,
            }
            for message in messages
        ]
    }


async def async_get_replies(call: ServiceCall) -> ServiceResponse:
    """Return replies, by page or by date."""
    request = await AccountCall.of(call)
    fields = request.fields
    start, end = fields.pop("start_time", None), fields.pop("end_time", None)
    if start is None and end is None:
        answer = request.client.get_replies(**fields)
    elif start is None or end is None or fields:
        raise translate(SmsmodeInputError(InputProblem.DATES_INVALID))
    else:
        answer = request.client.get_replies_between(start, end)
    account = request.entry.runtime_data
    recipients = account.recipients
    return {
        "replies": [
            {
                "reply_id": reply.reply_id,
                "received_at": _iso(reply.received_at),
                "sender": reply.sender,
                "recipient": recipients.name_of(reply.sender),
                "message": (await async_shown(account, reply)).text,
                "short_code": reply.short_code,
                "message_id": reply.message_id,
            }
            for reply in await request.ask(answer)
        ]
    }


async def async_delete_message(call: ServiceCall) -> ServiceResponse:
    """Cancel a queued message, else delete it at the gateway, scheduled or sent."""
    request = await AccountCall.of(call)
    account = request.entry.runtime_data
    if len(request.fields) != 1:
        raise translate(SmsmodeInputError(InputProblem.MESSAGE_ID_XOR_NUMBER))
    if "queue_id" in request.fields:
        item = account.store.state.outbox.items.get(request.fields["queue_id"])
        if item is None:
            raise validation_error("queue_id_unknown")
        _ensure_not_of_watchdog(is_held=item.is_provisional)
        return {"cancelled": account.worker.async_cancel(item)}
    if "message_id" in request.fields:
        _ensure_not_of_watchdog(is_held=account.watchdogs.holds(request.fields["message_id"]))
        return {"description": await request.ask(account.schedule_tracker.async_delete(request.fields["message_id"]))}
    number = request.number("number")
    queued = account.store.state.outbox.latest_to(number)
    _ensure_not_of_watchdog(is_held=queued is not None and queued.is_provisional)
    if (cancelled := account.worker.async_cancel_for_number(number)) is not None:
        return {"cancelled": cancelled}
    return {"description": await request.ask(_delete_latest(account, number))}


def _ensure_not_of_watchdog(*, is_held: bool) -> None:
    """Raise a translated error for a message that silence sends: deleted, it would leave the watchdog without any."""
    if is_held:
        raise validation_error("watchdog_message_kept")


def _delete_latest(account: SmsmodeRuntimeData, number: str) -> Coroutine[Any, Any, str]:
    """Delete the latest message to a number; one that is known, by its id, so that no report of it is awaited."""
    scheduled = account.store.state.schedule.latest_to(number)
    message_id = scheduled.key if scheduled else account.store.state.message_log.latest_to(number)
    if message_id is None:
        # The gateway would delete the latest message to it, whatever that is.
        _ensure_not_of_watchdog(is_held=account.watchdogs.may_hold_for(number))
        return account.client.delete_message(number=number)
    return account.schedule_tracker.async_delete(message_id)


async def async_flush(call: ServiceCall) -> ServiceResponse:
    """Retry all queued messages now, or drop them."""
    request = await AccountCall.of(call)
    return {"count": request.entry.runtime_data.worker.async_flush(request.fields["mode"])}


async def async_get_balance(call: ServiceCall) -> ServiceResponse:
    """Return the credits left."""
    request = await AccountCall.of(call)
    return {"balance": float(await request.ask(request.client.get_balance()))}


async def async_add_contact(call: ServiceCall) -> ServiceResponse:
    """Add a contact to the address book of the account."""
    request = await AccountCall.of(call)
    request.ensure_encodable()
    fields = request.fields | {
        "number": request.number("number"),
        "groups": tuple(request.fields.get("groups", ())),
    }
    return {"description": await request.ask(request.client.add_contact(Contact(**fields)))}


async def async_create_subaccount(call: ServiceCall) -> ServiceResponse:
    """Create a sub-account."""
    request = await AccountCall.of(call)
    request.ensure_encodable()
    mobile = {"mobile": request.number("mobile")} if request.fields.get("mobile") else {}
    answer = request.client.create_subaccount(SubaccountRequest(**request.fields | mobile))
    return {"description": await request.ask(answer, operation_error("subaccount_exists"))}


async def async_delete_subaccount(call: ServiceCall) -> ServiceResponse:
    """Delete a sub-account."""
    request = await AccountCall.of(call)
    answer = request.client.delete_subaccount(request.fields["username"])
    return {"description": await request.ask(answer, operation_error("subaccount_unknown"))}


async def async_transfer_credits(call: ServiceCall) -> ServiceResponse:
    """Transfer whole credits to another account."""
    request = await AccountCall.of(call)
    amount = request.fields.pop("amount")
    if not amount.is_integer():
        raise translate(SmsmodeInputError(InputProblem.AMOUNT_INVALID))
    answer = request.client.transfer_credits(amount=int(amount), **request.fields)
    return {"description": await request.ask(answer, operation_error("transfer_account_unknown"))}


async def async_create_api_key(call: ServiceCall) -> ServiceResponse:
    """Create another API key. The response is the only place where it is shown."""
    request = await AccountCall.of(call)
    return asdict(await request.ask(request.client.create_api_key()))


def _is_encodable(character: str) -> bool:
    return character.encode(LATIN_9, "ignore") != b""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
