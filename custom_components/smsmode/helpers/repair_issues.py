"""Repair issues of an account, its recipients and its watchdogs: raised, cleared and restored."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

DOCS = "https://github.com/smsmode-ha/smsmode/blob/main/docs"
DATA_ENTRY = "entry_id"
DATA_RECIPIENT = "subentry_id"


class IssueType(StrEnum):
    """What can be wrong with an account, a recipient or a watchdog; the value is the translation key."""

    ACCOUNT_UNPROVEN = "account_unproven"
    ALERT_NOT_SENT = "alert_not_sent"
    ALERT_SLEPT = "alert_slept"
    CALLBACKS_SILENT = "callbacks_silent"
    CLOCKS_DIFFER = "clocks_differ"
    DAILY_LIMIT_REACHED = "daily_limit_reached"
    URGENT_DAILY_LIMIT_REACHED = "urgent_daily_limit_reached"
    ASSISTANT_LIMIT_REACHED = "assistant_limit_reached"
    RECIPIENT_LIMIT_REACHED = "recipient_limit_reached"
    FALLBACK_FAILED = "fallback_failed"
    GATEWAY_RETIRED = "gateway_retired"
    GROUP_EMPTY = "group_empty"
    LINKS_MISSING = "links_missing"
    LOW_BALANCE = "low_balance"
    MESSAGE_GIVEN_UP = "message_given_up"
    MESSAGE_UNKNOWN = "message_unknown"
    MESSAGES_WAITING = "messages_waiting"
    MISSING_IN_YAML = "missing_in_yaml"
    NIGHT_DELIVERY = "night_delivery"
    NO_CREDIT = "no_credit"
    NO_CALLBACK_ADDRESS = "no_callback_address"
    PLAN_TOO_LARGE = "plan_too_large"
    QUIET_SCHEDULE_UNUSABLE = "quiet_schedule_unusable"
    RECIPIENT_BLOCKED = "recipient_blocked"
    RECIPIENT_INVALID = "recipient_invalid"
    RECIPIENTS_LEFT_OUT = "recipients_left_out"
    RECORDS_UNREADABLE = "records_unreadable"
    REPLIES_LEFT_OUT = "replies_left_out"
    SENDER_BLOCKED = "sender_blocked"
    SENDER_GENERIC = "sender_generic"
    STATE_UNREADABLE = "state_unreadable"
    STATE_UNWRITABLE = "state_unwritable"
    TEXT_CUT = "text_cut"
    TEXT_REPLACED = "text_replaced"
    UNKNOWN_RECIPIENTS = "unknown_recipients"
    WATCHDOG_ASLEEP = "watchdog_asleep"
    WATCHDOG_FAILING = "watchdog_failing"
    WATCHDOG_STOPPED = "watchdog_stopped"
    WATCHDOG_COSTLY = "watchdog_costly"
    WATCHDOG_LEFT_BEHIND = "watchdog_left_behind"


RECIPIENT_ISSUES = (IssueType.RECIPIENT_BLOCKED, IssueType.RECIPIENT_INVALID)


class HelpPage(NamedTuple):
    """A part of the documentation, as a path under `docs/`, in each of its languages."""

    en: str
    fr: str

    @override
    def __repr__(self) -> str:
        """Return the name of the class alone."""
        return "HelpPage"

    def url(self, language: str) -> str:
        """Return the address on the web; of a language without documentation, that of the English page."""
        return f"{DOCS}/{self.fr if language == 'fr' else self.en}"


REPAIRS = HelpPage("troubleshooting.md#repair-issues", "fr/troubleshooting.md#réparations")
CALLBACKS = HelpPage("configuration.md#callbacks", "fr/configuration.md#notifications-de-la-passerelle")
YAML = HelpPage("configuration.md#in-yaml", "fr/configuration.md#en-yaml")
WATCHDOG = HelpPage("watchdog.md", "fr/watchdog.md")
CHANNEL = HelpPage(
    "first-check.md#ask-smsmode-for-the-notifications-channel",
    "fr/first-check.md#demander-à-smsmode-le-canal-notifications",
)
LINKS = HelpPage("questions-and-alerts.md#links-in-sms", "fr/questions-and-alerts.md#liens-dans-les-sms")
SENDER = HelpPage("sending.md#sender-name", "fr/sending.md#nom-démetteur")
CHECK = HelpPage("first-check.md#the-check", "fr/first-check.md#le-contrôle")


class IssueSpec(NamedTuple):
    """How a issue_type is shown: its severity, the page that explains it, and whether a person has to fix it here."""

    severity: ir.IssueSeverity
    help: HelpPage = REPAIRS
    is_fixable: bool = False


_ERROR, _WARNING = ir.IssueSeverity.ERROR, ir.IssueSeverity.WARNING
ISSUES: Mapping[IssueType, IssueSpec] = {
    IssueType.ACCOUNT_UNPROVEN: IssueSpec(_WARNING, CHECK, is_fixable=True),
    IssueType.ALERT_NOT_SENT: IssueSpec(_ERROR),
    IssueType.ALERT_SLEPT: IssueSpec(_ERROR, is_fixable=True),
    IssueType.CALLBACKS_SILENT: IssueSpec(_WARNING, CALLBACKS),
    IssueType.CLOCKS_DIFFER: IssueSpec(_WARNING),
    IssueType.DAILY_LIMIT_REACHED: IssueSpec(_ERROR),
    IssueType.URGENT_DAILY_LIMIT_REACHED: IssueSpec(_ERROR),
    IssueType.ASSISTANT_LIMIT_REACHED: IssueSpec(_WARNING),
    IssueType.RECIPIENT_LIMIT_REACHED: IssueSpec(_ERROR),
    IssueType.FALLBACK_FAILED: IssueSpec(_ERROR),
    IssueType.GATEWAY_RETIRED: IssueSpec(_ERROR),
    IssueType.GROUP_EMPTY: IssueSpec(_ERROR),
    IssueType.LINKS_MISSING: IssueSpec(_WARNING, LINKS),
    IssueType.LOW_BALANCE: IssueSpec(_WARNING),
    IssueType.MESSAGE_GIVEN_UP: IssueSpec(_ERROR, is_fixable=True),
    IssueType.MESSAGE_UNKNOWN: IssueSpec(_ERROR, is_fixable=True),
    IssueType.MESSAGES_WAITING: IssueSpec(_WARNING, is_fixable=True),
    IssueType.MISSING_IN_YAML: IssueSpec(_WARNING, YAML),
    IssueType.NIGHT_DELIVERY: IssueSpec(_WARNING, CHANNEL, is_fixable=True),
    IssueType.NO_CREDIT: IssueSpec(_ERROR),
    IssueType.NO_CALLBACK_ADDRESS: IssueSpec(_WARNING, CALLBACKS),
    IssueType.PLAN_TOO_LARGE: IssueSpec(_ERROR),
    IssueType.QUIET_SCHEDULE_UNUSABLE: IssueSpec(_WARNING),
    IssueType.RECIPIENT_BLOCKED: IssueSpec(_ERROR, is_fixable=True),
    IssueType.RECIPIENT_INVALID: IssueSpec(_ERROR, is_fixable=True),
    IssueType.RECIPIENTS_LEFT_OUT: IssueSpec(_ERROR),
    IssueType.RECORDS_UNREADABLE: IssueSpec(_ERROR, is_fixable=True),
    IssueType.REPLIES_LEFT_OUT: IssueSpec(_WARNING, is_fixable=True),
    IssueType.SENDER_BLOCKED: IssueSpec(_WARNING, SENDER),
    IssueType.SENDER_GENERIC: IssueSpec(_WARNING, SENDER),
    IssueType.STATE_UNREADABLE: IssueSpec(_ERROR, is_fixable=True),
    IssueType.STATE_UNWRITABLE: IssueSpec(ir.IssueSeverity.CRITICAL),
    IssueType.TEXT_CUT: IssueSpec(_WARNING, is_fixable=True),
    IssueType.TEXT_REPLACED: IssueSpec(_WARNING, is_fixable=True),
    IssueType.UNKNOWN_RECIPIENTS: IssueSpec(_WARNING),
    IssueType.WATCHDOG_ASLEEP: IssueSpec(_ERROR, WATCHDOG),
    IssueType.WATCHDOG_FAILING: IssueSpec(_ERROR, WATCHDOG),
    IssueType.WATCHDOG_STOPPED: IssueSpec(_ERROR, WATCHDOG),
    IssueType.WATCHDOG_COSTLY: IssueSpec(_ERROR, WATCHDOG),
    IssueType.WATCHDOG_LEFT_BEHIND: IssueSpec(_WARNING, WATCHDOG),
}
_CLOSED_BY_A_PERSON = (
    IssueType.MESSAGE_GIVEN_UP,
    IssueType.NIGHT_DELIVERY,
    IssueType.RECORDS_UNREADABLE,
    IssueType.REPLIES_LEFT_OUT,
    IssueType.STATE_UNREADABLE,
)


@callback
def async_raise_issue(
    hass: HomeAssistant,
    entry: ConfigEntry,
    issue_type: IssueType,
    subentry_id: str | None = None,
    *,
    part: str | None = None,
    severity: ir.IssueSeverity | None = None,
    **placeholders: str,
) -> None:
    """Raise an issue of an account, or of one of its subentries; one that is shown gets the new placeholders.

    ``part`` tells issues of one type apart that have no subentry; ``severity`` is another one than that of the type.
    """
    spec = ISSUES[issue_type]
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, issue_type, subentry_id or part),
        data={DATA_ENTRY: entry.entry_id, DATA_RECIPIENT: subentry_id},
        is_fixable=spec.is_fixable,
        # Else the names would be on the disk, and in every bug report.
        is_persistent=False,
        learn_more_url=spec.help.url(hass.config.language),
        severity=severity or spec.severity,
        translation_key=issue_type,
        translation_placeholders={"account": entry.title, **placeholders},
    )


@callback
def async_clear_issue(
    hass: HomeAssistant, entry: ConfigEntry, issue_type: IssueType, subentry_id: str | None = None
) -> None:
    """Clear an issue of an account, or of one of its subentries, if it was raised."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, issue_type, subentry_id))


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry, issue_type: IssueType) -> None:
    """Clear the issues of a type, whatever part of an account they are about."""
    start = _issue_id(entry, issue_type)
    for issue_id in [each for each in _issue_ids(hass, entry) if each.startswith(start)]:
        ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def async_is_shown(hass: HomeAssistant, entry: ConfigEntry, issue_type: IssueType) -> bool:
    """Return whether an issue of an account is shown, or was when Home Assistant stopped."""
    return ir.async_get(hass).async_get_issue(DOMAIN, _issue_id(entry, issue_type)) is not None


@callback
def async_clear_recipient_issues(
    hass: HomeAssistant, entry: ConfigEntry, subentry_id: str, *, but: IssueType | None = None
) -> None:
    """Clear the issues of one recipient, but for one."""
    for issue_type in RECIPIENT_ISSUES:
        if issue_type is not but:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, issue_type, subentry_id))


@callback
def async_recipients_with_issues(hass: HomeAssistant, entry: ConfigEntry) -> set[str]:
    """Return the ids of the recipients that have issues, or had when Home Assistant stopped."""
    starts = tuple(f"{_issue_id(entry, issue_type)}_" for issue_type in RECIPIENT_ISSUES)
    return {issue_id.rpartition("_")[2] for issue_id in _issue_ids(hass, entry) if issue_id.startswith(starts)}


@callback
def async_restore_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Raise again after a restart what a person has not closed yet."""
    for issue_type in _CLOSED_BY_A_PERSON:
        issue = ir.async_get(hass).async_get_issue(DOMAIN, _issue_id(entry, issue_type))
        if issue is not None and not issue.active:
            async_raise_issue(hass, entry, issue_type)


@callback
def async_clear_all_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Clear all issues of an account."""
    for issue_id in list(_issue_ids(hass, entry)):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


def _issue_ids(hass: HomeAssistant, entry: ConfigEntry) -> Iterator[str]:
    return (
        issue_id
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN and entry.entry_id in issue_id.split("_")
    )


def _issue_id(entry: ConfigEntry, issue_type: IssueType, part: str | None = None) -> str:
    return f"{issue_type}_{entry.entry_id}" if part is None else f"{issue_type}_{entry.entry_id}_{part}"
