"""Fetcher of replies: pages through the gateway's list of replies and verifies what it shows.

A list is cut into rows, and the text of an SMS can hold a newline and what looks like the next row: a reply of somebody
else. Two kinds of page cannot be imitated. A page of one row is not cut. And of a list that reaches down to its last
row, a page has as many rows as were asked for: an imitated one would be one too many. So the newest replies are read
one by one, and a backlog in pages whose last row was read on its own before; a page that does not fit is read one by
one.

The list grows at its top meanwhile. Then a page begins with rows that were read already, which does no harm.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from ..api import GatewayClient, Reply, SmsmodeError, SmsmodeUncertainError
from ..const import LOGGER
from ..state.account_facts import Fact, Verdict
from ..state.reply_history import in_second_pass
from .fact_learner import FactLearner
from .processor import InboundProcessor
from .reply_list import MAX_UNREADABLE_ROWS, ReplyList, ReversedReplyList, came_before

SINGLE_ROWS = 20
PAGE_SIZE = 50
MAX_ROWS = 10_000
# How often a gap in the list is read again before it is accepted.
MAX_GAP_RETRIES = 3
LOOKBACK_INTERVAL = timedelta(hours=1)
# Further than an hour both ways, for the hour that autumn repeats.
LOOKBACK_PERIOD = timedelta(hours=3)
LOOKAHEAD_PERIOD = timedelta(minutes=61)


class ReplyPager:
    """One pass over the list of replies, from the newest row down; ``new`` is what it found, newest first.

    It stops at a row that is known, after ``depth`` rows besides the new ones. ``top`` is the first row.
    ``gap`` is how deep the next pass has to go, because a row could not be read or the list ended before a known row;
    0 if there is no gap. ``unreadable`` counts the rows that could not be read. ``is_complete`` is False if the list
    went on below the last row that was read.
    """

    def __init__(self, rows: ReplyList, is_known: Callable[[Reply], bool], depth: int = 0) -> None:
        """Start at the newest row."""
        self.new: dict[str | None, Reply] = {}
        self.gap = 0
        self.top: Reply | None = None
        self._rows = rows
        self._is_known = is_known
        self._depth = depth
        self._row = 0
        self.unreadable = 0
        self._single_rows = SINGLE_ROWS
        self._page_size = PAGE_SIZE
        self.is_complete = False

    async def async_read(self) -> None:
        """Read until a known row; raises SmsmodeError if the gateway does not answer, and ``new`` is void then."""
        while not self.is_complete and self._row < MAX_ROWS:
            await (self._async_read_row() if self._row < self._single_rows else self._async_read_page())

    async def _async_read_row(self) -> None:
        try:
            reply = await self._rows.async_row(self._row)
        except SmsmodeUncertainError as err:
            self.unreadable += 1
            if self.unreadable > MAX_UNREADABLE_ROWS:
                raise
            LOGGER.debug("A reply was left out for now: %s", err)
            self.gap = self._row + 1
            self._row += 1
            return
        if reply is None:
            self._end_of_list()
        else:
            self._add_rows([reply])

    async def _async_read_page(self) -> None:
        """Read a page that cannot be imitated: its last row exists."""
        try:
            replies = await self._rows.async_page(self._row, self._page_size)
        except SmsmodeUncertainError as err:
            LOGGER.debug("A page of replies is read one by one: %s", err)
            self._single_rows = self._row + self._page_size
            return
        if replies is not None:
            self._add_rows(replies)
            return
        # The list ends within the page.
        self._page_size //= 2
        if not self._page_size:
            self._end_of_list()

    def _end_of_list(self) -> None:
        self.is_complete = True
        self.gap = self._row + 1

    def _add_rows(self, replies: list[Reply]) -> None:
        self.top = self.top or replies[0]
        for reply in replies:
            if not self._is_known(reply):
                self.new.setdefault(reply.reply_id, reply)
            elif self._row >= self._depth + len(self.new):
                self.is_complete = True
            self._row += 1


class ReplyFetcher:
    """Fetcher of the replies of one account.

    What a pass over the list finds is verified. A query by date is not: in its answer a text can imitate a reply. So
    dates only tell whether a reply entered the list behind one that was known already, where no pass would go; then one
    pass goes there.
    """

    def __init__(self, client: GatewayClient, processor: InboundProcessor, learner: FactLearner) -> None:
        """Fetch for a processor; one fetch runs at a time.

        ``on_left_out`` is called when there were more replies than are read, and the oldest of them were left out.
        """
        self.on_left_out: Callable[[], object] = lambda: None
        self._client = client
        self._processor = processor
        self._learner = learner
        self._lock = asyncio.Lock()
        self._as_listed = ReplyList(client)
        self._from_end = ReversedReplyList(client)
        self._top: str | None = None
        self._gap = 0
        self._gap_retries = 0
        self._looked_back_at: datetime | None = None
        self._unconfirmed_ids: set[str | None] = set()
        # The first row for which the order was doubted in vain.
        self._doubted: Reply | None = None

    async def async_fetch(self) -> bool:
        """Process all replies that are not known yet, oldest first. Raises SmsmodeError.

        Return False if the list was not read: a row could not be parsed, and is going to be read again, or it is empty
        though it was not before.
        """
        if not self._processor.is_listening:
            return False
        async with self._lock:
            begun_at = self._processor.gateway_now()
            history = self._processor.message_log.reply_history
            history.clamp_cutoff(begun_at)
            newest = history.newest_listed()
            newest = newest and min(newest, begun_at)
            pager = await self._async_read_list(self._gap, newest)
            retry = bool(pager.gap) and self._gap_retries < MAX_GAP_RETRIES
            self._gap, self._gap_retries = (pager.gap, self._gap_retries + 1) if retry else (0, 0)
            is_due = self._looked_back_at is None or begun_at - self._looked_back_at >= LOOKBACK_INTERVAL
            if newest is not None and is_due:
                await self._async_look_back(newest, len(pager.new))
                self._looked_back_at = begun_at
            history.read_at = begun_at
            return not (retry and pager.unreadable) and (newest is None or pager.top is not None)

    async def _async_read_list(self, depth: int, newest: datetime | None) -> ReplyPager:
        """Read the list from its newest row down and process what is new; learn at which end the newest is.

        ``newest`` is when the newest reply was received that is known already.
        """
        newest_first = await self._async_order()
        if newest_first is None:
            return await self._async_read_both_ends(depth)
        pager = await self._async_pass(depth, newest_first=newest_first)
        if self._is_doubtful(pager, newest, newest_first=newest_first):
            if await self._async_learn_order() is (not newest_first):
                pager = await self._async_pass(depth, newest_first=not newest_first)
            else:
                self._doubted = pager.top
        await self._async_process(pager)
        return pager

    async def _async_order(self) -> bool | None:
        """Return whether the list begins with the newest; else it has been measured."""
        verdict = self._learner.facts.verdict(Fact.REPLIES_NEWEST_FIRST)
        if verdict is Verdict.UNKNOWN:
            return await self._async_learn_order()
        if verdict is Verdict.REFUTED:
            await self._from_end.async_measure()
        return verdict is Verdict.PROVEN

    async def _async_learn_order(self) -> bool | None:
        newest_first = await self._from_end.async_begins_with_newest()
        if newest_first is not None:
            self._learner.learn(Fact.REPLIES_NEWEST_FIRST, holds=newest_first)
        return newest_first

    def _is_doubtful(self, pager: ReplyPager, newest: datetime | None, *, newest_first: bool) -> bool:
        """Return whether a pass speaks for the other order.

        The first row is older than another that is known, or there are more rows than before and none is new. Once is
        enough for one row: a reply may be late, or the newest may have been deleted.
        """
        if pager.top is None or pager.unreadable or pager.top == self._doubted:
            return False
        if not newest_first and self._from_end.has_grown and not pager.new:
            return True
        last = next(reversed(pager.new.values()), pager.top)
        return came_before(pager.top, newest) or came_before(pager.top, last.received_at)

    async def _async_read_both_ends(self, depth: int) -> ReplyPager:
        """Read a list of which nobody knows the order yet: whatever is new is at one of its ends.

        If all of it is new, it is taken to begin with the newest.
        """
        pagers = []
        for newest_first in (True, False) if self._from_end.length > 1 else (False,):
            pagers.append(await self._async_pass(depth, newest_first=newest_first))
            await self._async_process(pagers[-1])
        pagers[0].gap = max(pager.gap for pager in pagers)
        pagers[0].unreadable = sum(pager.unreadable for pager in pagers)
        return pagers[0]

    async def _async_pass(self, depth: int, *, newest_first: bool) -> ReplyPager:
        pager = ReplyPager(self._as_listed if newest_first else self._from_end, self._is_known, depth)
        await pager.async_read()
        return pager

    async def _async_process(self, pager: ReplyPager) -> None:
        if not pager.is_complete:
            LOGGER.warning("There are more than %s new replies; the oldest of them are left out", MAX_ROWS)
            self.on_left_out()
        for reply in reversed(pager.new.values()):
            await self._processor.async_take_reply(self._with_repeated_hour_resolved(reply))
            # Many of them must not keep the event loop from everything else.
            await asyncio.sleep(0)
        self._top = None if pager.top is None else pager.top.reply_id

    def _is_known(self, reply: Reply) -> bool:
        return reply.reply_id == self._top or self._processor.async_has_listed(self._with_repeated_hour_resolved(reply))

    def _with_repeated_hour_resolved(self, reply: Reply) -> Reply:
        """Return the reply with its time in the right one of the two hours that autumn repeats."""
        heard = self._processor.message_log.reply_history
        return in_second_pass(reply, heard.read_at or heard.cutoff, self._processor.gateway_now())

    async def _async_look_back(self, newest: datetime, above: int) -> None:
        """Query by date behind the newest reply that was known before this pass, which found ``above`` above it."""
        try:
            replies = await self._client.get_replies_between(newest - LOOKBACK_PERIOD, newest + LOOKAHEAD_PERIOD)
        except SmsmodeError as err:
            LOGGER.debug("The replies were not given by date: %s", err)
            return
        if any(reply.reply_id not in self._unconfirmed_ids and not self._is_known(reply) for reply in replies):
            await self._async_read_list(above + len(replies), newest)
        # What no pass finds, a text has made up.
        self._unconfirmed_ids = {reply.reply_id for reply in replies if not self._is_known(reply)}
