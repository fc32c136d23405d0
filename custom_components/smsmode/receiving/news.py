"""Asks the gateway for replies and delivery reports, and lets the inbox hear them once somebody is there to be told."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from homeassistant.util import dt as dt_util

from ..api import DeliveryReport, Reply, SmsmodeClient, SmsmodeError, SmsmodeNotFoundError
from ..const import LOGGER
from ..state.message_log import KNOWN_FOR, WATCHED_FOR, TrackedMessage
from ..state.reply_history import in_second_pass
from .fetchers import ReplyPager
from .pace import MINUTE, RateLimiter
from .processor import InboundProcessor
from .report_agenda import ReportQueue

# How often a gap in the list is looked at again before it is believed.
LOOKS_AT_A_GAP = 3
LOOK_BACK_EVERY = timedelta(hours=1)
# Further than an hour both ways, for the hour that autumn repeats.
LOOK_BACK = timedelta(hours=3)
LOOK_AHEAD = timedelta(minutes=61)

REPORTS_A_MINUTE = 30
# A message is asked for the less often the older it is: after an hour every six minutes, after a day every 2.4 hours.
MAX_FAILURES_DIVISOR = 10
AT_ONCE = datetime.min.replace(tzinfo=UTC)
# Until then the gateway may only not have it in its books yet.
NOT_FOUND_FOR_GOOD = timedelta(hours=1)


class ReplyFetcher:
    """Reads the replies of one account.

    What the walk down the list finds is verified. Asking by date is not: in a list of dates a text can imitate a reply.
    So dates only tell whether something came into the list behind a reply that was known already, where no walk would
    go; then one goes there.
    """

    def __init__(self, client: SmsmodeClient, processor: InboundProcessor) -> None:
        """Read for an inbox."""
        self._client = client
        self._processor = processor
        self._lock = asyncio.Lock()
        self._top: str | None = None
        self._gap = 0
        self._looks_at_gap = 0
        self._looked_back_at: datetime | None = None
        self._doubted: set[str | None] = set()

    async def async_fetch(self) -> None:
        """Let the inbox hear all replies that it does not know, oldest first."""
        if not self._processor.is_listening:
            return
        async with self._lock:
            begun_at = dt_util.utcnow()
            newest = self._processor.message_log.heard.newest_listed()
            walk = await self._async_walk(self._gap)
            again = bool(walk.gap) and self._looks_at_gap < LOOKS_AT_A_GAP
            self._gap, self._looks_at_gap = (walk.gap, self._looks_at_gap + 1) if again else (0, 0)
            if newest is not None and self._is_time_to_look_back(begun_at):
                await self._async_look_back(min(newest, begun_at), len(walk.new))
                self._looked_back_at = begun_at
            self._processor.message_log.heard.read_at = begun_at

    async def _async_walk(self, depth: int) -> ReplyPager:
        walk = ReplyPager(self._client, self._is_known, depth)
        await walk.async_go()
        for reply in reversed(walk.new.values()):
            self._processor.async_process_reply(self._dated(reply), verified=True)
            # Many of them must not keep the house from everything else.
            await asyncio.sleep(0)
        self._top = walk.top
        return walk

    def _is_known(self, reply: Reply) -> bool:
        return reply.reply_id == self._top or self._processor.async_has_listed(self._dated(reply))

    def _dated(self, reply: Reply) -> Reply:
        heard = self._processor.message_log.heard
        return in_second_pass(reply, heard.read_at or heard.horizon, dt_util.utcnow())

    def _is_time_to_look_back(self, now: datetime) -> bool:
        return self._looked_back_at is None or now - self._looked_back_at >= LOOK_BACK_EVERY

    async def _async_look_back(self, newest: datetime, above: int) -> None:
        """Look by date behind the newest reply that was known before this walk, which found so many above it."""
        try:
            replies = await self._client.get_replies_between(newest - LOOK_BACK, newest + LOOK_AHEAD)
        except SmsmodeError as err:
            LOGGER.debug("The replies were not given by date: %s", err)
            return
        if any(reply.reply_id not in self._doubted and not self._is_known(reply) for reply in replies):
            await self._async_walk(above + len(replies))
        # What no walk finds, a text has made up.
        self._doubted = {reply.reply_id for reply in replies if not self._is_known(reply)}


class ReportFetcher:
    """Reads the delivery reports of one account, those first that have been due the longest."""

    def __init__(self, client: SmsmodeClient, processor: InboundProcessor) -> None:
        """Read for an inbox."""
        self._client = client
        self._processor = processor
        self._pace = RateLimiter(REPORTS_A_MINUTE)
        self._agenda = ReportQueue(processor.message_log.messages)
        self.is_behind = False

    async def async_fetch(self) -> None:
        """Ask for as many reports as are due and as may be asked for."""
        if not self._processor.is_listening:
            return
        begun_at = dt_util.utcnow()
        self.is_behind = True
        asked: list[tuple[TrackedMessage, datetime]] = []
        try:
            while (message := self._take_awaited(begun_at)) is not None:
                now = dt_util.utcnow()
                # The replies must not wait long either, should the gateway be slow.
                if now - begun_at >= MINUTE or not self._pace.take(now):
                    self._agenda.put(message, AT_ONCE)
                    return
                asked.append((message, now + (now - message.sent_at) / (MAX_FAILURES_DIVISOR - 1)))
                await self._async_ask(message, now)
            self.is_behind = False
        finally:
            # Not before, or one that was sent just now would have its turn over and over.
            for message, moment in asked:
                self._agenda.put(message, moment)

    def _take_awaited(self, now: datetime) -> TrackedMessage | None:
        """Give what is to be asked for, and forget what is done with on the way."""
        done: list[str] = []
        while (message := self._agenda.take(now)) is not None:
            age = now - message.sent_at
            if message.awaited and age <= KNOWN_FOR:
                break
            if age > WATCHED_FOR:
                done.append(message.message_id)
            else:
                # Reports may still come by callback.
                self._agenda.put(message, message.sent_at + WATCHED_FOR + timedelta(seconds=1))
        self._processor.async_forget_messages(done)
        return message

    async def _async_ask(self, message: TrackedMessage, now: datetime) -> None:
        """Hear what became of a message; past its time, this was the last word."""
        age = now - message.sent_at
        try:
            reports = await self._client.get_delivery_reports(message.message_id)
        except SmsmodeNotFoundError:
            if age > NOT_FOUND_FOR_GOOD:
                self._processor.async_forget_messages([message.message_id])
            return
        await self._async_hear(message, reports)
        if age > WATCHED_FOR:
            self._processor.async_forget_messages([message.message_id])

    async def _async_hear(self, message: TrackedMessage, reports: Iterable[DeliveryReport]) -> None:
        named = [report.number for report in reports]
        # The first answer may name only those of a group of whom something is known.
        is_complete = bool(named) and message.codes.keys() >= set(named)
        for report in reports:
            self._processor.async_process_report(report)
            await asyncio.sleep(0)
        if message.group is not None and is_complete:
            self._processor.async_note_complete(message.message_id)
