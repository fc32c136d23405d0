"""Notification of messages that the gateway accepted: an event on the bus, and the listeners of the account."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback

from ..config.recipients import Recipients
from ..const import ATTR_CONFIG_ENTRY_ID, EVENT_MESSAGE_SENT
from ..helpers.bounds import drop_oldest
from ..helpers.clock import Clock
from ..helpers.listeners import KeyedListeners
from ..helpers.redaction import mask_numbers
from ..helpers.targets import GROUP_PREFIX
from ..state.account_state import AccountState
from ..state.outbox import MAX_ITEMS, MAX_URGENT, OutboxItem
from .attempt import OutboxItemSettled

# A batch can go to thousands.
MAX_NAMES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SentMessage:
    """A message that the gateway has accepted, for now or for later."""

    context: Context | None


class SentNotifier:
    """Tells of the messages of one account that the gateway accepted. What the text is, is never told.

    The event has the context of the call that sends, so that Home Assistant shows by what; after a restart it has one
    of its own.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, state: AccountState, recipients: Recipients, clock: Clock
    ) -> None:
        """Begin with nothing known."""
        self._hass = hass
        self._entry = entry
        self._state = state
        self._recipients = recipients
        self._clock = clock
        self._contexts: OrderedDict[str, Context] = OrderedDict()
        # By the number or group.
        self.sent_to: KeyedListeners[SentMessage] = KeyedListeners()

    @callback
    def async_note_context(self, item: OutboxItem, context: Context | None) -> None:
        """Remember in which context a message is sent, which may be much later."""
        if context is not None:
            self._contexts[item.key] = context
        drop_oldest(self._contexts, MAX_ITEMS + MAX_URGENT)

    @callback
    def async_handle_settled(self, settled: OutboxItemSettled) -> None:
        """Tell of a message that was accepted, unless the gateway holds it to be deleted."""
        item, context = settled.item, self._contexts.pop(settled.item.key, None)
        if settled.message_id is None or item.is_provisional:
            return
        targets = item.targets
        self.sent_to.notify(targets, SentMessage(context=context))
        data = self._data(item, settled.message_id, targets)
        self._hass.bus.async_fire(EVENT_MESSAGE_SENT, data, context=context)

    def _data(self, item: OutboxItem, message_id: str, targets: tuple[str, ...]) -> dict[str, Any]:
        send_at = item.request.send_at
        alert = self._state.alerts.find_by_reference(item.reference)
        question = self._state.questions.find_asked(item.reference)
        return {
            ATTR_CONFIG_ENTRY_ID: self._entry.entry_id,
            "message_id": message_id,
            "kind": item.kind,
            "recipients": [self._name(target) for target in targets[:MAX_NAMES]],
            "count": len(targets),
            "segments": item.expense.segments,
            "reference": item.reference,
            "origin": item.origin,
            "alert_id": alert.alert_id if alert else None,
            "ask_id": question.ask_id if question else None,
            "send_at": send_at.isoformat() if send_at and send_at > self._clock.now() else None,
        }

    def _name(self, target: str) -> str:
        """Return the name of a recipient; a number that is nobody's is masked."""
        return self._recipients.name_of_target(target) or mask_numbers(target.removeprefix(GROUP_PREFIX))
