"""Messages whose answers are lost or late while the list of sent messages lags, fails, or shows what nobody can read.

Each is accepted once, or told as expired or as unknown; no doubt lasts for ever, and none holds up an alert.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest
from homeassistant.core import Event
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from tests.support.gateway import Gateway
from tests.support.house import ALICE, BOB, BOB_DIGITS, House, account_entry

from .figures import Figures

QUICK, FULL = 20, 400
QUICK_QUEUE, FULL_QUEUE = 24, 200
EXPIRIES = (120, 600, 3600)
# In minutes; longer than a message lives, by minutes at first.
STEPS_AFTER = (*[1] * 10, *[5] * 20)
# What may become of an answer, and whether the message was accepted by then.
LOST = (
    ("drop_before", None),
    ("drop_after", None),
    ("html", True),
    ("html", False),
    ("empty", True),
    ("empty", False),
    ("half", True),
    ("garble", True),
    ("http:502", True),
    ("http:500", False),
)
LATE = ("hang_before", "hang_after")
LIST_FAULTS = ("code:31", "http:500", "html", "half", "drop_before", "big", "text:?? | cut off")
# The limit that docs/limitations.md states is two minutes.
LAGS = (60, 80, 100)
PAUSES = (5, 30, 60, 200)


@dataclass
class Ledger:
    """What was asked for, by its text, and what was told of it."""

    asked: list[str] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        """Record the report of a message that was given up; its reference is its text."""
        if event.data["message_id"] is None:
            self.told.setdefault(event.data["reference"], []).append(event.data["status"])


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without limits."""
    return account_entry(gateway, daily_limit=0, recipient_hourly_limit=0, urgent_daily_limit=0, callbacks="off")


class SentListTroubles:
    """Troubles of the list of sent messages, one at a time."""

    def __init__(self, gateway: Gateway, rng: Random) -> None:
        """Begin without any."""
        self._gateway = gateway
        self._rng = rng
        self._kinds = [self._none, self._lag, self._fail, self._turn, self._spoil, self._flood, self._fail, self._lag]
        rng.shuffle(self._kinds)
        self.count: Counter[str] = Counter()

    async def end(self) -> None:
        """End all troubles."""
        await self._gateway.clear_faults()
        await self._gateway.set(sent_list_lag=0, ascending={"smsList.do": False}, unparsable_rows={"smsList.do": 0})

    async def change(self) -> None:
        """End the trouble, and begin another or none."""
        await self.end()
        trouble = self._kinds.pop(0)
        self._kinds.append(trouble)
        self.count[trouble.__name__.strip("_")] += 1
        await trouble()

    async def _none(self) -> None:
        pass

    async def _lag(self) -> None:
        await self._gateway.set(sent_list_lag=self._rng.choice(LAGS))

    async def stay(self) -> None:
        """Have the list fail for good."""
        await self.end()
        await self._gateway.fail("smsList.do", self._rng.choice(LIST_FAULTS), None)

    async def _fail(self) -> None:
        seconds = self._rng.choice((60, 300, 1200))
        await self._gateway.fail("smsList.do", self._rng.choice(LIST_FAULTS), seconds=seconds)

    async def _turn(self) -> None:
        await self._gateway.set(ascending={"smsList.do": True})

    async def _spoil(self) -> None:
        await self._gateway.set(unparsable_rows={"smsList.do": 1})

    async def _flood(self) -> None:
        await self._gateway.add_foreign_messages(self._rng.choice((700, 1500)))


async def _send(house: House, text: str, rng: Random) -> None:
    """Send a message whose answer may be lost, or come too late."""
    fields = {"message": text, "target": [ALICE], "reference": text, "urgent": rng.random() < 0.3}
    fields["expires_after"] = {"seconds": rng.choice(EXPIRIES)}
    fate = rng.random()
    if fate < 0.7:
        fault, acts = rng.choice(LOST)
        await house.gateway.fail("sendSMS.do", fault, act=acts)
    elif fate < 0.8:
        await house.gateway.fail("sendSMS.do", rng.choice(LATE))
        await _send_late(house, fields)
        return
    await house.async_call("send_message", **fields)


async def _send_late(house: House, fields: dict[str, object]) -> None:
    """Send a message whose answer does not come before the house has ceased to wait for it."""
    before = house.gateway.latest_serial
    work = asyncio.create_task(house.async_call("send_message", **fields))
    await house.gateway.wait_for_requests("sendSMS.do", after=before)
    house.freezer.tick(31)
    async_fire_time_changed(house.hass)
    await work
    await house.gateway.release()
    await house.async_settle()


@pytest.mark.parametrize("minutes", [0, -20, 20], ids=["equal clocks", "house ahead", "house behind"])
async def test_each_is_accepted_once_or_told(
    house: House, seed: int, quick: bool, figures: Figures, minutes: int
) -> None:
    """Send under troubles, let the last one stay, and compare."""
    rng = Random(seed + minutes)
    ledger, troubles = Ledger(), SentListTroubles(house.gateway, rng)
    house.hass.bus.async_listen("smsmode_delivery_report", ledger.note)
    await house.gateway.set(balance=1_000_000)
    await house.gateway.advance(minutes * 60)
    while len(ledger.asked) < (QUICK if quick else FULL):
        if rng.random() < 0.5:
            await troubles.change()
        for _ in range(rng.randint(1, 2)):
            ledger.asked.append(f"Water {len(ledger.asked)}")
            await _send(house, ledger.asked[-1], rng)
        await house.async_wait(seconds=rng.choice(PAUSES))
    await troubles.stay()
    for step in STEPS_AFTER:
        await house.async_wait(minutes=step)
    await _compare(house, ledger, figures)
    figures.note(
        minutes_that_the_gateway_is_ahead=minutes, messages=len(ledger.asked), troubles=str(dict(troubles.count))
    )
    figures.check()


async def _compare(house: House, ledger: Ledger, figures: Figures) -> None:
    accepted = Counter(message.text for message in await house.gateway.messages())
    told = Counter(status for statuses in ledger.told.values() for status in statuses)
    figures.note(told=str(dict(told)))
    figures.zero(
        doubled=sum(accepted[text] > 1 for text in ledger.asked),
        lost=sum(not accepted[text] and text not in ledger.told for text in ledger.asked),
        told_twice=sum(len(statuses) > 1 for statuses in ledger.told.values()),
        false_failures=sum(bool(accepted[text]) for text, statuses in ledger.told.items() if statuses != ["undefined"]),
        still_in_doubt=int(house.state("sensor.home_queued").state),
    )


async def test_an_alert_goes_on_though_it_is_not_known_whether_a_step_left(house: House, figures: Figures) -> None:
    """Lose the answer of the first step while the list cannot be read, and time the second."""
    await house.gateway.fail("sendSMS.do", "drop_after")
    await house.gateway.fail("smsList.do", "code:31", None)
    await house.async_call("alert", message="Water!", steps=[{"target": ["Alice"]}, {"target": [BOB]}])
    minutes = 0
    while minutes < 30 and not any(BOB_DIGITS in message.numbers for message in await house.gateway.messages()):
        await house.async_wait(seconds=60)
        minutes += 1
    figures.within(5, minutes_to_the_next_step=minutes)
    figures.check()


async def test_what_is_urgent_leaves_first_when_the_line_comes_back(
    house: House, rng: Random, quick: bool, figures: Figures
) -> None:
    """Queue many messages and then an urgent one without a line, and count what leaves before it."""
    count = QUICK_QUEUE if quick else FULL_QUEUE
    await house.gateway.set(balance=1_000_000)
    async with house.gateway.offline():
        for number in range(count):
            await house.async_call("send_message", message=f"News {number}", target=[ALICE])
        for _ in range(15):
            await house.async_wait(seconds=60)
        await house.async_call("send_message", message="Fire!", target=[ALICE], urgent=True)
        for _ in range(rng.randint(10, 20)):
            await house.async_wait(seconds=60)
    await house.async_poll()
    for _ in range(5):
        await house.async_wait(seconds=2)
    texts = [message.text for message in await house.gateway.messages()]
    figures.within(8, left_before_the_urgent_one=texts.index("Fire!") if "Fire!" in texts else count)
    figures.zero(still_queued_after_ten_seconds=count + 1 - len(texts))
    figures.check()
