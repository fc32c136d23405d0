"""Intents for sentences of a person's own: like the sentences here, they read back what is done after a yes."""

from collections.abc import Awaitable
from typing import Any, override

import probatio
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent

from .dialog import AssistDialog

INTENT_SEND_MESSAGE = "SmsmodeSendMessage"
INTENT_ACKNOWLEDGE_ALERT = "SmsmodeAcknowledgeAlert"


class _DialogIntent(intent.IntentHandler):
    """Intent that asks for a yes."""

    def __init__(self, dialog: AssistDialog) -> None:
        """Ask by the dialog of Assist."""
        self.dialog = dialog

    async def _async_respond(self, asked: intent.Intent, question: Awaitable[str]) -> intent.IntentResponse:
        response = asked.create_response()
        try:
            response.async_set_speech(await question)
        except HomeAssistantError as err:
            text = await self.dialog.async_explain(asked.language, err)
            response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, text)
        return response


class SendMessageIntent(_DialogIntent):
    """Intent to send an SMS to a recipient."""

    intent_type = INTENT_SEND_MESSAGE
    description = "Ask whether to send an SMS to a recipient"

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """The recipient's name and the text."""
        return {"recipient": intent.non_empty_string, "message": intent.non_empty_string}

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Read back what would be sent."""
        slots = self.async_validate_slots(intent_obj.slots)
        name, message = slots["recipient"]["value"], slots["message"]["value"]
        question = self.dialog.async_ask_to_send(name, message, intent_obj.language, intent_obj.context)
        return await self._async_respond(intent_obj, question)


class AcknowledgeAlertIntent(_DialogIntent):
    """Intent to take care of an alert."""

    intent_type = INTENT_ACKNOWLEDGE_ALERT
    description = "Ask whether somebody takes care of an alert"

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """What the alert is called, if several run."""
        return {probatio.Optional("alert"): str}

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Read back which alert it is."""
        slots = self.async_validate_slots(intent_obj.slots)
        name = slots.get("alert", {}).get("value", "")
        question = self.dialog.async_ask_to_acknowledge(name, intent_obj.language, intent_obj.context)
        return await self._async_respond(intent_obj, question)


@callback
def async_register_intents(hass: HomeAssistant, dialog: AssistDialog) -> None:
    """Register the intents."""
    intent.async_register(hass, SendMessageIntent(dialog))
    intent.async_register(hass, AcknowledgeAlertIntent(dialog))
