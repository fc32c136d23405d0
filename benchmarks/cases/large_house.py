"""A large house: three accounts, 1,000 recipients, 500 automations, 100,000 known deliveries: start, message, reply."""

import asyncio
import json
import resource
from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from time import perf_counter

from homeassistant.components.websocket_api.messages import event_message, message_to_json_bytes
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_get_setup_timings, async_setup_component
from homeassistant.util import dt as dt_util

from benchmarks.hass_instance import KEY, house, stub
from benchmarks.runner import Row, parse_quick, print_rows, spread
from custom_components.smsmode.api import DeliveryReport, Reply
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.panel.access import PanelAccess
from custom_components.smsmode.panel.conversation import async_read_thread
from custom_components.smsmode.panel.feed import async_get_feed, async_release_feed
from custom_components.smsmode.runtime import SmsmodeConfigEntry, SmsmodeRuntimeData
from custom_components.smsmode.state.message_log import MAX_MESSAGES, TrackedMessage
from reliability.loop_monitor import LoopMonitor

NAMES = ("Home", "Club", "Chalet")
NUMBERS_EACH = 10
RECEIVED = 11
PAGE = 50
ACCESS = PanelAccess(read=True, write=True, acknowledge=True)


def _configuration(url: str, recipients: int) -> str:
    """Return the YAML of all accounts; the first has all recipients but two."""
    people = [{"name": f"Person {number}", "number": f"+3361{number:07}"} for number in range(recipients)]
    parts = (people[:-2], people[-2:-1], people[-1:])
    accounts = [
        {
            "name": name,
            "access_token": f"{KEY}{name}",
            "base_url": url,
            "daily_limit": 0,
            "recipient_hourly_limit": 0,
            "callbacks": "off",
            "recipients": part,
        }
        for name, part in zip(NAMES, parts, strict=True)
    ]
    return f"{DOMAIN}: {json.dumps(accounts)}\n"


async def _automate(hass: HomeAssistant, count: int, recipients: int) -> None:
    """Set up automations that each wait for the reply of somebody."""
    automations = [
        {
            "alias": f"Automation {number}",
            "triggers": [
                {"trigger": "smsmode.reply_received", "options": {"recipient": f"Person {number % (recipients - 2)}"}}
            ],
            "actions": [],
        }
        for number in range(count)
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()


async def _fill(account: SmsmodeRuntimeData, messages: int) -> None:
    """Have the account know messages that went to ten numbers each, and write them."""
    for serial in range(messages):
        codes: dict[str, tuple[int, ...]] = {f"+336{serial:06}{number:02}": () for number in range(NUMBERS_EACH)}
        message = TrackedMessage(message_id=f"known{serial:07}", sent_at=account.processor.now(), codes=codes)
        account.store.state.message_log.record_sent(message, NUMBERS_EACH)
        message.poll_at = dt_util.utc_from_timestamp(2**33)
    await account.store.async_save()


class _Household:
    """What happens in the house, each time with somebody else."""

    def __init__(self, hass: HomeAssistant, account: SmsmodeRuntimeData) -> None:
        """Begin with the first."""
        self._hass, self._account = hass, account
        self._serial = 0
        self._message_id = ""

    async def send(self) -> None:
        """Send a message to somebody."""
        self._serial += 1
        fields = {"message": f"Alarm {self._serial}", "target": [f"Person {self._serial}"]}
        await self._hass.services.async_call(DOMAIN, "send_message", fields, blocking=True)
        self._message_id = next(self._account.store.state.message_log.messages.latest_first()).message_id

    async def report(self) -> None:
        """Have it reported."""
        report = DeliveryReport(message_id=self._message_id, number=self._number, code=RECEIVED)
        self._account.processor.async_process_report(report)

    async def reply(self) -> None:
        """Have it answered."""
        reply = Reply(reply_id=f"R{self._serial}", received_at=dt_util.utcnow(), sender=self._number, text="OK")
        await self._account.processor.async_take_reply(reply)

    @property
    def _number(self) -> str:
        return f"+3361{self._serial:07}"


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = perf_counter()
    await work()
    return (perf_counter() - began) * 1000


async def _open_panel(hass: HomeAssistant, entry: SmsmodeConfigEntry) -> None:
    """Open the panel, with the page of a thread, and close it."""
    feed = async_get_feed(hass, entry, {})

    def send(event: Mapping[str, object]) -> None:
        message_to_json_bytes(event_message(1, dict(event)))

    unsubscribe = feed.async_subscribe(send, ACCESS)
    send(await async_read_thread(feed, "+33610000001", None, PAGE))
    unsubscribe()
    async_release_feed(hass, feed)


async def measure(*, quick: bool) -> list[Row]:
    """Start the house, fill it, and let it live for a moment."""
    recipients, automations, messages, rounds = (100, 50, 1_000, 3) if quick else (1_000, 500, MAX_MESSAGES, 15)
    size = f"{recipients:,} recipients, {automations} automations, {messages * NUMBERS_EACH:,} known deliveries"
    with stub() as gateway:
        async with house(_configuration(gateway.url, recipients)) as hass:
            started = async_get_setup_timings(hass)[DOMAIN] * 1000
            await _automate(hass, automations, recipients)
            entry = hass.config_entries.async_entries(DOMAIN)[0]
            account: SmsmodeRuntimeData = entry.runtime_data
            await _fill(account, messages)
            living = _Household(hass, account)
            found: dict[str, list[float]] = {"a message": [], "its report": [], "its reply": []}
            async with LoopMonitor() as monitor:
                for _ in range(rounds):
                    for name, work in zip(found, (living.send, living.report, living.reply), strict=True):
                        await asyncio.sleep(0.1)
                        found[name].append(await _timed(work))
            panel = [await _timed(lambda: _open_panel(hass, entry)) for _ in range(rounds)]
            reload = await _timed(lambda: hass.config_entries.async_reload(entry.entry_id))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Row(what=f"the start of three accounts with {size}", figure=f"{started:,.0f} ms"),
        *(Row(what=name, figure=f"{median(times):.1f} ms {spread(times)}") for name, times in found.items()),
        Row(what="longest block of the event loop meanwhile", figure=f"{monitor.longest * 1000:.1f} ms"),
        Row(what="the panel of the largest account, opened", figure=f"{median(panel):.1f} ms {spread(panel)}"),
        Row(what="a reload of the largest account", figure=f"{reload:,.0f} ms"),
        Row(what="memory of the whole house at its peak", figure=f"{peak:.0f} MB"),
    ]


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
