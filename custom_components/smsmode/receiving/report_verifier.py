"""Verifier of delivery reports: what somebody acts on is only announced by a callback, and the gateway confirms it.

Callbacks are unsigned. A forged failure would end the wait of an alert, raise a repair issue or mark a recipient as
unreachable; so of such a report the gateway is asked (compteRendu, p. 10), at once, and then with exponential backoff
for a minute. What is not confirmed by then is dropped: the message still awaits its report, and is polled.
"""

import contextlib
from collections.abc import Iterable
from time import monotonic

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..api import DeliveryReport, SmsmodeError
from ..const import DOMAIN
from ..helpers.listeners import Subscriptions
from ..helpers.tasks import BackgroundTasks
from .processor import InboundProcessor
from .report_fetcher import ReportFetcher

VERIFY_TIMEOUT = 60.0
LOOKUP_INTERVAL = 3.0
MAX_BACKOFF = 24.0
MAX_PENDING = 200
# Of so many messages the gateway is asked in one lookup, those of alerts first.
MAX_LOOKUPS = 5


class ReportVerifier:
    """Verifier of the delivery reports that callbacks announced and the gateway has not confirmed yet."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, processor: InboundProcessor, reports: ReportFetcher
    ) -> None:
        """Do nothing before `async_start`."""
        self._hass = hass
        self._processor = processor
        self._reports = reports
        # When a message was announced to have a report, by the monotonic clock, and the reports.
        self._pending: dict[str, tuple[float, dict[str, DeliveryReport]]] = {}
        self._is_verifying = False
        self._looked_up_at = 0.0
        self._backoff = LOOKUP_INTERVAL
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} report verification")
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Subscribe to announced reports."""
        self._subscriptions.add(self._processor.report_announced.subscribe(self._async_submit))

    @callback
    def async_stop(self) -> None:
        """Cancel the lookups; what was not confirmed is found by the next poll."""
        self._subscriptions.end()
        self._tasks.cancel()
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    @callback
    def _async_submit(self, report: DeliveryReport) -> None:
        """Keep an announced report as pending, and start to verify it unless the next lookup is scheduled."""
        is_new = report.message_id not in self._pending
        if is_new and len(self._pending) >= MAX_PENDING:
            return
        announced = self._pending.setdefault(report.message_id, (monotonic(), {}))[1]
        announced[report.number] = report
        if self._is_verifying:
            return
        is_rested = monotonic() - self._looked_up_at >= LOOKUP_INTERVAL
        if self._cancel_timer is None or ((is_new or is_rested) and self._processor.is_of_alert(report.message_id)):
            self._async_start_lookup()

    @callback
    def _async_start_lookup(self, _now: object = None) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if self._pending:
            self._is_verifying = True
            self._tasks.create(self._async_verify())
        else:
            self._backoff = LOOKUP_INTERVAL

    async def _async_verify(self) -> None:
        """Ask the gateway about the pending messages; schedule the next lookup."""
        self._looked_up_at = begun_at = monotonic()
        try:
            for message_id in self._next():
                await self._async_look_up(message_id)
        finally:
            self._is_verifying = False
        self._pending = {
            message_id: (submitted_at, announced)
            for message_id, (submitted_at, announced) in self._pending.items()
            if begun_at - submitted_at < VERIFY_TIMEOUT
        }
        self._cancel_timer = async_call_later(self._hass, self._backoff, self._async_start_lookup)
        self._backoff = min(2 * self._backoff, MAX_BACKOFF)

    def _next(self) -> Iterable[str]:
        """Return the messages to ask about now; those that were asked about come last the next time."""
        of_alerts = sorted(self._pending, key=lambda message_id: not self._processor.is_of_alert(message_id))
        for message_id in of_alerts[:MAX_LOOKUPS]:
            self._pending[message_id] = self._pending.pop(message_id)
        return of_alerts[:MAX_LOOKUPS]

    async def _async_look_up(self, message_id: str) -> None:
        submitted_at, announced = self._pending[message_id]
        confirmed: set[str] = set()
        with contextlib.suppress(SmsmodeError):
            confirmed = await self._reports.async_confirm(message_id, announced)
        left = {number: report for number, report in announced.items() if number not in confirmed}
        if left:
            self._pending[message_id] = submitted_at, left
        else:
            del self._pending[message_id]
            self._backoff = LOOKUP_INTERVAL
