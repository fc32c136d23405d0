"""Ends of alerts: what was not sent is cancelled, the others are notified, and the alert is forgotten or kept.

It is kept if those who were alarmed are to be told later that its cause is over. Nothing of it runs meanwhile.
"""

from homeassistant.core import callback

from ..helpers.clock import Clock
from ..sending.worker import OutboxWorker
from ..state.alerts import Alert
from ..state.store import AccountStore
from .alert_sender import AlertSender


class AlertEnds:
    """Ends of the alerts of one account."""

    def __init__(self, store: AccountStore, worker: OutboxWorker, sender: AlertSender, clock: Clock) -> None:
        """End nothing yet."""
        self._store = store
        self._alerts = store.state.alerts
        self._worker = worker
        self._sender = sender
        self._clock = clock

    @callback
    def async_cancel_messages(self, alert: Alert) -> None:
        """Cancel the messages of an alert that are still in the outbox."""
        for item in list(self._store.state.outbox.items.values()):
            if (item.reference or "").startswith(alert.reference_prefix):
                self._worker.async_cancel(item)

    async def async_finish(self, alert: Alert) -> None:
        """Notify the others, if there is a notice for them; then forget the alert, or keep it."""
        end = alert.phase
        self._sender.async_end_notifications(alert)
        if not self._store.state.is_enqueued(alert.notice_reference):
            await self._sender.async_tell_notice(alert)
        if alert.phase is end:
            # Else its cause was over meanwhile, which is told by itself.
            self.async_close(alert)

    @callback
    def async_close(self, alert: Alert) -> None:
        """Keep an alert whose cause may be over later, and forget any other."""
        if alert.keep(self._clock.now()):
            self._alerts.all.mark_changed(alert.key)
            self._clock.async_wake()
        else:
            self._alerts.all.pop(alert.key, None)
        self._store.async_save_soon()

    @callback
    def async_look_over(self) -> None:
        """Forget the alerts that were kept for long enough."""
        now = self._clock.now()
        for alert in self._alerts.kept:
            if alert.kept_until is not None and alert.kept_until <= now:
                del self._alerts.all[alert.key]
                self._store.async_save_soon()
