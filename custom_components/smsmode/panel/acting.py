"""WebSocket commands that act: what a person writes, cancels, tries again and takes care of, by the actions."""

from typing import Any, Final

import probatio
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.typing import VolDictType

from ..api import DeliveryOutcome, MessageStatus
from ..config.options import UserAccess
from ..errors import validation_error
from ..helpers.targets import group_target
from ..state.message_log import TrackedMessage
from .call import PanelCall, async_register
from .feed import FEEDS, async_get_feed, async_release_feed
from .performed_requests import REQUESTS, PerformedRequests
from .preview import async_preview

type Json = dict[str, Any]

_LOST: Final = {DeliveryOutcome.FAILED, DeliveryOutcome.EXPIRED}
_REFERENCE: VolDictType = {
    probatio.Exclusive("queue_id", "reference"): str,
    probatio.Exclusive("message_id", "reference"): str,
}
_CANCEL: VolDictType = {**_REFERENCE, probatio.Optional("undo", default=False): bool}
_ALERT: VolDictType = {probatio.Required("alert_id"): str}
_PREVIEW: VolDictType = {
    probatio.Required("message"): str,
    probatio.Optional("recipients"): [str],
    probatio.Optional("reply"): bool,
    probatio.Optional("encoding"): str,
}
_SEND: VolDictType = {
    probatio.Required("thread"): str,
    probatio.Required("message"): str,
    probatio.Required("request_id"): probatio.All(str, probatio.Length(min=8, max=64)),
    probatio.Optional("reply"): bool,
    probatio.Optional("urgent"): bool,
    probatio.Optional("send_at"): probatio.Any(str, None),
}


@callback
def async_register_acting(hass: HomeAssistant) -> None:
    """Register the commands."""
    hass.data[REQUESTS] = PerformedRequests(hass)
    async_register(hass, "preview", _PREVIEW, async_preview, UserAccess.WRITE)
    async_register(hass, "send", _SEND, _async_send, UserAccess.WRITE)
    async_register(hass, "cancel", _CANCEL, _async_cancel, UserAccess.WRITE)
    async_register(hass, "undo_cancel", _REFERENCE, _async_undo_cancel, UserAccess.WRITE)
    async_register(hass, "retry", _REFERENCE, _async_retry, UserAccess.WRITE)
    async_register(hass, "acknowledge", _ALERT, _async_acknowledge, UserAccess.ACKNOWLEDGE)
    async_register(hass, "stop_alert", _ALERT, _async_stop_alert, UserAccess.ACKNOWLEDGE)


async def _async_send(call: PanelCall) -> None:
    """Send what somebody has written, once, however often the same request is made."""
    fields = call.fields
    options = {name: fields[name] for name in ("reply", "urgent", "send_at") if fields.get(name)}
    await _async_send_once(call, fields["request_id"], message=fields["message"], target=[fields["thread"]], **options)


async def _async_send_once(call: PanelCall, request_id: str, **data: Any) -> None:
    key = call.connection.user.id, request_id
    call.answer(await call.hass.data[REQUESTS].async_perform(key, lambda: call.act("send_message", **data)))


async def _async_cancel(call: PanelCall) -> None:
    """Cancel a message that waits here or that the gateway holds; what has left cannot be called back.

    If ``undo`` is asked for and there is time, it is held back for a while first, in which it can be undone.
    """
    if call.fields["undo"] and call.account.cancellations.async_hold(_key_of(call)):
        call.answer({"cancelled": True, "undo": True})
        return
    if "queue_id" in call.fields:
        call.answer(await call.act("cancel_message", queue_id=call.fields["queue_id"]))
        return
    message_id = call.fields.get("message_id", "")
    if message_id not in call.account.store.state.schedule.items:
        raise validation_error("panel_not_scheduled")
    await call.act("delete_message", message_id=message_id)
    call.answer({"cancelled": True})


async def _async_undo_cancel(call: PanelCall) -> None:
    """Let a message go its way again that was cancelled a moment ago."""
    if not call.account.cancellations.async_undo(_key_of(call)):
        raise validation_error("panel_undo_late")
    call.answer({"cancelled": False})


def _key_of(call: PanelCall) -> str:
    """Return the message that a call is about."""
    key: str = call.fields.get("queue_id") or call.fields.get("message_id", "")
    return key


async def _async_retry(call: PanelCall) -> None:
    """Try a message that waits here now, or send one that failed again, to those whom it did not reach."""
    if "queue_id" in call.fields:
        call.answer(await call.act("retry_message", queue_id=call.fields["queue_id"]))
        return
    message = call.account.processor.message_log.messages.get(call.fields.get("message_id", ""))
    targets = _unreached(message) if message else []
    if message is None or not targets:
        raise validation_error("panel_not_failed")
    text = await _async_text_of(call, message, targets[0])
    data = {"message": text, "target": targets, "repeat": True}
    await _async_send_once(call, f"retry {message.message_id}", **data)


def _unreached(message: TrackedMessage) -> list[str]:
    """Return the numbers that a message did not reach; of a group that failed, the group."""
    lost = [
        number
        for number, codes in message.codes.items()
        if codes and MessageStatus.from_code(codes[-1]).outcome in _LOST
    ]
    if message.group is None or not lost:
        return lost
    return [group_target(message.group)] if len(lost) == len(message.codes) else lost


async def _async_text_of(call: PanelCall, message: TrackedMessage, number: str) -> str:
    """Return the text of a message. Raises a translated error if it is not known any more."""
    feed = async_get_feed(call.hass, call.entry, call.users)
    try:
        await feed.texts.async_wait()
        text = feed.texts.text_of(message.message_id, number)
    finally:
        async_release_feed(call.hass, feed)
    if text is None:
        raise validation_error("panel_text_unknown")
    return text


async def _async_acknowledge(call: PanelCall) -> None:
    """Take care of an alert, under the name of who is logged in; whoever comes second is told who has it."""
    alert_id = call.fields["alert_id"]
    feed = call.hass.data.get(FEEDS, {}).get(call.entry.entry_id)
    if feed is not None and (name := feed.alerts.taken_by(alert_id)) is not None:
        raise validation_error("panel_alert_taken", name=name)
    call.answer(await call.act("acknowledge", alert_id=alert_id))


async def _async_stop_alert(call: PanelCall) -> None:
    """Cancel an alert; nobody is told."""
    call.answer(await call.act("cancel_alert", alert_id=call.fields["alert_id"]))
