"""List of replies that begins with the newest, whichever end the gateway's own begins with.

The document does not say which that is. Of a list that begins with the oldest, the newest reply is the last: its row is
found by reading single rows around the length known last, which costs two requests while nothing is new.

Only the two kinds of page that no text can imitate are read: a single row, and a page whose last row exists.
"""

from datetime import UTC, datetime
from typing import override

from ..api import GatewayClient, Reply, SmsmodeUncertainError

MAX_UNREADABLE_ROWS = 3
# No list is searched further, for a gateway may ignore which row it is asked for.
MAX_LENGTH = 1_000_000


class ReplyList:
    """List of replies as the gateway gives it."""

    def __init__(self, client: GatewayClient) -> None:
        """Read nothing yet."""
        self._client = client

    async def async_row(self, index: int) -> Reply | None:
        """Return one row; None if the list ends before it. Raises SmsmodeError."""
        rows = await self._client.get_replies(start=index, count=1)
        return rows[0] if rows else None

    async def async_page(self, start: int, count: int) -> list[Reply] | None:
        """Return so many rows; None if the list ends within them. Raises SmsmodeError."""
        if await self.async_row(start + count - 1) is None:
            return None
        return await self._client.get_replies(start=start, count=count, exact=True)


class ReversedReplyList(ReplyList):
    """List of replies from its end, as long as it was when it was measured last.

    A list that grows keeps the places of its rows. One that becomes shorter, because its oldest rows are deleted, is
    measured anew where a row is missing. ``has_grown`` tells whether it was longer this time than the time before.
    """

    def __init__(self, client: GatewayClient) -> None:
        """Know no length yet."""
        super().__init__(client)
        self.length = 0
        self.has_grown = False
        self._rows = ReplyList(client)
        self._newest: Reply | None = None

    async def async_measure(self) -> None:
        """Find the length: search in growing steps from the one known last, then bisect. Raises SmsmodeError."""
        search = _LengthSearch(self._rows)
        before, self.length = self.length, await search.async_find(self.length)
        self.has_grown = 0 < before < self.length
        self._newest = search.seen.get(self.length - 1)

    async def async_begins_with_newest(self) -> bool | None:
        """Return whether the list itself begins with the newest reply; None if the dates of its ends do not tell.

        In between, a reply that reached the gateway late may stand in another order.
        """
        await self.async_measure()
        first = await self._async_oldest() if self.length > 1 else None
        if first is None or self._newest is None:
            return None
        if came_before(self._newest, first.received_at):
            return True
        return False if came_before(first, self._newest.received_at) else None

    async def _async_oldest(self) -> Reply | None:
        try:
            return await self._rows.async_row(0)
        except SmsmodeUncertainError:
            return None

    @override
    async def async_row(self, index: int) -> Reply | None:
        """Return one row, counted from the end; None if there are not so many."""
        for _ in range(2):
            if index >= self.length:
                break
            newest = None if index else self._newest
            row = newest or await self._rows.async_row(self.length - 1 - index)
            if row is not None:
                return row
            await self.async_measure()
        return None

    @override
    async def async_page(self, start: int, count: int) -> list[Reply] | None:
        """Return so many rows, counted from the end; None if there are not so many."""
        if start + count > self.length:
            return None
        page = await self._rows.async_page(self.length - start - count, count)
        if page is None:
            await self.async_measure()
            return None
        return page[::-1]


class _LengthSearch:
    """Search for the length of a list; ``seen`` are the rows that it met, None for one that cannot be read."""

    def __init__(self, rows: ReplyList) -> None:
        """Have seen nothing."""
        self.seen: dict[int, Reply | None] = {}
        self._rows = rows
        self._unreadable = 0

    async def async_find(self, length: int) -> int:
        """Return the length, given what it was. Each row below ``low`` exists, and none from ``high`` on."""
        low = high = length
        step = 1
        while high < MAX_LENGTH and await self._async_exists(high):
            low, high, step = high + 1, high + step, 2 * step
        while low and not await self._async_exists(low - 1):
            low, high, step = max(low - step, 0), low - 1, 2 * step
        while low < high:
            middle = (low + high) // 2
            if await self._async_exists(middle):
                low = middle + 1
            else:
                high = middle
        return low

    async def _async_exists(self, index: int) -> bool:
        """Return whether there is a row. One that cannot be read is one: it must not hide those behind it."""
        if index in self.seen:
            return True
        try:
            row = await self._rows.async_row(index)
        except SmsmodeUncertainError:
            self._unreadable += 1
            if self._unreadable > MAX_UNREADABLE_ROWS:
                raise
            self.seen[index] = None
            return True
        if row is not None:
            self.seen[index] = row
        return row is not None


def came_before(reply: Reply, moment: datetime | None) -> bool:
    """Return whether a reply came before a moment, whichever hours their dates mean of the two that autumn repeats."""
    if reply.received_at is None or moment is None:
        return False
    # Of two times of one zone Python compares the digits.
    return reply.received_at.replace(fold=1).astimezone(UTC) < moment.replace(fold=0).astimezone(UTC)
