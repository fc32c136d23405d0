"""Whatever is done to the wall clock, all that waits goes by true time: that of the monotonic clock and of the gateway.

Each example is five minutes of a house: an alert of two steps, a question, a message that expires and one that is
retried while the gateway refuses to send, one that the gateway holds, a watchdog, and at each change of the clock a
message to somebody who sleeps.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from types import MappingProxyType
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Event, HomeAssistant, callback
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from custom_components.smsmode.const import DOMAIN
from tests.support.clocks import Clocks
from tests.support.gateway import Gateway
from tests.support.house import BOB, House, account_entry
from tests.support.watchdog_house import TEXT, add_watchdog, async_switch, delivered, scheduled

# In seconds of true time since the beginning of an example.
EXPIRES, RECOVERS, NEXT_STEP, TIMES_OUT, LEAVES, EXHAUSTED, RIGHT, END = 60, 90, 120, 180, 240, 240, 260, 360
AWAKE = "2026-06-10T18:00:00+02:00"
STEP, PROMPT, EARLY = 10, 10, 1
# Backoff of what was refused so shortly.
LONGEST_PAUSE = 100
ERRORS = (-9_000 * 86_400, -3 * 3600, -60, -6, -4, -1, -0.05, 0, 0.05, 1, 4, 6, 60, 3 * 3600, 2 * 86_400)
Moves = list[tuple[int, float, float]]

moves = st.lists(
    st.tuples(st.integers(1, RIGHT // STEP - 1), st.sampled_from(ERRORS), st.sampled_from((0, 0.02, -0.02))),
    min_size=1,
    max_size=6,
    unique_by=lambda move: move[0],
)


class Example:
    """One life of the house: what is told, at which true time, while the wall clock is moved."""

    def __init__(self, house: House, clocks: Clocks, name: str) -> None:
        self._house, self._clocks, self._name = house, clocks, name
        self._began, self._error = clocks.steady, 0.0
        self._told: dict[str, float] = {}
        self._clear: list[Callable[[], None]] = [
            house.hass.bus.async_listen(event, self._note)
            for event in ("smsmode_alert_changed", "smsmode_delivery_report")
        ]

    @property
    def now(self) -> float:
        return self._clocks.steady - self._began

    def set_error(self, error: float) -> None:
        """Set the wall clock so far ahead of true time; the gateway's, which the emulator derives, stays."""
        by, self._error = error - self._error, error
        self._clocks.set_wall(timedelta(seconds=by))
        self._house.gateway.emulator.state.clock.advance(-by)

    async def begin(self, start_error: float) -> None:
        """Start the house with an old clock or a right one, and let everything begin to wait."""
        self.set_error(start_error)
        await self._house.async_reload()
        self._began = self._clocks.steady
        waits = {"delivery_timeout": {"seconds": NEXT_STEP}}
        steps = [{"target": "Alice"} | waits, {"target": [BOB]} | waits]
        alert_id = f"alert {self._name}"
        await self._house.async_call("alert", message=f"{alert_id}: water!", alert_id=alert_id, steps=steps)
        self._question = await self._ask()
        self._leaves_at = self._house.gateway.emulator.state.clock.now() + timedelta(seconds=LEAVES)
        await self._write_to_sleeper(0)
        self._held = (await self._send("held", send_at=self._leaves_at.isoformat()))["message_id"]
        await self._house.gateway.fail("sendSMS.do", "code:50", None)
        await self._send("expiring", expires_after={"seconds": EXPIRES})
        await self._send("retried", expires_after={"hours": 6})

    async def live(self, moves: Moves) -> None:
        """Move the wall clock at multiples of a step, put it right at last, and wait until nothing waits."""
        errors, drift = {at: (error, drift) for at, error, drift in moves} | {RIGHT // STEP: (0.0, 0.0)}, 0.0
        for step in range(END // STEP):
            if step in errors:
                error, drift = errors[step]
                self.set_error(error)
            if step == RECOVERS // STEP:
                await self._house.gateway.clear_faults()
            self.set_error(self._error + drift * STEP)
            if step in errors:
                await self._write_to_sleeper(step)
            await self._clocks.async_pass(seconds=STEP)
            if self._house.gateway.emulator.state.clock.now() < self._leaves_at:
                assert self._held in self._house.account.store.state.schedule.items
        for unsubscribe in self._clear:
            unsubscribe()

    async def compare(self) -> None:
        """Compare what was told with what was due."""
        self._is_due("exhausted", EXHAUSTED)
        self._is_due("expiring expired", EXPIRES)
        self._is_due("question", TIMES_OUT)
        self._is_due(f"{BOB} step", NEXT_STEP)
        await self._question
        mine = [message.text for message in await self._house.gateway.messages() if self._name in message.text]
        assert sum("retried" in text for text in mine) == 1
        assert not any("expiring" in text for text in mine)
        assert self._held not in self._house.account.store.state.schedule.items
        assert not self._house.account.store.state.outbox.items
        assert not any(TEXT in message.text for message in await delivered(self._house))
        assert any(TEXT in message.text for message in await scheduled(self._house))

    def _is_due(self, what: str, due: float) -> None:
        at = self._told[what]
        assert -EARLY <= at - due <= PROMPT + STEP, (what, at)

    @callback
    def _note(self, event: Event) -> None:
        data = event.data
        if data.get("reference") == "expiring" and data["message_id"] is None:
            self._told["expiring expired"] = self.now
        elif data.get("state") == "exhausted":
            self._told["exhausted"] = self.now
        elif data.get("state") == "sending" and data["step"] == 2:
            self._told[f"{BOB} step"] = self.now

    async def _send(self, what: str, **fields: Any) -> dict[str, Any]:
        text = f"{what} {self._name}"
        response = await self._house.async_call("send_message", message=text, target=[BOB], reference=what, **fields)
        sent: dict[str, Any] = response["messages"][0]
        return sent

    async def _write_to_sleeper(self, step: int) -> None:
        response = await self._house.async_call("send_message", message=f"{self._name} {step}", target=["Carol"])
        assert response["messages"][0]["send_at"] == AWAKE

    async def _ask(self) -> asyncio.Task[None]:
        fields: dict[str, Any] = {"question": f"Question {self._name}", "target": [BOB], "ready_answers": "yes_no"}
        fields |= {"timeout": {"seconds": TIMES_OUT}}
        before = len(await self._house.gateway.requests("sendSMS.do"))

        async def ask() -> None:
            # Not a task of Home Assistant's, which settles when all of its own are done.
            call = self._house.hass.services.async_call(DOMAIN, "ask", fields, blocking=True, return_response=True)
            assert (await call or {})["timed_out"]
            self._told["question"] = self.now

        task = asyncio.create_task(ask())
        await self._house.gateway.wait_for_requests("sendSMS.do", before + 1)
        await self._house.async_settle()
        return task


@pytest.fixture
async def clocked(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> tuple[House, Clocks]:
    """Return a house with a watchdog and no limits, and its clocks."""
    # The checks of the debug mode take longer than the examples.
    hass.loop.set_debug(False)
    await hass.config.async_set_time_zone("Europe/Paris")
    freezer.move_to("2026-06-10T12:00:00+02:00")
    limits = dict.fromkeys(("daily_limit", "urgent_daily_limit", "recipient_hourly_limit"), 0)
    house = House(hass, freezer, gateway, account_entry(gateway, callbacks="off", **limits))
    await gateway.set(balance=10_000)
    clocks = Clocks(house, monkeypatch)
    add_watchdog(house, minutes=600)
    sleeper = {"number": "+33612345679", "quiet_hours": {"start": "11:50", "end": "18:00"}}
    hass.config_entries.async_add_subentry(
        house.entry,
        ConfigSubentry(
            data=MappingProxyType(sleeper), subentry_type="recipient", title="Carol", unique_id="+33612345679"
        ),
    )
    await house.async_set_up()
    await async_switch(house, on=True)
    return house, clocks


names = count(1)


@given(start_error=st.sampled_from((0, 0, -600, -3 * 3600)), moves=moves)
@settings(
    deadline=None,
    derandomize=True,
    max_examples=6,
    database=None,
    # One house lives through all of them, so that a failure cannot be tried again.
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_all_that_waits_goes_by_true_time(
    clocked: tuple[House, Clocks], start_error: float, moves: Moves
) -> None:
    example = Example(*clocked, f"no. {next(names)}.")
    await example.begin(start_error)
    await example.live(moves)
    await example.compare()
