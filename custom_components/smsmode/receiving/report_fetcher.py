"""Fetcher of delivery reports: polls the messages that await one, the longest overdue first, at a limited rate."""

import asyncio
from bisect import insort
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from operator import attrgetter

from ..api import DeliveryReport, GatewayClient, SmsmodeNotFoundError
from ..state.message_log import FIRST_IN_QUEUE, GATEWAY_RETENTION, REPORT_WINDOW, UNPLANNED, TrackedMessage
from ..state.tracked_dict import TrackedDict
from .processor import InboundProcessor

MINUTE = timedelta(minutes=1)
MAX_REQUESTS_PER_MINUTE = 30
RECENT = timedelta(minutes=10)
# Of those of long ago, after a start.
AT_ONCE = MAX_REQUESTS_PER_MINUTE // 2
# A message is polled the less often the older it is: after an hour every six minutes, after a day every 2.4 hours.
POLLS_PER_AGE = 10
# Until then the gateway may only not have it in its books yet.
NOT_FOUND_GRACE_PERIOD = timedelta(hours=1)


class RateLimiter:
    """Sliding-window rate limiter: so many requests in any minute. Pure: time is handed in."""

    def __init__(self, limit: int) -> None:
        """Allow ``limit`` requests a minute."""
        self._acquired: deque[datetime] = deque(maxlen=limit)

    def try_acquire(self, now: datetime) -> bool:
        """Return whether one more request is allowed, and count it if so. A clock that was set back blocks nothing."""
        is_full = len(self._acquired) == self._acquired.maxlen
        if is_full and timedelta(0) <= now - self._acquired[0] < MINUTE:
            return False
        self._acquired.append(now)
        return True


class ReportQueue:
    """Priority queue of the messages of a log, by the time of their next poll. Pure: time is handed in.

    It finds new messages by itself, at the end of the log, and drops in their turn those that are no longer there; so
    none of the others is looked at.
    """

    def __init__(self, messages: TrackedDict[TrackedMessage]) -> None:
        """Schedule for these; the collection goes on changing."""
        self._messages = messages
        self._queue: list[TrackedMessage] = []

    def pop_due(self, now: datetime) -> TrackedMessage | None:
        """Remove and return the message that is due the longest, None if none is due.

        After a start, when all of them are new, the latest comes first, and those of long ago leave half of the
        requests of a minute to what is sent now: an alert may wait for it.
        """
        new = takewhile(lambda message: message.poll_at == UNPLANNED, self._messages.latest_first())
        for place, message in enumerate(sorted(new, key=attrgetter("sent_at"), reverse=True)):
            waits = max(0, place - AT_ONCE) * MINUTE / AT_ONCE if now - message.sent_at > RECENT else timedelta()
            self.schedule(message, max(message.sent_at, now + waits))
        while self._queue and self._queue[0].poll_at <= now:
            message = self._queue.pop(0)
            if self._messages.get(message.message_id) is message:
                return message
        return None

    def sort(self) -> None:
        """Sort anew, after the log has followed a clock that was set."""
        self._queue.sort(key=attrgetter("poll_at"))

    def schedule(self, message: TrackedMessage, moment: datetime) -> None:
        """Schedule the next poll of a message, after those that are scheduled for the same moment already."""
        message.poll_at = moment
        insort(self._queue, message, key=attrgetter("poll_at"))


class ReportFetcher:
    """Fetcher of the delivery reports of one account.

    ``is_behind`` tells that more reports were due than the rate limit allowed to ask for.
    """

    def __init__(self, client: GatewayClient, processor: InboundProcessor, shown_for: timedelta | None = None) -> None:
        """Fetch for a processor; ``shown_for`` is how long its texts are kept, if that is longer than the gateway."""
        self._shown_for = max(shown_for or GATEWAY_RETENTION, GATEWAY_RETENTION)
        self._client = client
        self._processor = processor
        self._rate_limiter = RateLimiter(MAX_REQUESTS_PER_MINUTE)
        self._queue = ReportQueue(processor.message_log.messages)
        processor.clock_was_set.subscribe(lambda _by: self._queue.sort())
        self.is_behind = False

    async def async_fetch(self) -> None:
        """Ask for as many reports as are due and as the rate limit allows. Raises SmsmodeError."""
        if not self._processor.is_listening:
            return
        begun_at = self._processor.now()
        self.is_behind = True
        asked: list[tuple[TrackedMessage, datetime]] = []
        try:
            while (message := self._pop_awaited(begun_at)) is not None:
                now = self._processor.now()
                # The replies must not wait long either, should the gateway be slow.
                if now - begun_at >= MINUTE or not self._rate_limiter.try_acquire(now):
                    self._queue.schedule(message, FIRST_IN_QUEUE)
                    return
                asked.append((message, now + (now - message.sent_at) / (POLLS_PER_AGE - 1)))
                await self._async_fetch_message(message, now)
            self.is_behind = False
        finally:
            # Not before, or one that was sent just now would have its turn over and over.
            for message, moment in asked:
                self._queue.schedule(message, moment)

    def _pop_awaited(self, now: datetime) -> TrackedMessage | None:
        """Return the next message to ask for, and forget on the way what the gateway has forgotten."""
        forgotten: list[str] = []
        while (message := self._queue.pop_due(now)) is not None:
            age = now - message.sent_at
            if message.pending_count and age <= GATEWAY_RETENTION:
                break
            if age > self._shown_for:
                forgotten.append(message.message_id)
                continue
            if age > GATEWAY_RETENTION:
                self._processor.async_close_message(message.message_id)
            # Reports may still come by callback; after that it is only shown.
            until = next(each for each in (REPORT_WINDOW, GATEWAY_RETENTION, self._shown_for) if age <= each)
            self._queue.schedule(message, message.sent_at + until + timedelta(seconds=1))
        self._processor.async_forget_messages(forgotten)
        return message

    async def async_confirm(self, message_id: str, announced: Mapping[str, DeliveryReport]) -> set[str]:
        """Ask for the reports of a message now; return for which numbers what was announced is true or out of date.

        The gateway gives a status alone; of an announced report that it confirms, operator and cost are believed.
        Raises SmsmodeError.
        """
        message = self._processor.message_log.messages.get(message_id)
        if message is None:
            return set(announced)
        if not self._rate_limiter.try_acquire(self._processor.now()):
            return set()
        confirmed = set()
        reports = []
        for report in await self._client.get_delivery_reports(message_id):
            hint = announced.get(report.number)
            if hint is not None and hint.code == report.code:
                confirmed.add(report.number)
                reports.append(replace(report, operator=hint.operator, cost=hint.cost))
            else:
                reports.append(report)
                if report.status.is_final:
                    confirmed.add(report.number)
        await self._async_process(message, reports)
        return confirmed

    async def _async_fetch_message(self, message: TrackedMessage, now: datetime) -> None:
        """Ask for the reports of one message; past its time, this was the last poll."""
        age = now - message.sent_at
        try:
            reports = await self._client.get_delivery_reports(message.message_id)
        except SmsmodeNotFoundError:
            if age > NOT_FOUND_GRACE_PERIOD:
                self._processor.async_close_message(message.message_id)
            return
        await self._async_process(message, reports)
        if age > REPORT_WINDOW:
            self._processor.async_close_message(message.message_id)

    async def _async_process(self, message: TrackedMessage, reports: Sequence[DeliveryReport]) -> None:
        numbers = [report.number for report in reports]
        # The first answer may name only those of a group of whom something is known.
        is_complete = bool(numbers) and message.codes.keys() >= set(numbers)
        for report in reports:
            self._processor.async_process_report(report)
            await asyncio.sleep(0)
        if message.group is not None and is_complete:
            self._processor.async_note_complete(message.message_id)
