"""Monitor of permanent delivery failures: repair issues for recipients that cannot be reached, until a delivery.

Only recipients have issues: other numbers, and the members of a group, are not configured here. The number of issues is
limited, so that a list of old numbers does not hide everything else.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..api import DeliveryOutcome, MessageStatus, StopClause
from ..config.options import AccountOptions
from ..config.recipients import Recipient, Recipients
from ..config.sender_names import is_generic_sender
from ..helpers.listeners import Subscriptions
from ..helpers.repair_issues import (
    IssueType,
    async_clear_issue,
    async_clear_recipient_issues,
    async_raise_issue,
    async_recipients_with_issues,
)
from ..helpers.targets import GROUP_PREFIX
from .events import ReportEvent
from .processor import InboundProcessor

MAX_RECIPIENTS = 20
_ISSUES = {
    MessageStatus.BLOCKED_RECIPIENT: IssueType.RECIPIENT_BLOCKED,
    MessageStatus.INVALID_RECIPIENT: IssueType.RECIPIENT_INVALID,
}


class DeliveryFailureMonitor:
    """Monitor of the recipients of one account that cannot be reached, and of its sender where operators block it."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        processor: InboundProcessor,
        recipients: Recipients,
        settings: AccountOptions,
    ) -> None:
        """Do nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._processor = processor
        self._recipients = recipients
        sender = settings.sender
        self._generic_sender = sender if sender is not None and is_generic_sender(sender) else None
        # Without a sender of its own an account has no use for the opt-out clause.
        lacks_clause = sender is not None and settings.stop is StopClause.NEVER
        self._is_sender_at_risk = self._generic_sender is not None or lacks_clause
        self._spam_targets: set[str] = set()
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Restore the issues from the latest statuses and the options, and subscribe to delivery reports."""
        if self._generic_sender is not None:
            async_raise_issue(self._hass, self._entry, IssueType.SENDER_GENERIC, sender=self._generic_sender)
        else:
            async_clear_issue(self._hass, self._entry, IssueType.SENDER_GENERIC)
        last = self._processor.message_log.last_status_of.items()
        # The status of a group is that of its members, each of whom has one as well.
        self._restore({target: each.status for target, each in last if not target.startswith(GROUP_PREFIX)})
        self._subscriptions.add(self._processor.report_received.subscribe(self._async_handle_report))
        self._processor.is_in_doubt = self._is_in_doubt

    def _is_in_doubt(self, number: str) -> bool:
        """Return whether a delivery to a number would clear an issue."""
        recipient = self._recipients.find(number)
        is_shown = recipient is not None and recipient.subentry_id in async_recipients_with_issues(
            self._hass, self._entry
        )
        return is_shown or number in self._spam_targets

    def _restore(self, last: dict[str, MessageStatus]) -> None:
        known = {
            recipient.subentry_id: _ISSUES.get(last[recipient.target])
            for recipient in self._recipients.all
            if recipient.target in last
        }
        for subentry_id in async_recipients_with_issues(self._hass, self._entry):
            async_clear_recipient_issues(self._hass, self._entry, subentry_id, but=known.get(subentry_id))
        for recipient in self._recipients.all:
            if (issue := known.get(recipient.subentry_id)) is not None:
                self._raise_recipient_issue(recipient, issue)
        self._spam_targets = {target for target, status in last.items() if status is MessageStatus.PERMANENT_SPAM}
        self._update_sender_issue()

    @callback
    def _async_handle_report(self, report: ReportEvent) -> None:
        """Raise the issue of a permanent failure; a delivery clears it."""
        recipient = self._recipients.find(report.number)
        if recipient is not None and (issue := _ISSUES.get(report.status)) is not None:
            self._raise_recipient_issue(recipient, issue)
        if report.status is MessageStatus.PERMANENT_SPAM:
            self._spam_targets.add(report.number)
        elif report.outcome is DeliveryOutcome.DELIVERED:
            self._spam_targets.discard(report.number)
            if recipient is not None:
                async_clear_recipient_issues(self._hass, self._entry, recipient.subentry_id)
        self._update_sender_issue()

    def _raise_recipient_issue(self, recipient: Recipient, issue: IssueType) -> None:
        with_issues = async_recipients_with_issues(self._hass, self._entry)
        if recipient.subentry_id in with_issues or len(with_issues) < MAX_RECIPIENTS:
            async_raise_issue(self._hass, self._entry, issue, recipient.subentry_id, recipient=recipient.name)
            async_clear_recipient_issues(self._hass, self._entry, recipient.subentry_id, but=issue)

    def _update_sender_issue(self) -> None:
        if self._spam_targets and self._is_sender_at_risk:
            async_raise_issue(self._hass, self._entry, IssueType.SENDER_BLOCKED)
        else:
            async_clear_issue(self._hass, self._entry, IssueType.SENDER_BLOCKED)

    @callback
    def async_stop(self) -> None:
        """Unsubscribe. Issues are cleared only when the account is disabled: else a person may have ignored them."""
        self._subscriptions.end()
        if self._entry.disabled_by is None:
            return
        async_clear_issue(self._hass, self._entry, IssueType.SENDER_BLOCKED)
        async_clear_issue(self._hass, self._entry, IssueType.SENDER_GENERIC)
        for subentry_id in async_recipients_with_issues(self._hass, self._entry):
            async_clear_recipient_issues(self._hass, self._entry, subentry_id)
