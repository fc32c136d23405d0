"""Monitor of recipients that are named and that nobody has: a repair issue of the account that would write to them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE, EVENT_CALL_SERVICE, SERVICE_RELOAD
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util import slugify

from ..const import SUBENTRY_ALERT_PLAN, SUBENTRY_WATCHDOG
from ..helpers.listeners import Subscriptions
from ..helpers.redaction import quoted
from ..helpers.repair_issues import IssueType, async_clear_issue, async_clear_issues, async_raise_issue
from ..helpers.text_match import comparison_key
from .accounts import AmbiguousAccountError, choose_entry
from .alert_plans import alert_plan_of, readable_target
from .recipient_usage import RecipientUsage, find_usages
from .recipients import Recipients, is_recipient_name
from .watchdogs import watchdog_config_of

# A reload of automations takes a while after it was asked for.
CHECK_DELAY = timedelta(seconds=5)
_RELOADED = "automation_reloaded"
_MAX_LISTED = 20


class UnknownRecipientMonitor:
    """Looks for unknown recipients at the start, and when automations or scripts are reloaded.

    When a recipient is removed or renamed, its account is reloaded, and with it this monitor.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, recipients: Recipients) -> None:
        """Do nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._recipients = recipients
        self._subscriptions = Subscriptions()
        self._cancel_check: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> None:
        """Check once Home Assistant has started, and after each reload."""
        self._subscriptions.add(
            async_at_started(self._hass, self._async_check_started),
            self._hass.bus.async_listen(_RELOADED, self._async_check_soon),
            self._hass.bus.async_listen(EVENT_CALL_SERVICE, self._async_check_soon, _is_reload),
        )

    @callback
    def async_stop(self) -> None:
        """Check no more; the issue is raised anew at the next start if it is still true."""
        self._subscriptions.end()
        self._cancel()
        async_clear_issue(self._hass, self._entry, IssueType.UNKNOWN_RECIPIENTS)
        async_clear_issues(self._hass, self._entry, IssueType.GROUP_EMPTY)

    @callback
    def _async_check_started(self, _hass: HomeAssistant) -> None:
        self.async_check()

    @callback
    def _async_check_soon(self, _event: Event[Any]) -> None:
        self._cancel()
        self._cancel_check = async_call_later(self._hass, CHECK_DELAY, self._async_check_now)

    @callback
    def _async_check_now(self, _now: datetime) -> None:
        self._cancel_check = None
        self.async_check()

    @callback
    def async_check(self) -> None:
        """Raise the issue with what names unknown recipients, or clear it."""
        self._check_groups()
        unknown = {usage: names for usage in self._usages() if (names := self._unknown(usage))}
        if not unknown:
            async_clear_issue(self._hass, self._entry, IssueType.UNKNOWN_RECIPIENTS)
            return
        is_alert = any(usage.is_alert for usage in unknown)
        async_raise_issue(
            self._hass,
            self._entry,
            IssueType.UNKNOWN_RECIPIENTS,
            severity=ir.IssueSeverity.ERROR if is_alert else None,
            list=_listed(unknown),
        )

    def _check_groups(self) -> None:
        """Raise an issue for each group of recipients all of whom were removed."""
        async_clear_issues(self._hass, self._entry, IssueType.GROUP_EMPTY)
        for group in self._recipients.groups:
            if not group.members:
                async_raise_issue(
                    self._hass, self._entry, IssueType.GROUP_EMPTY, group.subentry_id, group=quoted(group.name)
                )

    def _usages(self) -> Iterator[RecipientUsage]:
        """Yield what names recipients of this account."""
        for usage in find_usages(self._hass):
            if self._is_ours(usage):
                yield usage
        for subentry in self._entry.get_subentries_of_type(SUBENTRY_WATCHDOG):
            names = tuple(filter(is_recipient_name, watchdog_config_of(subentry).targets))
            yield RecipientUsage(used_by=subentry.title, names=names, is_alert=True)
        for subentry in self._entry.get_subentries_of_type(SUBENTRY_ALERT_PLAN):
            names = tuple(filter(is_recipient_name, alert_plan_of(subentry).recipients))
            yield RecipientUsage(used_by=subentry.title, names=names, is_alert=True)

    def _is_ours(self, usage: RecipientUsage) -> bool:
        if usage.account is not None:
            ours = (self._entry.entry_id, f"notify.{slugify(self._entry.title)}")
            return usage.account in ours or comparison_key(usage.account) == comparison_key(self._entry.title)
        try:
            return choose_entry(self._hass, usage.names) is self._entry
        except AmbiguousAccountError:
            return False

    def _unknown(self, usage: RecipientUsage) -> tuple[str, ...]:
        # A watchdog and a plan name recipients by their ids as well.
        ids = self._entry.subentries
        names = (name for name in usage.names if name not in ids and not self._recipients.knows(name))
        return tuple(readable_target(self._hass, name) for name in names)

    def _cancel(self) -> None:
        if self._cancel_check is not None:
            self._cancel_check()
            self._cancel_check = None


@callback
def async_watch_recipients(hass: HomeAssistant, entry: ConfigEntry, recipients: Recipients) -> CALLBACK_TYPE:
    """Watch the recipients that are named; returns the function that ends it."""
    monitor = UnknownRecipientMonitor(hass, entry, recipients)
    monitor.async_start()
    return monitor.async_stop


@callback
def _is_reload(data: Mapping[str, Any]) -> bool:
    return data[ATTR_DOMAIN] in ("automation", "script") and data[ATTR_SERVICE] == SERVICE_RELOAD


def _listed(unknown: Mapping[RecipientUsage, Iterable[str]]) -> str:
    """Return a list in Markdown, each line with a name and what names it; quoted, so that no name is a link."""
    pairs = {(quoted(name), quoted(usage.used_by)) for usage, names in unknown.items() for name in names}
    lines = [f"- {name} ← {used_by}" for name, used_by in sorted(pairs)]
    return "\n".join([*lines[:_MAX_LISTED], *(["- …"] if len(lines) > _MAX_LISTED else [])])
