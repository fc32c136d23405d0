"""Update coordinator of an account: polls the balance, replies, and the reports that no callback brought.

Requests when nothing happens: the replies every five minutes, the balance every half hour and a look back every hour,
360 a day; with callbacks in use 216. Five seconds after a message, and then for ten minutes every minute; without
callbacks every 15 seconds as long as its report, or an answer to it, is awaited. While the gateway does not answer, a
question is open, an alert runs, or more reports are due than the rate limit allows, every minute.
"""

from datetime import timedelta
from decimal import Decimal
from time import monotonic
from typing import Any, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .api import MAX_DIFFERENCE, GatewayClient, SmsmodeAuthError, SmsmodeError, SmsmodeGatewayError
from .config.options import AccountOptions
from .const import DOMAIN, LOGGER, SITE
from .helpers.listeners import KeyedListeners, Subscriptions
from .helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from .helpers.timing import BurstDebouncer
from .receiving.callback_health import CallbackHealth
from .receiving.fact_learner import FactLearner
from .receiving.processor import InboundProcessor
from .receiving.reply_fetcher import ReplyFetcher
from .receiving.report_fetcher import ReportFetcher
from .state.account_state import AccountState, BalanceReading

SOON = timedelta(seconds=5)
QUICK = timedelta(seconds=15)
QUICK_WITH_CALLBACKS = timedelta(minutes=1)
SLOW = timedelta(minutes=5)
# Shorter than what makes a reply late, in case callbacks are configured and do not come.
SLOW_WITH_CALLBACKS = timedelta(minutes=10)
AFTER_A_FAILURE = timedelta(minutes=1)
AFTER_A_REFUSED_KEY = timedelta(minutes=5)
WHILE_BEHIND = timedelta(minutes=1)
WHILE_ASKING = timedelta(minutes=1)
# In seconds, by the monotonic clock.
QUICK_FOR = 10 * 60
BALANCE_EVERY = 30 * 60
# A proxy that is being set up answers once or twice for a gateway that is there.
TIMES_MISSING = 3
# Credits; no SMS costs less.
CHEAPEST = 1


class SmsmodeCoordinator(DataUpdateCoordinator[Decimal]):
    """Polls one account; its data is the balance in credits."""

    config_entry: ConfigEntry
    # None until the gateway has answered once.
    data: Decimal | None  # type: ignore[assignment]

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: GatewayClient,
        processor: InboundProcessor,
        callbacks: CallbackHealth,
        options: AccountOptions,
        state: AccountState,
        learner: FactLearner,
    ) -> None:
        """Do nothing before `async_start`."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=f"{DOMAIN} {entry.title}", update_interval=SLOW, always_update=False
        )
        self._client = client
        self.processor = processor
        self._callbacks = callbacks
        self._options = options
        self._state = state
        self._learner = learner
        self._balance_at: float | None = None
        self._sent_at: float | None = None
        self._segments_sent = processor.message_log.segments_sent
        self._answerable_at: float | None = None
        self._answerable_sent = processor.answerable_sent
        self.replies = ReplyFetcher(client, processor, learner)
        self.replies.on_left_out = self._raise_left_out
        self.reports = ReportFetcher(client, processor, options.keep_conversations.days)
        self._refused = False
        self._has_callbacks = False
        self._debouncer = BurstDebouncer(hass.loop, self.async_update_listeners)
        self._of_target: KeyedListeners[None] = KeyedListeners()
        self._changed_targets: set[str] = set()
        client.on_reachable = self._note_reachable
        self._subscriptions = Subscriptions()
        self._is_stopped = False
        self._times_missing = 0

    @callback
    @override
    def async_add_listener(self, update_callback: CALLBACK_TYPE, context: Any = None) -> CALLBACK_TYPE:
        """Add a listener; one whose context is a number or group hears only when the last status of that changes."""
        if context is None:
            return super().async_add_listener(update_callback)
        return self._of_target.subscribe(context, lambda _: update_callback())

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Update the entities of the account, and of the recipients those about whom there is news."""
        super().async_update_listeners()
        changed, self._changed_targets = self._changed_targets, set()
        self._of_target.notify(changed, None)

    @callback
    def _note_status(self, target: str) -> None:
        self._changed_targets.add(target)

    @callback
    def async_start(self) -> None:
        """Poll from the first refresh on, also if all entities are disabled."""
        self.processor.message_log.on_status = self._note_status
        self._subscriptions.add(
            self.processor.async_on_change(self._async_changed),
            # The time at which the balance was read is no true one any more.
            self.processor.clock_was_set.subscribe(lambda _by: self.async_invalidate_balance()),
            self.async_add_listener(lambda: None),
        )

    async def async_stop(self) -> None:
        """Stop polling, and clear the repair issues; the next start raises them again if need be."""
        self._is_stopped = True
        self._subscriptions.end()
        self._debouncer.stop()
        self._clear_low_balance()
        async_clear_issue(self.hass, self.config_entry, IssueType.CLOCKS_DIFFER)
        await self.async_shutdown()

    @callback
    def async_begin_fetching(self) -> None:
        """Fetch replies and reports from now on: entities and automations exist, which get the events."""
        self.processor.async_begin()
        self.config_entry.async_create_background_task(self.hass, self.async_refresh(), f"{self.name} first fetch")

    async def async_fetch_all(self) -> None:
        """Fetch replies and delivery reports now. Raises SmsmodeError."""
        await self.replies.async_fetch()
        await self.reports.async_fetch()

    @callback
    def async_invalidate_balance(self) -> None:
        """Have the next poll ask for the balance, whenever the last did."""
        self._balance_at = None

    @callback
    def async_ask_balance(self) -> Decimal | None:
        """Ask for the balance now, in the background; return the last known one."""
        self.async_invalidate_balance()
        self.config_entry.async_create_background_task(self.hass, self.async_request_refresh(), f"{self.name} balance")
        return self.data

    @override
    async def _async_update_data(self) -> Decimal:
        """Ask the gateway for everything that is due."""
        self.processor.async_check_clock()
        self._has_callbacks = await self._callbacks.async_check()
        try:
            balance = await self._async_balance()
            await self._async_fetch()
        except SmsmodeAuthError as err:
            # Home Assistant would poll no more; but a gateway may refuse a key by mistake, and give replies again.
            self.config_entry.async_start_reauth(self.hass)
            self.update_interval = AFTER_A_REFUSED_KEY
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="invalid_auth") from err
        except SmsmodeError as err:
            self._check_retired()
            self.update_interval = AFTER_A_FAILURE
            raise UpdateFailed(translation_domain=DOMAIN, translation_key="update_failed") from err
        self._end_reauth()
        self._check_retired()
        self.update_interval = self._interval()
        self._check_low_balance(balance)
        self._check_clocks()
        return balance

    @callback
    def _end_reauth(self) -> None:
        """Ask nobody for another key while this one works."""
        for flow in list(self.config_entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})):
            self.hass.config_entries.flow.async_abort(flow["flow_id"])

    async def _async_balance(self) -> Decimal:
        asked_at = monotonic()
        if self.data is not None and self._balance_at is not None and asked_at - self._balance_at < BALANCE_EVERY:
            return self.data
        balance = await self._client.get_balance()
        self._balance_at = asked_at
        if not self._is_stopped:
            self._note_balance(BalanceReading(str(balance), dt_util.utcnow()))
        return balance

    def _note_balance(self, reading: BalanceReading) -> None:
        """Record the balance, and when it was read. The time alone is written along with the next change."""
        known, self._state.balance = self._state.balance, reading
        if known is not None and known.credits == reading.credits:
            self._debouncer.trigger()
        else:
            self.processor.async_changed()

    async def _async_fetch(self) -> None:
        """Fetch replies and reports; a gateway that refuses one of them does not stop the other."""
        refused = False
        for fetch in (self.replies.async_fetch, self.reports.async_fetch):
            try:
                await fetch()
            except SmsmodeAuthError:
                raise
            except SmsmodeGatewayError as err:
                if not self._refused:
                    LOGGER.warning("The gateway does not give the news of %s: %s", self.config_entry.title, err)
                self._refused = refused = True
        self._refused = refused

    @callback
    def _note_reachable(self) -> None:
        if not self._is_stopped:
            self._debouncer.trigger()

    @callback
    def _async_changed(self) -> None:
        """Update the entities; after a send, poll quickly for a while."""
        if self.processor.message_log.segments_sent != self._segments_sent:
            self._segments_sent = self.processor.message_log.segments_sent
            self._sent_at = monotonic()
            self._balance_at = None
            if self.processor.answerable_sent != self._answerable_sent:
                self._answerable_sent = self.processor.answerable_sent
                self._answerable_at = self._sent_at
            if self.update_interval != SOON:
                self.update_interval = SOON
                self._schedule_refresh()
        self._debouncer.trigger()

    def _interval(self) -> timedelta:
        if _is_recent(self._sent_at):
            return QUICK if self._awaits_news and not self._has_callbacks else QUICK_WITH_CALLBACKS
        if self.reports.is_behind:
            return WHILE_BEHIND
        if self.processor.awaits_answers:
            return WHILE_ASKING
        return SLOW_WITH_CALLBACKS if self._has_callbacks else SLOW

    @property
    def _awaits_news(self) -> bool:
        """Return whether a report is awaited, or an answer: to a question, an alert, or what was just sent."""
        processor = self.processor
        return bool(processor.message_log.pending) or processor.awaits_answers or _is_recent(self._answerable_at)

    @callback
    def _check_low_balance(self, balance: Decimal) -> None:
        """Raise or clear the repair issues of a low balance. A post-paid account has a negative one."""
        # A poll that was under way when the account ended leaves no issue behind.
        if self._is_stopped or not 0 <= balance < self._options.low_balance:
            self._clear_low_balance()
            return
        hass, entry, shown = self.hass, self.config_entry, f"{balance.normalize():f}"
        if balance < CHEAPEST:
            async_clear_issue(hass, entry, IssueType.LOW_BALANCE)
            async_raise_issue(hass, entry, IssueType.NO_CREDIT, balance=shown, site=SITE)
        else:
            async_clear_issue(hass, entry, IssueType.NO_CREDIT)
            async_raise_issue(hass, entry, IssueType.LOW_BALANCE, balance=shown)

    @callback
    def _check_retired(self) -> None:
        """Raise the repair issue of an interface that is gone, once some polls in a row have found it so; or clear it.

        The vendor calls HTTP 1.6 deprecated since 2023, and has named no end.
        """
        status = self._client.missing_status
        self._times_missing = 0 if status is None else self._times_missing + 1
        if self._times_missing >= TIMES_MISSING and not self._is_stopped:
            async_raise_issue(self.hass, self.config_entry, IssueType.GATEWAY_RETIRED, status=str(status))
        elif status is None:
            async_clear_issue(self.hass, self.config_entry, IssueType.GATEWAY_RETIRED)

    @callback
    def _check_clocks(self) -> None:
        """Raise or clear the repair issue of clocks that differ: the gateway goes by its own."""
        difference = abs(self._client.gateway_clock.offset)
        self._learner.async_check_clock()
        if self._is_stopped or difference <= MAX_DIFFERENCE:
            async_clear_issue(self.hass, self.config_entry, IssueType.CLOCKS_DIFFER)
            return
        minutes = str(round(difference / timedelta(minutes=1)))
        async_raise_issue(self.hass, self.config_entry, IssueType.CLOCKS_DIFFER, minutes=minutes)

    @callback
    def _raise_left_out(self) -> None:
        async_raise_issue(self.hass, self.config_entry, IssueType.REPLIES_LEFT_OUT)

    @callback
    def _clear_low_balance(self) -> None:
        for issue_type in (IssueType.LOW_BALANCE, IssueType.NO_CREDIT):
            async_clear_issue(self.hass, self.config_entry, issue_type)


def _is_recent(sent_at: float | None) -> bool:
    return sent_at is not None and monotonic() - sent_at < QUICK_FOR
