"""Callbacks in a burst, forged, malformed and oversized, while 50 messages are sent and answered.

Time is real here: the gateway and the load are programs of their own, and the longest block is that of the event loop
of the house. Time in which other programs had the machine is not counted.
"""

import asyncio
import gc
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import pytest
from aiohttp import ClientSession
from homeassistant.core import Event, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.const import DOMAIN
from emulator.server import TOKEN
from tests.support.house import WEBHOOK_ID

from .figures import Figures
from .loop_monitor import LoopMonitor

QUICK, FULL, WARM = 500, 10_000, 100
SENDS, ANSWERS = 50, 10
PATIENCE = 60
LONGEST_BLOCK_MS = 50
REQUESTS_A_MINUTE = 60
# What the house keeps on purpose: rings, early reports, what was sent; and half an object of each call, to be told
# from one that is kept of each.
QUEUED, KEPT_OF_EACH = 12_000, 0.5

type Json = dict[str, Any]


@dataclass(frozen=True)
class GatewayProcess:
    """Gateway in a process of its own."""

    url: str
    client: ClientSession

    async def ask(self, what: str, order: Json | None = None) -> Any:
        """Query the control API, or send it a command."""
        method = "GET" if order is None else "POST"
        async with self.client.request(method, f"{self.url}/_emulator/{what}", json=order) as response:
            return await response.json()


async def _program(*words: str) -> Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", *words, stdout=PIPE)


@pytest.fixture
async def gateway_process(socket_enabled: None) -> AsyncIterator[GatewayProcess]:  # noqa: ARG001
    """Run the gateway."""
    process = await _program("emulator", "--port", "0", "--credits", "1000", "--progression", "1s")
    assert process.stdout is not None
    url = (await process.stdout.readline()).split()[1].decode()
    async with ClientSession() as client:
        yield GatewayProcess(url, client)
    process.terminate()
    await process.wait()


@pytest.fixture
async def address(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, gateway_process: GatewayProcess
) -> str:
    """Set up an account with callbacks; returns their address."""
    data = {"access_token": TOKEN, "base_url": gateway_process.url, "webhook_id": WEBHOOK_ID}
    options = {"daily_limit": 0, "recipient_hourly_limit": 0}
    entry = MockConfigEntry(domain=DOMAIN, title="Home", unique_id="home", data=data, options=options)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    return f"{hass.config.internal_url}/api/webhook/{WEBHOOK_ID}"


async def _start_load(address: str, count: int, seed: int) -> Process:
    return await _program("reliability.callback_load", address, str(count), str(seed))


async def _answers(load: Process) -> Counter[str]:
    output, _ = await load.communicate()
    return Counter(json.loads(output))


async def _send_all(hass: HomeAssistant, gateway_process: GatewayProcess, burst: asyncio.Future[Any]) -> None:
    """Send during the burst; some recipients answer."""
    for number in range(SENDS):
        data = {"message": f"Water {number}", "target": f"+336120000{number:02}", "data": {"reply": True}}
        await hass.services.async_call("notify", "home", data, blocking=True)
        if number % (SENDS // ANSWERS) == 0:
            await gateway_process.ask("reply", {"number": f"336120000{number:02}", "text": f"Answer {number}"})
        if not burst.done():
            await asyncio.sleep(0.05)


async def _wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for a condition, at most for the time it may take."""
    end = perf_counter() + PATIENCE
    while not is_so() and perf_counter() < end:  # noqa: ASYNC110 - of what many programs do, no event tells
        await asyncio.sleep(0.2)


def _clear_log(caplog: pytest.LogCaptureFixture) -> None:
    """Remove the log records that the test runner keeps."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, type(caplog.handler)):
            handler.reset()


def _objects() -> int:
    gc.collect()
    return sys.getallocatedblocks()


async def test_a_burst_of_callbacks_stops_nothing(
    hass: HomeAssistant,
    gateway_process: GatewayProcess,
    address: str,
    seed: int,
    quick: bool,
    figures: Figures,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Call, send and answer at the same time; then compare with the gateway."""
    count = QUICK if quick else FULL
    reports, replies = (async_capture_events(hass, f"smsmode_{name}") for name in ("delivery_report", "reply"))
    await _answers(await _start_load(address, WARM, seed + 1))
    _clear_log(caplog)
    before, received = _objects(), len(await gateway_process.ask("requests"))
    # As in a real Home Assistant; the test harness has the loop write down where each callback was made.
    hass.loop.set_debug(False)
    # The heap of the tests themselves is none of the house's business: looking through it is a pause of its own.
    gc.freeze()
    load = await _start_load(address, count, seed)
    began = perf_counter()
    async with LoopMonitor() as monitor:
        burst = asyncio.ensure_future(_answers(load))
        await _send_all(hass, gateway_process, burst)
        answers = await burst
        seconds = perf_counter() - began
        await _wait_until(lambda: _received(reports) >= SENDS and _verified(replies) >= ANSWERS)
    minutes = 1 + int((perf_counter() - began) / 60)
    requests = [request["endpoint"] for request in (await gateway_process.ask("requests"))[received:]]
    state = await gateway_process.ask("state")
    gc.unfreeze()
    sent = Counter(message["deliveries"][0]["text"] for message in state["messages"])

    figures.note(callbacks=count, seconds=round(seconds, 1), sends=SENDS)
    # Home Assistant's own filter lets no query pass that looks like an attack, be it a person's words.
    figures.note(answered_200=answers["200"], filtered_by_home_assistant=answers["400"])
    figures.zero(
        not_answered=count - answers["200"] - answers["400"],
        sends_lost=sum(not sent[f"Water {number}"] for number in range(SENDS)),
        sends_doubled=sum(sent.values()) - len(sent),
        reports_lost=SENDS - _received(reports),
        answers_lost=ANSWERS - _verified(replies),
        wrongly_verified=_count_false(replies, state),
    )
    figures.within(LONGEST_BLOCK_MS, longest_block_ms=round(monitor.longest * 1000, 1))
    figures.within(REQUESTS_A_MINUTE, requests_for_replies_a_minute=requests.count("responseList.do") / minutes)
    figures.note(requests_for_reports=requests.count("compteRendu.do"), unverified=len(replies) - _verified(replies))
    del requests, state
    reports.clear()
    replies.clear()
    _clear_log(caplog)
    figures.within(QUEUED + KEPT_OF_EACH * count, objects_left=_objects() - before)
    figures.check()


def _received(reports: list[Event]) -> int:
    """Count the messages that were reported once as received."""
    counts = Counter(event.data["message_id"] for event in reports if event.data["status"] == "received")
    return sum(times == 1 for times in counts.values())


def _verified(replies: list[Event]) -> int:
    return sum(event.data["verified"] for event in replies)


def _count_false(replies: list[Event], state: Json) -> int:
    """Count the replies reported as verified that the gateway does not have."""
    true = {reply["id"]: reply["text"] for reply in state["replies"]}
    return sum(true.get(each.data["reply_id"]) != each.data["message"] for each in replies if each.data["verified"])
