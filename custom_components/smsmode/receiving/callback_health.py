"""Health of the callbacks of one account: feeds the callback monitor, judges it and raises its repair issues."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..config.options import AccountOptions, CallbackMode
from ..helpers.listeners import Subscriptions
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from .callback_monitor import CallbackMonitor
from .callback_url import async_callback_url
from .events import ReportEvent
from .processor import InboundProcessor

# Whoever chose these does not insist on an address.
_MODES_WITHOUT_ADDRESS = (CallbackMode.AUTO, CallbackMode.OFF)


class CallbackHealth:
    """The callback monitor of one account, and its repair issues."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, options: AccountOptions, processor: InboundProcessor
    ) -> None:
        """Do nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._processor = processor
        self._requires_address = options.callbacks not in _MODES_WITHOUT_ADDRESS
        self._subscriptions = Subscriptions()
        self._is_stopped = False
        self.monitor = CallbackMonitor()

    @callback
    def async_start(self) -> None:
        """Subscribe to delivery reports, and to a clock that is set."""
        self._subscriptions.add(
            self._processor.report_received.subscribe(self._async_handle_report),
            self._processor.clock_was_set.subscribe(self.monitor.shift),
        )

    @callback
    def async_stop(self) -> None:
        """Unsubscribe, and clear the repair issues; the next start raises them again if need be."""
        self._is_stopped = True
        self._subscriptions.end()
        async_clear_issue(self._hass, self._entry, IssueType.CALLBACKS_SILENT)
        async_clear_issue(self._hass, self._entry, IssueType.NO_CALLBACK_ADDRESS)

    @callback
    def async_note_sent(self, message_id: str) -> None:
        """Record that a message was sent with a callback address."""
        self.monitor.note_sent(message_id)

    @callback
    def async_note_callback(self) -> None:
        """Record that a callback arrived and was understood."""
        self.monitor.note_callback(self._processor.now())

    async def async_check(self) -> bool:
        """Raise or clear the repair issues; return whether callbacks can be expected, and polling may be slow."""
        has_address = await async_callback_url(self._hass, self._entry) is not None
        if self._is_stopped:
            # A poll that was under way when the account ended leaves no issue behind.
            return False
        now = self._processor.now()
        self.monitor.note_address(now, is_there=has_address or not self._requires_address)
        self.monitor.count_missed(now)
        if self.monitor.is_silent:
            count = str(self.monitor.missed)
            async_raise_issue(self._hass, self._entry, IssueType.CALLBACKS_SILENT, count=count)
        else:
            async_clear_issue(self._hass, self._entry, IssueType.CALLBACKS_SILENT)
        if self.monitor.lacks_address(now):
            async_raise_issue(self._hass, self._entry, IssueType.NO_CALLBACK_ADDRESS)
        else:
            async_clear_issue(self._hass, self._entry, IssueType.NO_CALLBACK_ADDRESS)
        return has_address and not self.monitor.is_silent

    @callback
    def _async_handle_report(self, event: ReportEvent) -> None:
        message = self._processor.message_log.messages.get(event.message_id or "")
        if message is not None and not message.pending_count:
            self.monitor.note_final(message.message_id, self._processor.now())
