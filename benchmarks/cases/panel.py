"""Panel: a page of a thread of 10,000 messages, a snapshot with 200 recipients, one change to 20 open panels.

All but the last row are how long the event loop is blocked; the last is what a person waits for, with the moment for
which changes are gathered. What the browser takes to draw it is in the story of the panel with 200 people.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from statistics import median
from time import perf_counter

from homeassistant.components.websocket_api.messages import event_message, message_to_json_bytes
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from benchmarks.hass_instance import account, house, stub
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal, spread
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.panel.access import PanelAccess
from custom_components.smsmode.panel.conversation import async_read_thread
from custom_components.smsmode.panel.feed import AccountFeed, async_get_feed, async_release_feed
from custom_components.smsmode.state.message_log import MAX_MESSAGES, SendDetails, TrackedMessage, shared_details
from custom_components.smsmode.state.outbox import MessageKind

RECIPIENTS = 200
PANELS = 20
PAGE = 50
BUSY = "+33612000000"
EVERYTHING = PanelAccess(read=True, write=True, acknowledge=True)
OPENING = Goal(
    limit=100,
    unit=" ms",
    why="the first panel indexes the message log, once; the next ones find the index",
)
SNAPSHOT = Goal(limit=50, unit=" ms", why="each thread has its latest message, which is looked for anew")
PAGE_GOAL = Goal(limit=10, unit=" ms", why="each message is shown with its status, its names and its origin")
CHANGE = Goal(
    limit=50,
    unit=" ms",
    why="all threads are looked at anew, once for all panels, at most ten times a second",
)
ARRIVAL = Goal(limit=300, unit=" ms", why="changes are gathered for a tenth of a second")


class OpenPanels:
    """Open panels of one account, whose messages are encoded as the WebSocket would."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Fill the message log: half of it to one recipient, the rest to all others."""
        self._hass = hass
        (self._entry,) = hass.config_entries.async_entries(DOMAIN)
        self._processor = self._entry.runtime_data.processor
        self._log = self._processor.message_log
        self._details = shared_details(SendDetails(kind=MessageKind.SMS, segments=1, origin="automation.leak"))
        self._serials = count()
        for serial in range(MAX_MESSAGES):
            self.note(BUSY if serial % 2 else f"+33612{serial % RECIPIENTS:06}")
        self.bytes_sent = 0
        self._awaited = 0
        self._arrived = asyncio.Event()

    def note(self, number: str) -> None:
        """Record a message that the gateway accepted."""
        serial = next(self._serials)
        sent_at = dt_util.utcnow() - timedelta(hours=40) + timedelta(seconds=serial * 10)
        message = TrackedMessage(
            message_id=f"known{serial:07}", sent_at=sent_at, codes={number: (11,)}, details=self._details
        )
        self._log.record_sent(message, segments=1)

    def open(self) -> AccountFeed:
        """Open the first panel."""
        return async_get_feed(self._hass, self._entry, {})

    def send(self, event: dict[str, object]) -> None:
        """Encode what a panel gets."""
        self.bytes_sent += len(message_to_json_bytes(event_message(1, event)))
        self._awaited -= 1
        if self._awaited == 0:
            self._arrived.set()

    async def arrive(self) -> float:
        """Change something, and return how long, in ms, it takes until all open panels have it."""
        self._awaited, began = PANELS, perf_counter()
        self._arrived.clear()
        self.note(BUSY)
        self._processor.async_changed()
        await self._arrived.wait()
        return (perf_counter() - began) * 1000

    def look(self, feed: AccountFeed) -> None:
        """Open one more panel, and close it."""
        unsubscribe = feed.async_subscribe(self.send, EVERYTHING)
        unsubscribe()

    def release(self, feed: AccountFeed) -> None:
        """Close the last panel."""
        async_release_feed(self._hass, feed)


def _times(work: Callable[[], object], times: int) -> list[float]:
    """Return how long, in ms, each of several runs blocks the event loop."""
    found = []
    for _ in range(times):
        began = perf_counter()
        work()
        found.append((perf_counter() - began) * 1000)
    return found


def _row(what: str, times: list[float], goal: Goal, key: str) -> Row:
    value = median(times)
    return row_with_goal(what, value, goal, figure=f"{value:.1f} ms {spread(times)}", key=key)


async def _measure(panels: OpenPanels, times: int) -> list[Row]:
    opening = _times(lambda: panels.release(panels.open()), times)
    feed = panels.open()
    await feed.texts.async_wait()
    snapshot = _times(lambda: panels.look(feed), times)
    pages = []
    for _ in range(times):
        began = perf_counter()
        page = await async_read_thread(feed, BUSY, None, PAGE)
        panels.send(page)
        pages.append((perf_counter() - began) * 1000)
    for _ in range(PANELS):
        feed.async_subscribe(panels.send, EVERYTHING)

    def change() -> None:
        panels.note(BUSY)
        feed.async_flush()

    changes = _times(change, times)
    arrivals = [await panels.arrive() for _ in range(times)]
    panels.release(feed)
    return [
        _row(f"the first panel with {MAX_MESSAGES:,} messages in the log", opening, OPENING, "panel opening"),
        _row(f"a snapshot with {RECIPIENTS} recipients", snapshot, SNAPSHOT, "panel snapshot"),
        _row(f"a page of {PAGE} of a thread of {MAX_MESSAGES // 2:,} messages", pages, PAGE_GOAL, "panel page"),
        _row(f"one change to {PANELS} open panels", changes, CHANGE, "panel change"),
        _row(f"until a change is in {PANELS} open panels", arrivals, ARRIVAL, "panel arrival"),
    ]


async def measure(*, quick: bool) -> list[Row]:
    """Measure how long the event loop is blocked, and how long a change takes."""
    people = [{"name": f"Person {index}", "number": f"+33612{index:06}"} for index in range(RECIPIENTS)]
    with stub() as gateway:
        async with house(account(gateway.url, people)) as hass:
            return await _measure(OpenPanels(hass), 5 if quick else 50)


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
