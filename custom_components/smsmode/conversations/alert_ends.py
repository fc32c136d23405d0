"""Ends of alerts: what was not sent is cancelled, the others are notified, and the alert is forgotten."""

from homeassistant.core import callback

from ..sending.worker import OutboxWorker
from ..state.alerts import Alert
from ..state.store import AccountStore
from .alert_sender import AlertSender


class AlertEnds:
    """Ends of the alerts of one account."""

    def __init__(self, store: AccountStore, worker: OutboxWorker, sender: AlertSender) -> None:
        """End nothing yet."""
        self._store = store
        self._alerts = store.state.alerts
        self._worker = worker
        self._sender = sender

    @callback
    def async_cancel_messages(self, alert: Alert) -> None:
        """Cancel the messages of an alert that are still in the outbox."""
        for item in list(self._store.state.outbox.items.values()):
            if (item.reference or "").startswith(alert.reference_prefix):
                self._worker.async_cancel(item)

    async def async_finish(self, alert: Alert) -> None:
        """Notify the others, if there is a notice for them; then forget the alert."""
        self._sender.async_end_notifications(alert)
        if not self._store.state.is_enqueued(alert.notice_reference):
            await self._sender.async_tell_notice(alert)
        self.async_close(alert)

    @callback
    def async_close(self, alert: Alert) -> None:
        """Forget an alert."""
        self._alerts.all.pop(alert.key, None)
        self._store.async_save_soon()
