"""Monitor of nights: a repair issue when an SMS that left at night is not delivered in France before the day.

An account is on the marketing channel unless its owner asks otherwise (p. 3), and operators in France take marketing
SMS by day alone. The gateway does not tell the channel, nor what it does with such an SMS at three in the morning; what
tells it is that no operator reports anything until the morning, or that one refuses.
"""

from datetime import datetime, time, timedelta

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..api import DeliveryOutcome, MessageStatus
from ..api.dates import PARIS
from ..helpers.listeners import Subscriptions
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..state.account_facts import Fact
from ..state.message_log import TrackedMessage
from .events import ReportEvent
from .fact_learner import UNREPORTED, FactLearner
from .processor import InboundProcessor

# Operators differ by an hour or two in the evening; in the morning all of them begin at this time, on no Sunday.
OPENS, CLOSES = time(8), time(20)
SUNDAY = 6
# Just before an SMS that was held can arrive; a house that starts later finds only what did not arrive at all.
MORNING, NOON = time(7, 45), time(12)
CHECK_INTERVAL = timedelta(minutes=10)
# An SMS of the last minutes may still be on its way.
GRACE_PERIOD = timedelta(minutes=30)
FRANCE = "+33"
_REFUSED = (MessageStatus.REJECTED, MessageStatus.PERMANENT_SPAM, MessageStatus.PERMANENT_CONTENT)


def is_at_night(moment: datetime) -> bool:
    """Return whether operators in France take no marketing SMS at a moment; public holidays are left out."""
    return moment.astimezone(PARIS).weekday() == SUNDAY or not is_by_day(moment)


def is_by_day(moment: datetime) -> bool:
    """Return whether a moment lies in the hours of the day, on whatever day."""
    return OPENS <= moment.astimezone(PARIS).time() < CLOSES


class NightDeliveryMonitor:
    """Monitor of what becomes of the SMS that leave one account at night, for French numbers."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, processor: InboundProcessor, learner: FactLearner
    ) -> None:
        """Do nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._processor = processor
        self._learner = learner
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Subscribe to delivery reports, and look at the messages of the night in each morning."""
        self._subscriptions.add(
            self._processor.report_received.subscribe(self._async_handle_report),
            async_track_time_interval(self._hass, self._async_check, CHECK_INTERVAL),
        )

    @callback
    def _async_check(self, _now: datetime) -> None:
        """Raise the issue if an SMS of this night has no report of an operator by the morning."""
        now = self._processor.now()
        local = now.astimezone(PARIS)
        if not MORNING <= local.time() < NOON:
            return
        evening = datetime.combine(local.date() - timedelta(days=1), CLOSES, PARIS)
        for message in self._processor.message_log.messages.latest_first():
            if message.sent_at < evening:
                return
            if message.sent_at <= now - GRACE_PERIOD and is_at_night(message.sent_at) and _is_unreported(message):
                self._note(message.sent_at, is_delivered=False)
                return

    @callback
    def _async_handle_report(self, report: ReportEvent) -> None:
        """Raise the issue if an operator refuses an SMS of the night; clear it if one arrives at night."""
        message = self._processor.message_log.messages.get(report.message_id or "")
        if message is None or not is_at_night(message.sent_at) or not report.number.startswith(FRANCE):
            return
        if report.status in _REFUSED:
            self._note(message.sent_at, is_delivered=False)
        elif report.outcome is DeliveryOutcome.DELIVERED and is_at_night(report.received_at):
            self._note(message.sent_at, is_delivered=True)

    def _note(self, sent_at: datetime, *, is_delivered: bool) -> None:
        """Raise or clear the issue, and keep what was learned of nights or of Sundays by day."""
        self._learner.learn(Fact.SUNDAY_DELIVERY if is_by_day(sent_at) else Fact.NIGHT_DELIVERY, holds=is_delivered)
        if is_delivered:
            async_clear_issue(self._hass, self._entry, IssueType.NIGHT_DELIVERY)
        else:
            async_raise_issue(self._hass, self._entry, IssueType.NIGHT_DELIVERY)

    @callback
    def async_stop(self) -> None:
        """Unsubscribe."""
        self._subscriptions.end()


def _is_unreported(message: TrackedMessage) -> bool:
    """Return whether no operator has reported anything of a French number of a message."""
    return any(
        not codes or MessageStatus.from_code(codes[-1]) in UNREPORTED
        for number, codes in message.codes.items()
        if number.startswith(FRANCE)
    )
