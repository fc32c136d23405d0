"""The gateway's list of replies, read from the newest until one that was read before, so that no text can fool us.

A list is cut into rows, and the text of an SMS can hold a newline and what looks like the next row: a reply of somebody
else. Two kinds of page cannot be imitated. A page of one is not cut. And of a list that reaches down to its last row, a
page has as many rows as were asked for: an imitated one would be one too many. So the newest replies are read one by
one, and a backlog in pages whose last row was read on its own before; a page that does not fit is read one by one.

The list grows at its top meanwhile. Then a page begins with rows that were read already, which does no harm.
"""

from collections.abc import Callable

from ..api import Reply, SmsmodeClient, SmsmodeUncertainError
from ..const import LOGGER

ONE_BY_ONE = 20
PAGE = 50
MAX_REPLIES = 10_000
MAX_UNREADABLE = 3


class ReplyPager:
    """One walk down the list; ``new`` is what it found, newest first, and ``top`` the id of the first row.

    It ends at a row that is known, after ``depth`` rows besides the new ones. ``gap`` says how deep the next walk has
    to be, because something could not be read or the list ended before anything known.
    """

    def __init__(self, client: SmsmodeClient, is_known: Callable[[Reply], bool], depth: int = 0) -> None:
        """Stand at the top."""
        self.new: dict[str | None, Reply] = {}
        self.gap = 0
        self.top: str | None = None
        self._client = client
        self._is_known = is_known
        self._depth = depth
        self._row = 0
        self._unreadable = 0
        self._one_by_one = ONE_BY_ONE
        self._page = PAGE
        self._arrived = False

    async def async_go(self) -> None:
        """Walk; raises if the gateway does not answer, and then nothing of what was found counts."""
        while not self._arrived and self._row < MAX_REPLIES:
            await (self._async_read_one() if self._row < self._one_by_one else self._async_read_page())
        if not self._arrived:
            LOGGER.warning("There are more than %s new replies; the oldest of them are left out", MAX_REPLIES)

    async def _async_read_one(self) -> None:
        try:
            replies = await self._client.get_replies(start=self._row, count=1)
        except SmsmodeUncertainError as err:
            self._unreadable += 1
            if self._unreadable > MAX_UNREADABLE:
                raise
            LOGGER.debug("A reply was left out for now: %s", err)
            self._note_gap()
            self._row += 1
            return
        if replies:
            self._take(replies)
        else:
            self._end()

    async def _async_read_page(self) -> None:
        """Read a page that cannot be imitated: its last row is there."""
        try:
            if not await self._client.get_replies(start=self._row + self._page - 1, count=1):
                self._shorten()
                return
            replies = await self._client.get_replies(start=self._row, count=self._page, exact=True)
        except SmsmodeUncertainError as err:
            LOGGER.debug("A page of replies is read one by one: %s", err)
            self._one_by_one = self._row + self._page
        else:
            self._take(replies)

    def _shorten(self) -> None:
        """The list ends within the page."""
        self._page //= 2
        if not self._page:
            self._end()

    def _end(self) -> None:
        self._arrived = True
        self._note_gap()

    def _note_gap(self) -> None:
        self.gap = self._row + 1

    def _take(self, replies: list[Reply]) -> None:
        self.top = self.top or replies[0].reply_id
        for reply in replies:
            if not self._is_known(reply):
                self.new.setdefault(reply.reply_id, reply)
            elif self._row >= self._depth + len(self.new):
                self._arrived = True
            self._row += 1
