"""A year at twenty messages a day, hour by hour, with the file of an older version in the middle: nothing grows.

Each day has an alert and a question that are answered, a message that waits for a gateway that is away, and one that is
scheduled. Time is moved by the hour, so that timers ring once where several times would have come.
"""

import gc
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.state.message_log import MAX_MESSAGES, MAX_SENT_IDS
from custom_components.smsmode.state.reply_history import MAX_REPLIES
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, House, account_entry
from tests.support.version_1_state import VERSION_1_FILE

from .figures import Figures
from .leak_detector import OURS, take_inventory

QUICK, FULL = 2, 365
MESSAGES = 20
RECEIVED = 11
ASK = [{"id": "go", "sentences": ["go"]}]
FILE = 8.0
# Of our classes: a message with its codes and details is a few.
OBJECTS = 60_000


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without callbacks and limits."""
    return account_entry(gateway, callbacks="off", daily_limit=0, urgent_daily_limit=0, recipient_hourly_limit=0)


class Year:
    """A house whose days are alike."""

    def __init__(self, house: House) -> None:
        """Begin with the first day."""
        self._house = house
        self._serial = 0

    async def live_day(self) -> None:
        """Live a day, hour by hour."""
        for hour in range(24):
            if hour < MESSAGES:
                await self._act(hour)
            await self._house.async_wait(hours=1)

    async def _act(self, hour: int) -> None:
        house, self._serial = self._house, self._serial + 1
        if hour == 8:
            await house.async_call("alert", message=f"Alarm {self._serial}", steps=[{"target": ["Alice"]}])
            await self._answer("OK")
        elif hour == 12:
            question = {"question": f"Question {self._serial}?", "target": ["Alice"], "answers": ASK}
            await house.hass.services.async_call(DOMAIN, "ask", question, blocking=True)
            await house.async_settle()
            await self._answer("go")
        elif hour == 15:
            async with house.gateway.offline():
                await self._send()
            await house.async_wait(minutes=5)
        elif hour == 18:
            await self._send(send_at=dt_util.now() + timedelta(hours=2))
        else:
            await self._deliver(await self._send(reply=True))
            await self._answer(f"Thanks {self._serial}")

    async def _send(self, **fields: Any) -> str | None:
        text = f"Message {self._serial}"
        response = await self._house.async_call("send_message", message=text, target=["Alice"], **fields)
        message_id: str | None = response["messages"][0].get("message_id")
        return message_id

    async def _deliver(self, message_id: str | None) -> None:
        assert message_id is not None
        await self._house.gateway.report(message_id, ALICE_DIGITS, RECEIVED, callback=False)

    async def _answer(self, text: str) -> None:
        await self._house.gateway.reply(ALICE_DIGITS, text, callback=False)
        await self._house.async_wait(minutes=1)

    async def upgrade(self) -> None:
        """Have the house start from the file that the first version left."""
        await self._house.hass.config_entries.async_unload(self._house.entry.entry_id)
        file = _file(self._house)
        for each in file.parent.glob(f"{file.name}*"):
            each.unlink()
        shutil.copy(VERSION_1_FILE, file)
        await self._house.async_set_up()


def _file(house: House) -> Path:
    return Path(house.hass.config.path(".storage", f"{DOMAIN}.{house.entry.entry_id}.db"))


def _objects() -> int:
    gc.collect()
    return sum(type(each).__module__.startswith(OURS) for each in gc.get_objects())


async def test_a_year_leaves_no_more_than_a_week(house: House, figures: Figures, quick: bool) -> None:
    """Live half of the year, upgrade, live the other half; then look at what there is."""
    # The checks of the debug mode take longer than the year itself.
    house.hass.loop.set_debug(False)
    year, days = Year(house), QUICK if quick else FULL
    await house.gateway.set(balance=2 * MESSAGES * FULL)
    await year.live_day()
    # What is to be written within seconds is written.
    await house.async_wait(seconds=3)
    before = take_inventory(house.hass)
    requests = house.gateway.latest_serial
    for day in range(1, days):
        if day == days // 2:
            await year.upgrade()
        await year.live_day()
    await house.async_wait(seconds=3)
    after, state, file = take_inventory(house.hass), house.account.store.state, _file(house)
    log, size = state.message_log, sum(each.stat().st_size for each in file.parent.glob(f"{file.name}*"))
    figures.note(days=days, sent=len(await house.gateway.messages()))
    figures.note(requests_a_day=round((house.gateway.latest_serial - requests) / max(days - 1, 1)))
    figures.within(FILE, megabytes=size / 1024 / 1024)
    figures.within(OBJECTS, objects=_objects())
    figures.within(MAX_MESSAGES, messages=len(log.messages))
    figures.within(MAX_SENT_IDS, sent_ids=len(log.sent_ids))
    figures.within(3 * MAX_REPLIES, replies=len(log.reply_history.ids) + len(log.reply_history.contents))
    figures.zero(
        queued=len(state.outbox), alerts=len(state.alerts.running), unreadable=house.account.store.unreadable_records
    )
    for kind in ("timers", "tasks", "bus_listeners", "signals", "trackers"):
        more = after[kind] - before[kind]
        figures.zero(**{f"{kind}_more": more.total()})
    figures.check(
        [f"{kind}: {after[kind] - before[kind]}" for kind in ("timers", "tasks", "bus_listeners", "trackers")]
    )
