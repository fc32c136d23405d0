"""Links of alerts: made for each person of a step, found by their token, and dead when the alert is over.

For an hour after its end the link of an alert still says that it is over; nothing of that is on the disk.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..config.options import AccountOptions, LinkObstacle, link_base, link_obstacle, read_settings
from ..config.recipients import Recipients
from ..const import LOGGER
from ..helpers.bounds import drop_oldest
from ..helpers.clock import Clock
from ..helpers.links import SAMPLE_TOKEN, TOKEN_BYTES, digest_of, link_to
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..sending.pictures import PictureManager
from ..state.active_alerts import ActiveAlerts
from ..state.alert_phases import AlertPhase
from ..state.alerts import Alert
from ..state.links import AlertLink
from .alert_notifier import AlertEvent
from .alert_pictures import AlertPictures

# How long, and how many, links of alerts that are over say so.
TOLD_FOR: Final = timedelta(hours=1)
MAX_TOLD: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OverLink:
    """Link of an alert that is over: how it ended, who took care, and until when that is told."""

    phase: AlertPhase
    taken_by: str | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OpenLink:
    """Link by which a person acknowledges an alert that listens."""

    alert: Alert
    number: str


class AlertLinks:
    """Links of the alerts of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        recipients: Recipients,
        alerts: ActiveAlerts,
        clock: Clock,
        pictures: PictureManager,
    ) -> None:
        """Know the links that an earlier life of the account has left."""
        self.pictures = AlertPictures(hass, entry, pictures, alerts)
        self._hass = hass
        self._entry = entry
        self._options = read_settings(hass, entry)
        self._recipients = recipients
        self._alerts = alerts
        self._clock = clock
        self._open: dict[str, tuple[Alert, AlertLink]] = {}
        self._over: OrderedDict[str, OverLink] = OrderedDict()
        self._read()

    @property
    def obstacle(self) -> LinkObstacle | None:
        """Why there are no links now."""
        return link_obstacle(self._hass, self._options)

    @callback
    def async_check(self) -> None:
        """Tell if there is no address from outside where the account wants links, and no more if there is: it began."""
        if self.obstacle is LinkObstacle.NO_ADDRESS:
            async_raise_issue(self._hass, self._entry, IssueType.LINKS_MISSING)
        else:
            async_clear_issue(self._hass, self._entry, IssueType.LINKS_MISSING)

    def make(self, alert: Alert) -> Mapping[str, str]:
        """Return the last lines of the SMS of the current step, one with a link for each person.

        They are empty where there is no address from outside: an alarm leaves all the same, and that is told.
        """
        base = link_base(self._hass, self._options)
        self._tell_missing(alert, base)
        tokens = {number: secrets.token_urlsafe(TOKEN_BYTES) for number in alert.targets} if base else {}
        links = [self._link(alert, number, token) for number, token in tokens.items()]
        alert.replace_links(links)
        self._read()
        self._alerts.all.mark_changed(alert.key)
        return {number: _line(base or "", tokens[number]) if tokens else "" for number in alert.targets}

    def find(self, digest: str) -> OpenLink | OverLink | None:
        """Return what a link is for by the digest of its token, None if nobody has one like it."""
        alert, link = self._open.get(digest, (None, None))
        if alert is not None and link is not None and alert in self._alerts.listening and self._is_theirs(link):
            return OpenLink(alert=alert, number=link.number)
        over = self._over.get(digest)
        return over if over is not None and self._clock.now() < over.until else None

    @callback
    def async_handle_change(self, event: AlertEvent) -> None:
        """Take note of the end of an alert: its links acknowledge nothing any more."""
        if event.alert in self._alerts.listening:
            return
        # Where nobody is told who takes care, the page does not tell it either.
        taken_by = event.acknowledged_by if event.alert.tell_others else None
        over = OverLink(phase=event.state, taken_by=taken_by, until=self._clock.now() + TOLD_FOR)
        self._over |= {link.digest: over for link in event.alert.links if self._is_theirs(link)}
        self.pictures.async_end(event.alert)
        self._read()
        drop_oldest(self._over, MAX_TOLD)

    def _read(self) -> None:
        """Know the links of the alerts that somebody can still acknowledge, and no others."""
        self._open = {link.digest: (alert, link) for alert in self._alerts.listening for link in alert.links}

    def _link(self, alert: Alert, number: str, token: str) -> AlertLink:
        recipient = self._recipients.find(number)
        return AlertLink(
            digest=digest_of(token),
            number=number,
            position=alert.position,
            recipient_id=recipient.subentry_id if recipient else None,
        )

    def _is_theirs(self, link: AlertLink) -> bool:
        """Return whether a link is still that of its recipient, who may have been removed or have another number."""
        if link.recipient_id is None:
            return True
        recipient = self._recipients.get(link.recipient_id)
        return recipient is not None and recipient.number == link.number

    def _tell_missing(self, alert: Alert, base: str | None) -> None:
        if base:
            async_clear_issue(self._hass, self._entry, IssueType.LINKS_MISSING)
            return
        LOGGER.warning("An SMS of the alert %s leaves without its link: %s", alert.alert_id, self.obstacle)
        async_raise_issue(self._hass, self._entry, IssueType.LINKS_MISSING)


def sample_endings(hass: HomeAssistant, options: AccountOptions, numbers: Iterable[str]) -> Mapping[str, str]:
    """Return last lines that are as long as those with links, for what an SMS costs."""
    base = link_base(hass, options)
    return dict.fromkeys(numbers, _line(base, SAMPLE_TOKEN) if base else "")


def _line(base: str, token: str) -> str:
    """Return a line that says in both languages, and in two letters, what its link does."""
    return f"OK {link_to(base, token)}"
