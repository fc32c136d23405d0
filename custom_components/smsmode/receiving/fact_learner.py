"""Learner of facts: what the gateway's answers and callbacks prove of it, on the way of what is asked for anyway.

A fact is refuted only by what cannot have another cause: a lost answer, a message that another program sent, or one
that a person deleted on the vendor's site must not make an account distrust its gateway.
"""

import html
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import callback

from ..api import (
    MAX_DIFFERENCE,
    DeliveryReport,
    GatewayClient,
    MessageStatus,
    Reply,
    SentMessage,
    SentPage,
    charset_of,
    zone_ahead_of_paris,
)
from ..api.dates import PARIS
from ..api.encoding import UTF_8, in_list_charset
from ..helpers.bounds import drop_oldest
from ..helpers.clock import Clock
from ..helpers.listeners import Listeners, Subscriptions
from ..state.account_facts import AccountFacts, Evidence, Fact
from ..state.message_log import TrackedMessage
from ..state.outbox import Phase
from ..state.store import AccountStore
from .events import ReportEvent
from .processor import InboundProcessor

# The list writes whole minutes, and a measured clock is right to some seconds.
SLACK: Final = timedelta(minutes=3)
HOUR: Final = timedelta(hours=1)
# So many messages whose dates are as many hours off are no coincidence.
ROWS_OF_ANOTHER_ZONE: Final = 2
# A message that is not listed for so long was deleted.
LISTED_WITHIN: Final = timedelta(hours=1)
# What the gateway says of a message before any operator has reported anything.
UNREPORTED: Final = frozenset({MessageStatus.SENT, MessageStatus.IN_PROGRESS})
_MAX_ANNOUNCED: Final = 20
_MAX_EXPECTED: Final = 20
_MAX_SENT: Final = 20
_MARKUP: Final = frozenset("&<>")


class FactLearner:
    """Learner of the facts of one account; what is proven takes effect at once."""

    def __init__(self, store: AccountStore, client: GatewayClient, processor: InboundProcessor, clock: Clock) -> None:
        """Apply what is known already; learn nothing before `async_start`."""
        self._store = store
        self._client = client
        self._processor = processor
        self._clock = clock
        self._subscriptions = Subscriptions()
        self._announced: OrderedDict[str, str] = OrderedDict()
        self._expected: OrderedDict[str, str] = OrderedDict()
        self._not_listed: set[str] = set()
        self.has_heard_callback = False
        self.changed: Listeners[Fact] = Listeners()
        self._ahead: OrderedDict[str, int] = OrderedDict()
        # The ids of what was sent since the clock was set: only their times can be compared with those of now.
        self._sent: OrderedDict[str, None] = OrderedDict()
        self._apply()

    @property
    def facts(self) -> AccountFacts:
        """Return what is known of the gateway."""
        return self._store.state.facts

    @callback
    def async_start(self) -> None:
        """Learn from now on."""
        self.facts.on_change = self._note_change
        self._client.on_sent_rows = self._learn_from_sent_rows
        self._client.on_replies = self._learn_from_replies
        self._client.on_key_created = self._learn_from_key
        self._subscriptions.add(
            self._processor.message_sent.subscribe(self._note_sent),
            self._processor.report_received.subscribe(self._learn_from_report),
            self._clock.was_set.subscribe(self._begin_anew),
        )

    @callback
    def async_stop(self) -> None:
        """Learn nothing any more: it would not be persisted."""
        self._subscriptions.end()
        self.facts.on_change = lambda _fact: None
        self._client.on_sent_rows = lambda _page: None
        self._client.on_replies = lambda _replies: None
        self._client.on_key_created = lambda _by_post: None

    def _begin_anew(self, _by: timedelta) -> None:
        """Compare no time from before the clock was set with one from after it."""
        for known in (self._sent, self._ahead, self._not_listed):
            known.clear()

    def _note_sent(self, message: TrackedMessage) -> None:
        self._sent[message.message_id] = None
        drop_oldest(self._sent, _MAX_SENT)

    def _is_comparable(self, message: TrackedMessage) -> bool:
        """Return whether a message was sent at once, by the clock as it goes now: in this life, since it was set."""
        return message.message_id in self._sent and not _is_scheduled(message)

    @callback
    def learn(
        self,
        fact: Fact,
        *,
        holds: bool,
        evidence: Evidence = Evidence.TRAFFIC,
        number: int | None = None,
        word: str | None = None,
    ) -> None:
        """Record what was seen now."""
        at = self._clock.now()
        self.facts.learn(fact, holds=holds, at=at, evidence=evidence, number=number, word=word)

    @callback
    def async_expect(self, text: str) -> None:
        """Compare the list of sent messages with a text that was sent."""
        self._expected[in_list_charset(text)] = text
        drop_oldest(self._expected, _MAX_EXPECTED)

    @callback
    def async_check_clock(self, evidence: Evidence = Evidence.TRAFFIC) -> None:
        """Record how far the gateway's clock is from the house's, to the minute."""
        clock = self._client.gateway_clock
        if clock.is_measured:
            minutes = round(clock.offset / timedelta(minutes=1))
            self.learn(Fact.CLOCKS_AGREE, holds=abs(clock.offset) <= MAX_DIFFERENCE, evidence=evidence, number=minutes)

    @callback
    def async_read_callback(self, received: DeliveryReport | Reply, query: str, body: str) -> DeliveryReport | Reply:
        """Return what a callback brought, with its true time, and learn from it."""
        self.has_heard_callback = True
        self.learn(Fact.CALLBACKS_COME, holds=True)
        if (charset := charset_of(query, body)) is not None:
            self.learn(Fact.CALLBACKS_UTF8, holds=charset == UTF_8, word=charset)
        if isinstance(received, Reply) and received.reply_id is not None:
            self._announced[received.reply_id] = received.text
            drop_oldest(self._announced, _MAX_ANNOUNCED)
        return self._client.traits.read_callback(received)

    def _note_change(self, fact: Fact) -> None:
        self._apply()
        self._processor.async_changed()
        self.changed.notify(fact)

    def _apply(self) -> None:
        """Have the client read dates and lists as is proven, and lookups wait as long as the list was seen to lag."""
        facts, traits = self.facts, self._client.traits
        traits.sent_list_is_escaped = facts.is_refuted(Fact.SENT_UNESCAPED)
        traits.reply_list_is_escaped = facts.is_refuted(Fact.REPLIES_UNESCAPED)
        zone = facts.all.get(Fact.PARIS_TIME)
        if zone is not None:
            traits.zone = zone_ahead_of_paris(timedelta(minutes=zone.number or 0), zone.at)
        self._store.state.outbox.list_lag = facts.list_lag

    @callback
    def _learn_from_report(self, report: ReportEvent) -> None:
        message = self._processor.message_log.messages.get(report.message_id or "")
        if message is not None and report.status not in UNREPORTED:
            seconds = max(0, round((self._clock.now() - message.sent_at).total_seconds()))
            self.learn(Fact.REPORTS_COME, holds=True, number=self.facts.number(Fact.REPORTS_COME) or seconds)

    def _learn_from_replies(self, replies: Sequence[Reply]) -> None:
        for reply in replies:
            text = self._announced.get(reply.reply_id or "")
            if text is None:
                continue
            self.learn(Fact.REPLIES_LISTED, holds=True)
            if (is_escaped := _is_escaped(reply.text, text)) is not None:
                self.learn(Fact.REPLIES_UNESCAPED, holds=not is_escaped)

    def _learn_from_key(self, by_post: bool) -> None:
        """Learn from a key that was created: POST is tried first in any case, for it keeps the old key to itself."""
        self.learn(Fact.KEY_BY_POST, holds=by_post)

    def _learn_from_sent_rows(self, page: SentPage) -> None:
        rows = [row for row in page.rows if row is not None]
        self._learn_order(rows)
        self._learn_escaping(rows)
        self._learn_zone(rows)
        if page.start == 0 and len(rows) == len(page.rows):
            self._learn_lag(page, {row.message_id for row in rows})

    def _learn_order(self, rows: Sequence[SentMessage]) -> None:
        """Learn from the messages of this house, which have left: a scheduled one may stand anywhere."""
        ids = [row.message_id for row in rows]
        sent = [message for message in map(self._processor.message_log.messages.get, ids) if message is not None]
        moments = [each.sent_at for each in sent if self._is_comparable(each)]
        if len(set(moments)) > 1:
            newest_first = moments == sorted(moments, reverse=True)
            if newest_first or moments == sorted(moments):
                self.learn(Fact.SENT_NEWEST_FIRST, holds=newest_first)

    def _learn_escaping(self, rows: Sequence[SentMessage]) -> None:
        for row in rows:
            for text in self._texts():
                if (is_escaped := _is_escaped(row.text, text)) is not None:
                    self.learn(Fact.SENT_UNESCAPED, holds=not is_escaped)

    def _texts(self) -> Iterator[str]:
        """Yield the texts that the list may show: nothing else of the house's texts is kept."""
        yield from self._expected.values()
        for item in self._store.state.outbox.items.values():
            if item.phase is Phase.UNCERTAIN and item.request.text:
                yield item.request.text

    def _learn_zone(self, rows: Sequence[SentMessage]) -> None:
        """Learn from the dates of messages that were sent at once; a scheduled one has the date that was asked for."""
        for row in rows:
            message = self._processor.message_log.messages.get(row.message_id)
            if message is None or (hours := self._hours_ahead(row.sent_at, message)) is None:
                continue
            self._ahead[row.message_id] = hours
            if not hours or Counter(self._ahead.values())[hours] >= ROWS_OF_ANOTHER_ZONE:
                self._note_zone(hours, Evidence.TRAFFIC)
        drop_oldest(self._ahead, _MAX_EXPECTED)

    @callback
    def async_learn_zone(self, row: SentMessage, message: TrackedMessage) -> None:
        """Learn from one message of a check, whose row was read by the traits of the client."""
        shown = row.sent_at and row.sent_at.replace(tzinfo=PARIS)
        if (hours := self._hours_ahead(shown, message)) is not None:
            self._note_zone(hours, Evidence.CHECK)

    def _hours_ahead(self, shown: datetime | None, message: TrackedMessage) -> int | None:
        """Return how many hours ahead of Paris a date is; None if it does not tell."""
        clock = self._client.gateway_clock
        if shown is None or not clock.is_measured or not self._is_comparable(message):
            return None
        ahead = shown - clock.at_gateway(message.sent_at)
        hours = round(ahead / HOUR)
        return hours if abs(ahead - hours * HOUR) <= SLACK else None

    def _note_zone(self, hours: int, evidence: Evidence) -> None:
        self.learn(Fact.PARIS_TIME, holds=not hours, evidence=evidence, number=hours * 60 if hours else None)

    def _learn_lag(self, page: SentPage, shown: set[str]) -> None:
        """Learn how long a message was missing in the list before it showed it."""
        now = self._clock.now()
        oldest = self._oldest_moment(page)
        for message in self._processor.message_log.messages.latest_first():
            age = now - message.sent_at
            if age > LISTED_WITHIN or message.message_id not in self._sent:
                break
            if message.message_id not in shown:
                if oldest is None or message.sent_at > oldest:
                    self._not_listed.add(message.message_id)
            elif message.message_id in self._not_listed:
                self._not_listed.discard(message.message_id)
                self.facts.learn_lag(max(age, timedelta(0)), at=now)
            else:
                self.facts.learn_lag(timedelta(0), at=now)

    def _oldest_moment(self, page: SentPage) -> datetime | None:
        """Return since when a page shows every message; None if it shows all there are."""
        if page.is_last:
            return None
        known = (self._processor.message_log.messages.get(row.message_id) for row in page.rows if row is not None)
        return min((message.sent_at for message in known if message is not None), default=self._clock.now())


def _is_scheduled(message: TrackedMessage) -> bool:
    """Return whether a message was sent at a time that somebody set, which is a whole minute."""
    return not message.sent_at.second and not message.sent_at.microsecond


def _is_escaped(listed: str, sent: str) -> bool | None:
    """Return whether a list shows a text with HTML entities; None if it is another text, or one that cannot tell."""
    # A list may also be in UTF-8, and show what ISO-8859-15 lacks.
    text = in_list_charset(sent)
    if in_list_charset(listed) == text:
        return False if _MARKUP & set(text) else None
    return True if in_list_charset(html.unescape(listed)) == text else None
