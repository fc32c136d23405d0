"""Monitor of unknown messages: tells of each of which nobody will know whether it was sent."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..api import MessageStatus
from ..config.recipients import Recipients
from ..const import LOGGER
from ..helpers.redaction import mask_numbers
from ..helpers.repair_issues import IssueType, async_clear_issue, async_is_shown, async_raise_issue
from ..state.outbox import OutboxItem
from ..state.store import AccountStore
from .attempt import GatewaySender

# As many names as a person reads.
MAX_NAMES = 10


class UnknownMessageMonitor:
    """Monitor of the unknown messages of one account. Who may have missed one is read from the latest statuses."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        recipients: Recipients,
        store: AccountStore,
        gateway_sender: GatewaySender,
    ) -> None:
        """Raise the issue again that a person has not closed before the restart."""
        self._hass = hass
        self._entry = entry
        self._recipients = recipients
        self._store = store
        self._gateway_sender = gateway_sender
        if async_is_shown(hass, entry, IssueType.MESSAGE_UNKNOWN):
            self._raise()

    @callback
    def async_tell(self, item: OutboxItem) -> None:
        """Take a message off the outbox, and tell: it may have been sent, and paid."""
        self._gateway_sender.release_unknown(item)
        if item.is_provisional:
            # The watchdog looks for it.
            return
        LOGGER.error("It was not found out whether a message of %s was sent", self._entry.title)
        # Cleared first, because an issue that was ignored would stay ignored.
        async_clear_issue(self._hass, self._entry, IssueType.MESSAGE_UNKNOWN)
        self._raise()

    def _raise(self) -> None:
        async_raise_issue(self._hass, self._entry, IssueType.MESSAGE_UNKNOWN, recipients=self._names())

    def _names(self) -> str:
        """Return the names of those whose latest message is unknown; a number that is no recipient's is masked."""
        statuses = self._store.state.message_log.last_status_of.items()
        unknown = [
            target for target, last in statuses if last.status is MessageStatus.UNDEFINED and last.message_id is None
        ]
        names = [self._recipients.name_of_target(target) or mask_numbers(target) for target in unknown]
        return ", ".join(names[-MAX_NAMES:]) or "…"
