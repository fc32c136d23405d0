"""Reply: from its callback to its event, with a gateway 100 ms away, which is asked whether the reply is true."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from homeassistant.components import webhook
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import Event, HomeAssistant, callback

from benchmarks.hass_instance import KEY, ROOT, account, free_port, house
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal, spread
from custom_components.smsmode.const import DOMAIN, EVENT_REPLY
from custom_components.smsmode.state.account_facts import Fact

NUMBER = "33612345678"
DISTANCE = 0.1
FETCHES = 10
# After this the next callback is looked after at once.
PAUSE = 4.0
WHY = (
    "the newest row of the list is asked for, then the next, which is known; asked for together they could show two "
    "states of the list, and a reply that came in between would be left for the look back of the hour"
)
ROUND_TRIPS = Goal(limit=1, why=WHY)
TIME = Goal(limit=DISTANCE * 1000 + 5, unit=" ms", why=f"two round trips, not one: {WHY}")


class _Emulator:
    """Emulated gateway in a process of its own."""

    def __init__(self, url: str, session: ClientSession) -> None:
        """Keep its address."""
        self.url = url
        self._session = session

    async def order(self, what: str, **fields: Any) -> Any:
        """Give it an order."""
        async with self._session.post(f"{self.url}/_emulator/{what}", json=fields) as response:
            return await response.json()

    async def count(self) -> int:
        """Return how many requests it got."""
        async with self._session.get(f"{self.url}/_emulator/requests") as response:
            return len(await response.json())


@asynccontextmanager
async def _emulator(session: ClientSession) -> AsyncIterator[_Emulator]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "emulator", "--port", "0", "--token", KEY), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None
    try:
        yield _Emulator((await process.stdout.readline()).decode().split()[1], session)
    finally:
        process.terminate()
        await process.wait()


async def _hear(hass: HomeAssistant, gateway: _Emulator, session: ClientSession, address: str, text: str) -> float:
    """Have somebody reply; returns the milliseconds from the callback to the event."""
    heard: asyncio.Future[float] = hass.loop.create_future()

    @callback
    def note(_event: Event) -> None:
        heard.set_result(perf_counter())

    reply = await gateway.order("reply", number=NUMBER, text=text, message_id=None, callback=False, stray=True)
    received_at = datetime.fromisoformat(reply["received_at"]).astimezone(ZoneInfo("Europe/Paris"))
    params = {
        "numero": reply["to"],
        "emetteur": NUMBER,
        "message": text,
        "date_reception": received_at.strftime("%d%m%Y-%H:%M:%S"),
        "responseID": reply["id"],
        "smsID": "",
    }
    hass.bus.async_listen_once(EVENT_REPLY, note)
    began = perf_counter()
    async with session.get(address, params=params):
        pass
    async with asyncio.timeout(30):
        return (await heard - began) * 1000


async def measure(*, quick: bool) -> list[Row]:
    """Measure some replies, one after the other."""
    replies, port = 2 if quick else 8, free_port()
    times, requests = [], []
    async with ClientSession() as session, _emulator(session) as gateway, house(account(gateway.url), port) as hass:
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        address = f"http://127.0.0.1:{port}{webhook.async_generate_path(entry.data[CONF_WEBHOOK_ID])}"
        # As an account knows it from two replies of different minutes on.
        entry.runtime_data.learner.learn(Fact.REPLIES_NEWEST_FIRST, holds=True)
        # A list that was empty a moment ago is read to its end for a while, for an empty row may be an error.
        await gateway.order("reply", number=NUMBER, text="Hello", message_id=None, callback=False, stray=True)
        for _ in range(FETCHES):
            await entry.runtime_data.coordinator.async_fetch_all()
        await gateway.order("faults", endpoint="*", fault=f"slow:{DISTANCE}", times=None)
        for number in range(replies + 1):
            before = await gateway.count()
            spent = await _hear(hass, gateway, session, address, f"Reply {number}")
            times += [spent] if number else []
            requests += [await gateway.count() - before] if number else []
            await asyncio.sleep(PAUSE)
    what = f"from the callback of a reply to its event, the gateway {DISTANCE * 1000:.0f} ms away"
    figure = f"{median(times):.0f} ms {spread(times)}"
    return [
        row_with_goal(what, median(times), TIME, figure, key="reply"),
        row_with_goal("round trips of that", median(requests), ROUND_TRIPS, key="round trips"),
    ]


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
