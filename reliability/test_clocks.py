"""Clocks that are set ahead and back, go wrong slowly, and are old at a start, under everything that waits.

True time is that of the monotonic clock and of the gateway. By it the next person of an alert is reached within ten
seconds, a message leaves or expires, and a question ends; whatever the wall clock of the house shows meanwhile.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB, House, account_entry
from tests.support.watchdog_house import add_watchdog, async_switch

from .clock_world import ClockWorld, TimedEvents
from .figures import Figures
from .test_sends import counted

QUICK, FULL = 1.0, 24.0
NOON = "2026-06-10T12:00:00+02:00"
# In seconds.
PROMPT = 10
EARLY = 1
# The clock of an account goes with the monotonic one, and at a start with the wall clock: they differ by so much.
EARLY_AFTER_A_RESTART = 6
LONGEST_PAUSE = 6 * 60
# A reply is known with the next poll.
HEARD_WITHIN = 75
END = {"exhausted", "acknowledged", "not_sent", "cancelled"}
DELIVERY_TIMEOUTS, ANSWER_TIMEOUTS = (60, 150), (120, 300)
EXPIRIES = (60, 300, 1200)
EVENTS = ("smsmode_alert_changed", "smsmode_delivery_report", "smsmode_late_reply")


type Told = list[tuple[float, dict[str, Any]]]
"""Changes of an alert, each with its true time."""


@dataclass(slots=True)
class Waits:
    """What waits: by name, with its times in seconds."""

    alerts: dict[str, tuple[int, int]] = field(default_factory=dict)
    taken_at: dict[str, float] = field(default_factory=dict)
    # When a message was asked for, and when it expires.
    notes: dict[str, tuple[float, float]] = field(default_factory=dict)
    questions: dict[str, tuple[float, float]] = field(default_factory=dict)
    ended_at: dict[str, float] = field(default_factory=dict)
    # When the gateway refused to send, from and until.
    refusals: list[tuple[float, float]] = field(default_factory=list)


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without limits."""
    return account_entry(gateway, daily_limit=0, urgent_daily_limit=0, recipient_hourly_limit=0, callbacks="off")


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Return a house with a watchdog, not set up yet."""
    # The checks of the debug mode take longer than the run itself.
    hass.loop.set_debug(False)
    freezer.move_to(NOON)
    house = House(hass, freezer, gateway, entry)
    await gateway.set(balance=1_000_000)
    return house


class ClockRun:
    """Run of hours in which alerts, questions and messages wait while clocks are moved."""

    def __init__(self, world: ClockWorld, events: TimedEvents, rng: Random) -> None:
        """Begin with nothing that waits."""
        self._world, self._house, self._events, self._rng = world, world.house, events, rng
        self.waits = Waits()
        self._serial = 0
        self._reported: set[str] = set()
        self._refused_until = 0.0
        self._askers: set[asyncio.Task[None]] = set()

    async def live(self, hours: float) -> None:
        """Let things happen for hours, then wait until nothing waits."""
        acts = {self._alert: 4, self._note: 4, self._ask: 2, self._take: 1, self._report: 5, self._refuse: 1.5}
        while self._world.now < hours * 3600:
            (act,) = self._rng.choices(list(acts), weights=list(acts.values()))
            await act()
            if self._rng.random() < 0.25:
                self._world.disturb()
            if self._rng.random() < 0.02:
                await self._world.restart()
            await self._world.wait(self._rng.choice((1, 4, 13, 30, 61)))
            await self._end_refusal()
        self._world.put_right()
        await self._house.gateway.clear_faults()
        await self._world.wait(45 * 60)

    def _mark(self, kind: str) -> str:
        self._serial += 1
        return f"{kind} {self._serial}"

    @property
    def _running(self) -> list[str]:
        ended = {e.data["alert_id"] for _, e in self._events.of("smsmode_alert_changed") if e.data["state"] in END}
        return [alert_id for alert_id in self.waits.alerts if alert_id not in ended]

    async def _alert(self) -> None:
        if len(self._running) >= 3:
            return
        alert_id = self._mark("alert")
        delivery, answer = self._rng.choice(DELIVERY_TIMEOUTS), self._rng.choice(ANSWER_TIMEOUTS)
        self.waits.alerts[alert_id] = delivery, answer
        waits = {"delivery_timeout": {"seconds": delivery}, "answer_timeout": {"seconds": answer}}
        targets = [{"target": ALICE}, {"target": BOB}, {"target": ALICE, "how": "voice"}]
        steps = [target | waits for target in targets]
        data = {"message": f"{alert_id}: water!", "alert_id": alert_id, "steps": steps, "tell_others": ""}
        await self._house.async_call("alert", **data)

    async def _note(self) -> None:
        mark, lasts = self._mark("note"), self._rng.choice(EXPIRIES)
        self.waits.notes[mark] = self._world.now, self._world.now + lasts
        data = {"message": f"{mark}: hello", "target": [BOB], "reference": mark, "expires_after": {"seconds": lasts}}
        await self._house.async_call("send_message", **data)

    async def _ask(self) -> None:
        mark, timeout = self._mark("question"), self._rng.choice((120, 600))
        if self._refused_until:
            return
        self.waits.questions[mark] = self._world.now, self._world.now + timeout
        before = self._house.gateway.latest_serial
        data: dict[str, Any] = {"question": f"{mark}?", "ask_id": mark, "target": [BOB], "ready_answers": "yes_no"}
        data["timeout"] = {"seconds": timeout}

        async def ask() -> None:
            # Not a task of Home Assistant's, which settles when all of its own are done.
            response = await self._house.hass.services.async_call(
                DOMAIN, "ask", data, blocking=True, return_response=True
            )
            assert response is not None
            assert response["timed_out"]
            self.waits.ended_at[mark] = self._world.now

        self._askers.add(asyncio.create_task(ask()))
        await self._house.gateway.wait_for_requests("sendSMS.do", after=before)
        await self._house.async_settle()

    async def _take(self) -> None:
        """Answer OK to an alert that runs, and was not answered yet."""
        names = [name for name in self._running if name not in self.waits.taken_at]
        for message in await self._house.gateway.messages():
            alert_id = message.text.partition(":")[0]
            if alert_id in names and message.numbers == [ALICE_DIGITS] and message.message_class == 4:
                self.waits.taken_at[alert_id] = self._world.now
                await self._house.gateway.reply(ALICE_DIGITS, "OK", message.id, callback=False)
                return

    async def _report(self) -> None:
        """Report the latest message of an alert as received."""
        for message in reversed(await self._house.gateway.messages()):
            if message.text.startswith("alert") and message.id not in self._reported:
                self._reported.add(message.id)
                await self._house.gateway.report(message.id, None, 11, callback=False)
                return

    async def _refuse(self) -> None:
        """Let the gateway refuse whatever is to be sent, for minutes."""
        if not self._refused_until:
            self._refused_until = self._world.now + self._rng.choice((30, 120, 400))
            self.waits.refusals.append((self._world.now, self._refused_until))
            for endpoint in ("sendSMS.do", "sendVoiceMessage.do"):
                await self._house.gateway.fail(endpoint, "code:50", None)

    async def _end_refusal(self) -> None:
        if self._refused_until and self._world.now >= self._refused_until:
            since, _ = self.waits.refusals.pop()
            self.waits.refusals.append((since, self._world.now))
            self._refused_until = 0
            await self._house.gateway.clear_faults()


class ClockOracle:
    """Comparison of what was told and sent, at which true time, with what was due."""

    def __init__(self, world: ClockWorld, events: TimedEvents, waits: Waits) -> None:
        """Begin without errors."""
        self._world, self._events, self._waits = world, events, waits
        self.found: Counter[str] = Counter()
        self.latest = 0.0
        self.wrong: list[str] = []

    def note(self, what: str, detail: str) -> None:
        """Add an error."""
        self.found[what] += 1
        self.wrong.append(f"{what} {detail}")

    def compare_alerts(self) -> None:
        """Check each step of each alert: it begins when the one before has had its time."""
        told: defaultdict[str, Told] = defaultdict(list)
        for at, event in self._events.of("smsmode_alert_changed"):
            told[event.data["alert_id"]].append((at, dict(event.data)))
        for alert_id, timeouts in self._waits.alerts.items():
            for since, timeout, at in _waits_of(told[alert_id], timeouts):
                self._compare_time(f"of {alert_id}", since, since + timeout, at)
            states = [data["state"] for _, data in told[alert_id]]
            if not END & set(states):
                self.note("alerts_without_end", f"{alert_id}: {states}")
            self._compare_taken(alert_id, told[alert_id])

    def _compare_taken(self, alert_id: str, told: Told) -> None:
        taken_at = self._waits.taken_at.get(alert_id)
        ended = [(at, data["state"]) for at, data in told if data["state"] in END]
        if taken_at is None or (ended and ended[0][0] < taken_at + HEARD_WITHIN):
            return
        within = HEARD_WITHIN + self._world.may_be_late(taken_at, taken_at)
        if not ended or ended[0][1] != "acknowledged" or ended[0][0] > taken_at + within:
            self.note("acknowledgements_lost_or_late", f"{alert_id} taken at {taken_at:.0f}: {ended}")

    def compare_questions(self) -> None:
        """Check that each question ends at its time."""
        for mark, (since, deadline) in self._waits.questions.items():
            if (ended_at := self._waits.ended_at.get(mark)) is None:
                self.note("questions_without_end", mark)
            else:
                self._compare_time(f"of {mark}", since, deadline, ended_at)

    async def compare_notes(self) -> None:
        """Check that each message was accepted once, in time and soon, or else is told as expired, at its time."""
        accepted: defaultdict[str, list[float]] = defaultdict(list)
        for message in await self._world.house.gateway.messages():
            accepted[message.text.partition(":")[0]].append(self._world.when(message.created_at))
        expired = {
            event.data["reference"]: at
            for at, event in self._events.of("smsmode_delivery_report")
            if event.data["message_id"] is None
        }
        for mark, (since, expires_at) in self._waits.notes.items():
            ends = [*accepted[mark], *([expired[mark]] if mark in expired else [])]
            if len(ends) != 1:
                self.note("lost_or_doubled", f"{mark}: {ends}")
            elif mark in expired:
                self._compare_time(f"expiry of {mark}", since, expires_at, expired[mark])
            elif ends[0] > self._latest_departure(since, expires_at):
                self.note("left_late", f"{mark} asked for at {since:.0f}, left at {ends[0]:.0f}")

    def _latest_departure(self, since: float, expires_at: float) -> float:
        """Return when a message leaves at the latest: it pauses once more than it is refused."""
        refused = [until for begin, until in self._waits.refusals if begin <= expires_at and until >= since]
        soon = max([since, *refused]) + LONGEST_PAUSE * bool(refused)
        due = min(soon, expires_at)
        return due + PROMPT + self._world.may_be_late(since, due)

    def _compare_time(self, what: str, since: float, due: float, at: float) -> None:
        restarted = self._world.was_restarted(since, at)
        late = at - due - self._world.may_be_late(since, due)
        self.latest = max(self.latest, late)
        if late > PROMPT:
            self.note("late", f"{what}: {at - due:.0f} s")
        elif due - at > (EARLY_AFTER_A_RESTART if restarted else EARLY):
            self.note("early", f"{what}: {due - at:.1f} s")


def _waits_of(told: Told, timeouts: tuple[int, int]) -> Iterator[tuple[float, int, float]]:
    """Yield for each step that nobody ended when it began to wait, for how long, and when the next one began."""
    since: tuple[float, int] | None = None
    for at, data in told:
        match data["state"]:
            case "delivering":
                since = at, timeouts[0]
            case "waiting":
                since = at, timeouts[1]
            case "sending" | "exhausted" if since is not None:
                yield *since, at
                since = None


async def test_what_waits_goes_by_true_time(
    house: House, monkeypatch: pytest.MonkeyPatch, rng: Random, quick: bool, figures: Figures
) -> None:
    """Move the clocks for hours, put them right, and compare."""
    world = ClockWorld(house, monkeypatch, rng)
    add_watchdog(house, minutes=600)
    await house.async_set_up()
    await async_switch(house, on=True)
    events = TimedEvents(world, EVENTS)
    run = ClockRun(world, events, rng)
    await run.live(QUICK if quick else FULL)
    oracle = ClockOracle(world, events, run.waits)
    oracle.compare_alerts()
    oracle.compare_questions()
    await oracle.compare_notes()

    states = Counter(event.data["state"] for _, event in events.of("smsmode_alert_changed"))
    figures.note(hours=round(world.now / 3600, 1), clock_set=world.settings, restarts=len(world.restarts))
    figures.note(alerts=counted(states), messages=len(run.waits.notes), questions=len(run.waits.questions))
    figures.within(PROMPT, latest_seconds=round(oracle.latest, 1))
    names = ("late", "early", "lost_or_doubled", "left_late", "alerts_without_end", "acknowledgements_lost_or_late")
    figures.zero(**{name: oracle.found[name] for name in (*names, "questions_without_end")})
    figures.zero(replies_taken_for_late=len(events.of("smsmode_late_reply")))
    figures.zero(still_queued=int(house.state("sensor.home_queued").state))
    if oracle.wrong:
        figures.note(wrong="; ".join(oracle.wrong[:8]))
    figures.check()
