"""Notifier of alerts: their events, and a repair issue of those that reach nobody."""

from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from ..config.recipients import Recipients
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN, EVENT_ALERT_CHANGED, LOGGER
from ..helpers.listeners import Listeners
from ..helpers.notices import async_show_notice
from ..helpers.redaction import quoted
from ..helpers.repair_issues import IssueType, async_clear_issue, async_clear_issues, async_raise_issue
from ..state.alert_phases import AcknowledgedHow, AlertPhase, AlertReason
from ..state.alert_steps import Channel
from ..state.alerts import Alert
from .alert_targets import name_of

_MAX_LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Acknowledgement:
    """Who takes care of an alert, in which way they said so, and the id of the answer if they wrote one."""

    by: str
    how: AcknowledgedHow
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertEvent:
    """Change of state of an alert; its public data has the names of recipients, and nobody's number or text."""

    alert: Alert
    alert_id: str
    state: AlertPhase
    step: int
    recipients: tuple[str, ...]
    channel: Channel
    acknowledged: Acknowledgement | None = None
    reason: AlertReason | None = None
    next_attempt: str | None = None
    presence_ignored: bool = False
    camera_failed: bool = False

    @property
    def acknowledged_by(self) -> str | None:
        """Who takes care."""
        return self.acknowledged.by if self.acknowledged else None

    def as_dict(self) -> dict[str, Any]:
        """Return the public event data."""
        data: dict[str, Any] = {
            "alert_id": self.alert_id,
            "state": self.state,
            "step": self.step,
            "recipients": list(self.recipients),
            "how": self.channel,
            "acknowledged_by": self.acknowledged_by,
            "acknowledged_how": self.acknowledged and self.acknowledged.how,
            "answer": self.acknowledged and self.acknowledged.answer,
        }
        if self.reason is not None:
            data["reason"] = self.reason
        if self.state is AlertPhase.NOT_SENT:
            data["next_attempt"] = self.next_attempt
        if self.presence_ignored:
            data["presence_ignored"] = True
        if self.camera_failed:
            data["camera_failed"] = True
        return data


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UnsentAlert:
    """An alert whose message cannot leave, for those who know another way to tell somebody."""

    key: str
    alert_id: str
    reason: AlertReason
    message: str
    recipients: tuple[str, ...]


class AlertNotifier:
    """Notifier of the alerts of one account.

    ``not_sent`` notifies at once, and once, of each alert that cannot leave, be it tried again or not.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, recipients: Recipients) -> None:
        """Begin without listeners."""
        self._hass = hass
        self._entry = entry
        self._recipients = recipients
        self.changed: Listeners[AlertEvent] = Listeners()
        self.not_sent: Listeners[UnsentAlert] = Listeners()
        # Of the alerts that reach nobody: the reason, and how they are listed.
        self._unreached: dict[str, tuple[AlertReason, str]] = {}

    def name_of(self, target: str) -> str:
        """Return the name of a recipient, a notifier or a script, or a masked number."""
        return name_of(self._hass, self._recipients, target)

    @callback
    def async_start(self) -> None:
        """Clear what an earlier life of the account has raised: what is wrong with it was changed since, or is seen."""
        async_clear_issue(self._hass, self._entry, IssueType.ALERT_NOT_SENT)
        async_clear_issues(self._hass, self._entry, IssueType.RECIPIENTS_LEFT_OUT)

    @callback
    def async_publish(self, alert: Alert, acknowledged: Acknowledgement | None = None) -> None:
        """Publish a change of an alert."""
        event = AlertEvent(
            alert=alert,
            alert_id=alert.alert_id,
            state=alert.phase,
            step=alert.position + 1,
            recipients=self._names(alert),
            channel=alert.step.channel,
            acknowledged=acknowledged,
            reason=alert.reason,
            next_attempt=dt_util.as_local(alert.due).isoformat() if alert.due else None,
            presence_ignored=alert.is_presence_ignored and alert.phase.is_running,
            camera_failed=alert.camera is not None and alert.camera.has_failed,
        )
        self.changed.notify(event)
        self._hass.bus.async_fire(EVENT_ALERT_CHANGED, {ATTR_CONFIG_ENTRY_ID: self._entry.entry_id, **event.as_dict()})

    @callback
    def async_report_not_sent(self, alert: Alert) -> None:
        """Report that the message of an alert cannot leave."""
        reason = alert.reason or AlertReason.NOBODY_REACHED
        LOGGER.error("The alert %s of %s cannot be sent: %s", alert.alert_id, self._entry.title, reason)
        self._raise_issue(alert, reason)
        unsent = UnsentAlert(
            key=alert.key,
            alert_id=alert.alert_id,
            reason=reason,
            message=alert.message,
            recipients=self._names(alert),
        )
        self.not_sent.notify(unsent)

    @callback
    def async_report_exhausted(self, alert: Alert) -> None:
        """Report that nobody acknowledged an alert."""
        LOGGER.error("Nobody of %s acknowledged the alert %s", self._entry.title, alert.alert_id)
        if alert.reason is not None and alert.reason is not AlertReason.NOBODY_ACTED:
            self._raise_issue(alert, alert.reason)

    @callback
    def async_report_slept(self, alert: Alert) -> None:
        """Report that an alert has ended, because it slept for too long."""
        LOGGER.error("The alert %s of %s slept for too long and has ended", alert.alert_id, self._entry.title)
        alert_id = alert.alert_id
        async_raise_issue(self._hass, self._entry, IssueType.ALERT_SLEPT, part=alert_id, alert_id=alert_id)
        async_show_notice(self._hass, "alert_slept", alert.key, account=self._entry.title, alert_id=alert_id)

    @callback
    def async_note_accepted(self) -> None:
        """Record that the gateway takes messages: the account is refused no more."""
        self._keep({AlertReason.NOBODY_REACHED})

    @callback
    def async_note_reached(self) -> None:
        """Record that an alert has reached somebody."""
        self._keep(set())

    def _keep(self, reasons: set[AlertReason]) -> None:
        kept = {key: unreached for key, unreached in self._unreached.items() if unreached[0] in reasons}
        if kept != self._unreached:
            self._unreached = kept
            self._update_issue()

    def _raise_issue(self, alert: Alert, reason: AlertReason) -> None:
        words = async_get_cached_translations(self._hass, self._hass.config.language, "common", DOMAIN)
        why = words.get(f"component.{DOMAIN}.common.alert_{reason}", reason)
        people = ", ".join(map(quoted, self._names(alert, all_steps=not alert.was_accepted)))
        self._unreached.pop(alert.alert_id, None)
        self._unreached[alert.alert_id] = reason, f"- {quoted(alert.alert_id)} → {people}: {why}"
        if len(self._unreached) > _MAX_LISTED:
            del self._unreached[next(iter(self._unreached))]
        self._update_issue()

    def _update_issue(self) -> None:
        if self._unreached:
            listed = "\n".join(line for _, line in self._unreached.values())
            async_raise_issue(self._hass, self._entry, IssueType.ALERT_NOT_SENT, list=listed)
        else:
            async_clear_issue(self._hass, self._entry, IssueType.ALERT_NOT_SENT)

    def _names(self, alert: Alert, *, all_steps: bool = False) -> tuple[str, ...]:
        """Return the names of the current step, or of everybody whom the alert is for."""
        everybody = [target for step in alert.steps for target in step.targets]
        return tuple(dict.fromkeys(map(self.name_of, everybody if all_steps else alert.targets)))
