"""Messages that an assistant sends: one segment to one person, never urgent, within the limit of assistants."""

from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from ..errors import validation_error
from ..sending.composer import MessageSendOptions
from ..sending.responses import MessageResponse
from .people import Person, find_person


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PreparedMessage:
    """An SMS as its recipient would get it, and when it leaves if the recipient has quiet hours."""

    person: Person
    order: MessageSendOptions
    text: str
    send_at: datetime | None


async def async_prepare(
    hass: HomeAssistant, assistant: str, name: str, message: str, context: Context | None
) -> PreparedMessage:
    """Return the SMS to a person who is exposed, and send nothing. Raises a translated error."""
    person = find_person(hass, assistant, name)
    if not message.strip():
        raise validation_error("assistant_no_text", name=person.name)
    order = MessageSendOptions(message=message.strip(), targets=(person.number,), by_assistant=True, context=context)
    preview = await person.entry.runtime_data.messages.async_preview_message(order)
    if preview["segments"] > 1:
        raise validation_error("assistant_too_long", segments=str(preview["segments"]))
    times = [dt_util.parse_datetime(part["send_at"] or "") for part in preview["scheduled"]]
    return PreparedMessage(person=person, order=order, text=preview["text"], send_at=times[0] if times else None)


async def async_send(prepared: PreparedMessage) -> MessageResponse:
    """Send a prepared SMS. Raises a translated error."""
    summary = await prepared.person.entry.runtime_data.messages.async_send_message(prepared.order)
    (sent,) = summary.as_response()["messages"]
    return sent
