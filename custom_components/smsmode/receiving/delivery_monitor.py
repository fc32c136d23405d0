"""What no second try will mend: whom the gateway does not deliver to, told in repair issues until a message arrives.

About recipients alone: whoever else a message went to, and the members of a group, are not kept in this house. So many
at most, lest a list of old numbers buries everything else.
"""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..api import DeliveryOutcome, MessageStatus, StopClause
from ..config.options import AccountOptions
from ..config.recipients import Recipient, Recipients
from ..helpers.listeners import Subscriptions
from ..helpers.repair_issues import (
    IssueType,
    async_clear_issue,
    async_clear_recipient_issues,
    async_raise_issue,
    async_raise_recipient_issue,
    async_recipients_told_of,
)
from ..helpers.targets import GROUP_PREFIX
from .processor import InboundProcessor, ReportEvent

MAX_RECIPIENTS = 20
_PROBLEMS = {
    MessageStatus.BLOCKED_RECIPIENT: IssueType.RECIPIENT_BLOCKED,
    MessageStatus.INVALID_RECIPIENT: IssueType.RECIPIENT_INVALID,
}


class DeliveryFailureMonitor:
    """The recipients of one account that nothing reaches, and its sender where operators stop it."""

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
        # Without a sender of its own an account has no use for the mention.
        self._is_at_risk = settings.sender is not None and settings.stop is StopClause.NEVER
        self._spam_to: set[str] = set()
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Listen to delivery reports, and tell again what was known before a restart."""
        last = self._processor.message_log.last_status_of.items()
        # What is noted of a group is what was heard of its members, of whom it is noted as well.
        self._recall({target: each.status for target, each in last if not target.startswith(GROUP_PREFIX)})
        self._subscriptions.add(self._processor.async_on_report(self._async_hear))

    def _recall(self, last: dict[str, MessageStatus]) -> None:
        known = {
            recipient.subentry_id: _PROBLEMS.get(last[recipient.target])
            for recipient in self._recipients.all
            if recipient.target in last
        }
        for subentry_id in async_recipients_told_of(self._hass, self._entry):
            async_clear_recipient_issues(self._hass, self._entry, subentry_id, but=known.get(subentry_id))
        for recipient in self._recipients.all:
            if (problem := known.get(recipient.subentry_id)) is not None:
                self._tell(recipient, problem)
        self._spam_to = {target for target, status in last.items() if status is MessageStatus.PERMANENT_SPAM}
        self._tell_of_sender()

    @callback
    def _async_hear(self, report: ReportEvent) -> None:
        """Tell of what is refused for good; of whom a message reaches, take it back."""
        recipient = self._recipients.find(report.number)
        if recipient is not None and (problem := _PROBLEMS.get(report.status)) is not None:
            self._tell(recipient, problem)
        if report.status is MessageStatus.PERMANENT_SPAM:
            self._spam_to.add(report.number)
        elif report.outcome is DeliveryOutcome.DELIVERED:
            self._spam_to.discard(report.number)
            if recipient is not None:
                async_clear_recipient_issues(self._hass, self._entry, recipient.subentry_id)
        self._tell_of_sender()

    def _tell(self, recipient: Recipient, problem: IssueType) -> None:
        told = async_recipients_told_of(self._hass, self._entry)
        if recipient.subentry_id in told or len(told) < MAX_RECIPIENTS:
            async_raise_recipient_issue(self._hass, self._entry, problem, recipient)
            async_clear_recipient_issues(self._hass, self._entry, recipient.subentry_id, but=problem)

    def _tell_of_sender(self) -> None:
        if self._spam_to and self._is_at_risk:
            async_raise_issue(self._hass, self._entry, IssueType.SENDER_BLOCKED)
        else:
            async_clear_issue(self._hass, self._entry, IssueType.SENDER_BLOCKED)

    @callback
    def async_stop(self) -> None:
        """Take it back when the account is disabled. Else it stays, and with it that a person ignores it."""
        self._subscriptions.end()
        if self._entry.disabled_by is None:
            return
        async_clear_issue(self._hass, self._entry, IssueType.SENDER_BLOCKED)
        for subentry_id in async_recipients_told_of(self._hass, self._entry):
            async_clear_recipient_issues(self._hass, self._entry, subentry_id)
