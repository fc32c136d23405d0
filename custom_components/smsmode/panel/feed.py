"""Feed of an account: what all panels that are open show of it, and the changes of that, gathered for a moment."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..helpers.listeners import Subscriptions
from ..runtime import SmsmodeConfigEntry
from ..sending.queue import queued_messages
from .access import PanelAccess
from .alerts import AlertView
from .directory import ThreadDirectory
from .message_index import MessageIndex
from .messages import MessageView, iso
from .origins import UserNames
from .texts import GatewayTexts
from .threads import ThreadView

type Json = dict[str, Any]
type Send = Callable[[Json], None]

# In seconds. Whatever happens within it is one change.
GATHERED_FOR: Final = 0.1
# Quiet hours begin and pauses end without any event.
LOOK_INTERVAL: Final = timedelta(minutes=1)
UNKNOWN_BALANCE: Final = {"credits": None, "as_of": None, "days_left": None, "reachable": None}


@dataclass(frozen=True, slots=True, eq=False)
class Subscriber:
    """An open panel, and what its user may see."""

    send: Send
    access: PanelAccess


class AccountFeed:
    """Feed of one account, from the first panel that is opened to the last that is closed."""

    def __init__(self, hass: HomeAssistant, entry: SmsmodeConfigEntry, users: UserNames) -> None:
        """Look over what the account remembers; the gateway is asked by `async_start`."""
        self._hass = hass
        self.entry = entry
        account = self.account = entry.runtime_data
        self.directory = ThreadDirectory(account.recipients)
        self.texts = GatewayTexts(hass, entry, account)
        self._index = MessageIndex(account.processor.message_log, self.directory)
        self.messages = MessageView(hass, account, self.directory, self.texts, users)
        self.threads = ThreadView(hass, entry, account, self.directory, self._index, self.texts, self.messages)
        self.alerts = AlertView(account)
        self._subscribers: list[Subscriber] = []
        self._subscriptions = Subscriptions()
        self._cancel_gathering: CALLBACK_TYPE | None = None
        self._users = 0
        self._shown: Json = {}

    @callback
    def async_start(self) -> None:
        """Follow the account, and read the gateway's lists in the background."""
        account, changed = self.account, self._async_changed
        self._subscriptions.add(
            account.processor.async_on_change(changed),
            account.processor.reply_received.subscribe(changed),
            account.processor.clock_was_set.subscribe(self._async_handle_clock),
            account.pauses.changed.subscribe(changed),
            account.alerts.notifier.changed.subscribe(self.alerts.async_handle_event),
            account.alerts.notifier.changed.subscribe(changed),
            account.coordinator.async_add_listener(changed),
            self.texts.loaded.subscribe(changed),
            async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_check_loaded),
            async_track_time_interval(self._hass, changed, LOOK_INTERVAL),
        )
        self.texts.async_start()
        self.texts.async_load()

    @callback
    def async_stop(self) -> None:
        """Forget everything."""
        self._subscriptions.end()
        self.texts.async_stop()
        self._stop_gathering()
        self._subscribers.clear()

    @callback
    def async_acquire(self) -> None:
        """Keep the feed for one more user of it."""
        self._users += 1

    @callback
    def async_release(self) -> bool:
        """Give the feed back; return whether nobody else uses it."""
        self._users -= 1
        return self._users == 0

    @callback
    def async_subscribe(self, send: Send, access: PanelAccess) -> CALLBACK_TYPE:
        """Send the snapshot, and the changes from now on; return the function that ends them."""
        # The others get first what they do not have yet, so that all have the same.
        self.async_flush()
        subscriber = Subscriber(send, access)
        self._subscribers.append(subscriber)
        send({"kind": "snapshot", **self._visible(self._shown, access, whole=True)})

        @callback
        def unsubscribe() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return unsubscribe

    @callback
    def async_refresh(self) -> None:
        """Take in what is new in the message log."""
        self._index.catch_up()

    @callback
    def _async_changed(self, *_event: object) -> None:
        """Gather what changes within a moment."""
        if self._cancel_gathering is None:
            self._cancel_gathering = async_call_later(self._hass, GATHERED_FOR, self._async_gathered)

    @callback
    def _async_gathered(self, _now: datetime) -> None:
        self._cancel_gathering = None
        if self.account.client.is_reachable:
            # They could not be read while it was not.
            self.texts.async_load()
        self.async_flush()

    @callback
    def _async_handle_clock(self, _by: timedelta) -> None:
        self._index.rebuild()
        self._async_changed()

    @callback
    def _async_check_loaded(self, *_changed: object) -> None:
        """Tell the panels to subscribe anew when the account is unloaded."""
        if self.entry.state is ConfigEntryState.LOADED:
            return
        subscribers = list(self._subscribers)
        self.async_stop()
        self._hass.data[FEEDS].pop(self.entry.entry_id, None)
        for subscriber in subscribers:
            subscriber.send({"kind": "reload"})

    def _stop_gathering(self) -> None:
        if self._cancel_gathering is not None:
            self._cancel_gathering()
            self._cancel_gathering = None

    @callback
    def async_flush(self) -> None:
        """Look what there is now, and send what of it has changed."""
        self._stop_gathering()
        before, self._shown = self._shown, self._look()
        changes = _changes(before, self._shown)
        for subscriber in self._subscribers if changes else ():
            if visible := self._visible(changes, subscriber.access):
                subscriber.send({"kind": "change", **visible})

    def _look(self) -> Json:
        self._index.catch_up()
        account = self.account
        queue = [self.messages.of_queue(item) for item in queued_messages(account.store.state.outbox)]
        return {
            "threads": self.threads.all(queue),
            "alerts": self.alerts.all(),
            "queue": queue,
            "scheduled": list(self._scheduled()),
            "balance": self._balance(),
        }

    def _scheduled(self) -> Iterator[Json]:
        """Yield what the gateway holds for later; what is to be sent later and waits here is in the queue."""
        for scheduled in self.account.schedule_tracker.async_all():
            if scheduled.message_id is not None:
                yield self.messages.of_scheduled(scheduled)

    def _balance(self) -> Json:
        state, reachable = self.account.store.state, self.account.client.is_reachable
        if (reading := state.balance) is None:
            return UNKNOWN_BALANCE | {"reachable": reachable}
        days_left = state.budget.history.days_left(Decimal(reading.credits), dt_util.now().date())
        return {
            "credits": float(reading.credits),
            "as_of": iso(reading.at),
            "days_left": days_left,
            "reachable": reachable,
        }

    def _visible(self, shown: Json, access: PanelAccess, *, whole: bool = False) -> Json:
        """Return the part of what is shown that a user may see; ``whole`` with a value for each part."""
        parts = dict(shown)
        if "threads" in parts:
            parts["threads"] = [_for(access, thread) for thread in parts["threads"].values()]
        if not access.read and not access.write:
            parts.pop("threads", None)
            parts.pop("gone", None)
        if not access.read:
            for name in ("queue", "scheduled", "balance"):
                parts.pop(name, None)
        if not access.read and not access.acknowledge:
            parts.pop("alerts", None)
        nothing = {"threads": [], "alerts": [], "queue": [], "scheduled": [], "balance": UNKNOWN_BALANCE}
        return nothing | parts if whole else parts


def _for(access: PanelAccess, thread: Json) -> Json:
    """Return a thread as a user may see it: whoever may only write sees with whom there is one."""
    return thread if access.read else thread | {"last": None, "last_reply_at": None, "last_at": None, "failed": False}


def _changes(before: Json, after: Json) -> Json:
    """Return what has changed: of the threads those that did, everything else as a whole."""
    if not before:
        return {}
    changes = {name: value for name, value in after.items() if name != "threads" and value != before[name]}
    old, new = before["threads"], after["threads"]
    if changed := {key: thread for key, thread in new.items() if thread != old.get(key)}:
        changes["threads"] = changed
    if gone := sorted(old.keys() - new.keys()):
        changes["gone"] = gone
    return changes


FEEDS: HassKey[dict[str, AccountFeed]] = HassKey(f"{DOMAIN}_feeds")


@callback
def async_get_feed(hass: HomeAssistant, entry: SmsmodeConfigEntry, users: UserNames) -> AccountFeed:
    """Return the feed of an account for one user of it, who gives it back by `async_release_feed`."""
    feeds = hass.data.setdefault(FEEDS, {})
    if (feed := feeds.get(entry.entry_id)) is None:
        feed = feeds[entry.entry_id] = AccountFeed(hass, entry, users)
        feed.async_start()
    feed.async_acquire()
    return feed


@callback
def async_release_feed(hass: HomeAssistant, feed: AccountFeed) -> None:
    """Give a feed back; the last who does ends it."""
    if feed.async_release() and hass.data[FEEDS].get(feed.entry.entry_id) is feed:
        del hass.data[FEEDS][feed.entry.entry_id]
        feed.async_stop()
