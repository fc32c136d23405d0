"""Fall-back: another way to tell an alarm that cannot leave as an SMS, and a notice in any case.

It is used once for each alert and each urgent message: when the account is refused, or when the message has waited for
`PATIENCE`. Whatever goes wrong with it is told, and never stands in the way of the SMS.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from textwrap import fill

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..api import BatchRequest, SendRequest
from ..config.notifiers import is_possible
from ..config.recipients import Recipients
from ..const import DOMAIN, LOGGER
from ..errors import ACCOUNT_STOPPING, key_of
from ..helpers.clock import Clock, KeyedTimers
from ..helpers.links import hide_links
from ..helpers.listeners import Listeners, Subscriptions
from ..helpers.notices import async_show_notice, common_text
from ..helpers.notifying import async_notify
from ..helpers.redaction import mask_numbers
from ..helpers.repair_issues import IssueType, async_clear_issue, async_raise_issue
from ..helpers.timing import BurstDebouncer
from ..receiving.processor import InboundProcessor
from ..state.alerts import Alert
from ..state.budget import BudgetPool
from ..state.outbox import OutboxItem
from ..state.store import AccountStore
from .attempt import OutboxItemSettled
from .composer import Draft
from .queue import UNCERTAIN, wait_reason

# How long an urgent message may wait before the fall-back is used.
PATIENCE = timedelta(minutes=3)
# Notices at a time: what is refused each second must not fill the memory.
MAX_NOTICES = 20
MAX_NAMES = 5
# Characters of a line that fits beside the notices, and on a telephone.
NOTICE_WIDTH = 40
# A batch has a text for each row.
MAX_TEXTS = 5
_TIMER = "next"
_UNREACHABLE = "gateway_unreachable"
# What keeps the whole account from sending, by the translation key of the error.
_ACCOUNT_REASONS: Mapping[str | None, str] = {
    "no_credit": "no_credit",
    "no_credit_balance": "no_credit",
    "invalid_auth": "key_refused",
    "daily_limit_reached": "limit",
    "urgent_daily_limit_reached": "limit",
    "outbox_full": "queue_full",
}
# By the translation key of an error, or the reason of an alert; what stands nowhere was refused.
_REASONS: Mapping[str | None, str] = {
    **{reason: reason for reason in _ACCOUNT_REASONS.values()},
    **_ACCOUNT_REASONS,
    "recipient_limit_reached": "limit",
    # An alert goes on at the next start; any other message is lost.
    **dict.fromkeys((ACCOUNT_STOPPING, "unloading"), "unloading"),
    "nobody_reached": "nobody_reached",
    UNCERTAIN: UNCERTAIN,
    **dict.fromkeys((None, "cannot_connect", "gateway_busy", "expired", _UNREACHABLE), _UNREACHABLE),
}


class Fallback:
    """Fall-back of one account; without one that was chosen, there is the notice alone."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        fallback: str | None,
        recipients: Recipients,
        store: AccountStore,
        processor: InboundProcessor,
        settled: Listeners[OutboxItemSettled],
        clock: Clock,
    ) -> None:
        """Do nothing before `async_start`; ``fallback`` is a notify entity or a notify action."""
        self._hass = hass
        self._entry = entry
        self._fallback = fallback
        self._recipients = recipients
        self._store = store
        self._processor = processor
        self._settled = settled
        self._clock = clock
        self._timers = KeyedTimers(hass, clock)
        self._debouncer = BurstDebouncer(hass.loop, self._look)
        self._subscriptions = Subscriptions()
        self._serial = count()
        self._has_begun = False
        self._early: deque[str] = deque(maxlen=MAX_NOTICES)
        # An alert that was refused from the start is told after it has ended.
        self._told_alerts: deque[str] = deque(maxlen=MAX_NOTICES)

    @callback
    def async_start(self) -> None:
        """Follow the outbox. A fall-back that failed may have been mended by a person, who reloaded the account."""
        async_clear_issue(self._hass, self._entry, IssueType.FALLBACK_FAILED)
        self._subscriptions.add(
            self._processor.async_on_change(self._debouncer.trigger), self._settled.subscribe(self._handle_settled)
        )

    @callback
    def async_begin(self) -> None:
        """Use it from now on: Home Assistant has started, and what notifies is there."""
        self._has_begun = True
        while self._early:
            self._notify(self._early.popleft())
        self._look()

    @callback
    def async_stop(self) -> None:
        """Follow the outbox no more; what waits there is looked at again at the next start."""
        self._subscriptions.end()
        self._debouncer.stop()
        self._timers.stop()

    def is_waiting(self) -> bool:
        """Return whether anything may wait for too long."""
        return bool(self._store.state.outbox.items)

    @callback
    def async_look_over(self) -> None:
        """Use the fall-back for what has waited for too long."""
        self._look()

    @callback
    def async_handle_refusal(self, drafts: Sequence[Draft], key: str | None) -> None:
        """Use the fall-back for an urgent message that was refused; ``key`` is the translation key of the error.

        What a reload refuses is sent by the account that follows.
        """
        if key == ACCOUNT_STOPPING and self._entry.state is not ConfigEntryState.LOADED:
            return
        request = drafts[0].request
        targets = tuple(target for draft in drafts for target in draft.recipients[: MAX_NAMES + 1])
        self._use_for(request.reference, _text_of(request), targets, key, is_over=True)

    @callback
    def async_handle_unsent_alert(self, key: str, text: str, people: Sequence[str], reason: str) -> None:
        """Use the fall-back for an alert that cannot leave, unless that was done."""
        if (alert := self._store.state.alerts.all.get(key)) is not None:
            self._use_for_alert(alert, reason)
        elif key not in self._told_alerts:
            self._use(text, people, reason)

    @callback
    def _handle_settled(self, settled: OutboxItemSettled) -> None:
        """Use the fall-back for a queued message that was refused, or that has just expired for want of patience.

        One that expired while the house slept wakes nobody.
        """
        item = settled.item
        if settled.message_id is not None or not _is_alarm(item):
            return
        if settled.error is not None or self._clock.now() < item.expires_at + PATIENCE:
            key = wait_reason(item) if settled.error is None else key_of(settled.error)
            self._use_for(item.reference, _text_of(item.request), item.targets, key, is_over=True)

    def _look(self) -> None:
        """Use the fall-back for what has waited for too long, and set the timer for what will have next."""
        if not self._has_begun:
            return
        now = self._clock.now()
        alarms = [item for item in self._store.state.outbox.items.values() if _is_alarm(item)]
        for item in alarms:
            if _late_at(item) <= now < item.expires_at:
                item.fallback_used = True
                self._store.state.outbox.items.mark_changed(item.key)
                self._store.async_save_soon()
                self._use_for(item.reference, _text_of(item.request), item.targets, wait_reason(item), is_over=False)
        if moments := [_late_at(item) for item in alarms if _late_at(item) > now]:
            self._timers.set(_TIMER, min(moments), self._look)

    def _use_for(
        self, reference: str | None, text: str, targets: Sequence[str], key: str | None, *, is_over: bool
    ) -> None:
        """Use the fall-back for a message, or for the alert that it belongs to.

        An alert goes on with the next people when some are refused; what is told at its end is no alarm.
        """
        alert = self._store.state.alerts.find_by_reference(reference)
        if alert is None:
            if not Alert.owns(reference):
                self._use(text, self._names(targets), key)
        elif not is_over or key in _ACCOUNT_REASONS:
            self._use_for_alert(alert, key)

    def _use_for_alert(self, alert: Alert, key: str | None) -> None:
        if not alert.fallback_used:
            alert.fallback_used = True
            self._store.state.alerts.all.mark_changed(alert.key)
            self._store.async_save_soon()
            self._told_alerts.append(alert.key)
            self._use(alert.message, self._names(alert.targets), key)

    def _use(self, text: str, names: Sequence[str], key: str | None) -> None:
        """Show a notice, and notify the fall-back."""
        people = ", ".join(names[:MAX_NAMES]) + (" …" if len(names) > MAX_NAMES else "")
        reason = common_text(self._hass, f"unsent_{_REASONS.get(key, 'refused')}")
        LOGGER.error("An urgent message of %s cannot be sent: %s", self._entry.title, _REASONS.get(key, "refused"))
        notice_id = f"{self._entry.entry_id}_unsent_{next(self._serial) % MAX_NOTICES}"
        # As it was written, whatever it says in Markdown; the block that keeps it so does not wrap.
        lines = text.replace("`", "'").splitlines()
        shown = "\n".join(fill(line, NOTICE_WIDTH) for line in lines)
        async_show_notice(self._hass, "unsent", notice_id, text=shown, people=people, reason=reason)
        why = common_text(self._hass, "unsent_why").format(people=people, reason=reason)
        if self._fallback is not None:
            self._notify(f"{text}\n{why}")

    def _notify(self, text: str) -> None:
        """Notify the fall-back, once Home Assistant has started. A reload does not cut it short."""
        if self._has_begun:
            self._hass.async_create_task(self._async_notify(text), f"{DOMAIN} fall-back")
        else:
            self._early.append(text)

    async def _async_notify(self, text: str) -> None:
        try:
            await self._async_call(self._fallback or "", text)
        except Exception as err:  # noqa: BLE001 - whatever notifies may raise anything, and an alarm goes on
            LOGGER.error("The fall-back of %s failed: %s", self._entry.title, type(err).__name__)
            async_raise_issue(self._hass, self._entry, IssueType.FALLBACK_FAILED, fallback=self._fallback or "")
        else:
            async_clear_issue(self._hass, self._entry, IssueType.FALLBACK_FAILED)

    async def _async_call(self, fallback: str, text: str) -> None:
        """Call a notify entity or action. Raises whatever that raises, and HomeAssistantError if it cannot notify."""
        if not is_possible(self._hass, self._entry, fallback):
            raise HomeAssistantError
        await async_notify(self._hass, fallback, text)

    def _names(self, targets: Sequence[str]) -> list[str]:
        some = targets[: MAX_NAMES + 1]
        return [self._recipients.name_of_target(target) or mask_numbers(target) for target in some]


def _is_alarm(item: OutboxItem) -> bool:
    """Return whether a message is urgent, and the fall-back was not used for it."""
    return item.expense.pool is BudgetPool.URGENT and not item.fallback_used


def _late_at(item: OutboxItem) -> datetime:
    """Return when a message has waited for too long; one that is scheduled waits from its time on."""
    return max(item.expense.at, item.request.send_at or item.expense.at) + PATIENCE


def _text_of(request: SendRequest) -> str:
    if isinstance(request, BatchRequest):
        return "\n".join(list(dict.fromkeys(row.text for row in request.rows))[:MAX_TEXTS])
    return hide_links(request.text)
