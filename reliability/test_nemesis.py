"""Everything at once: gateway, lists, clocks, disk, key and credits fail, callbacks are forged, houses restart.

At the end each message was accepted once, or is told as expired or unknown, or was refused aloud; each reply and report
was told once; each alert was ended by somebody, or is told as exhausted; and nobody got what was not for them.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from random import seed as seed_all
from typing import override

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from emulator import state
from tests.support.gateway import Gateway, GatewayMessage
from tests.support.house import ALICE, BOB, House, account_entry

from .clock_world import ClockWorld, TimedEvents
from .dialog_oracle import DialogOracle
from .dialog_simulator import DialogSimulator
from .figures import Figures
from .forger import Forger, Ids
from .nemesis import CREDITS, Kind, Nemesis
from .random_faults import RandomFaults
from .reply_simulator import PATH
from .test_sends import counted

QUICK, FULL = 1.0, 48.0
NOON = "2026-06-10T12:00:00+02:00"
KINDS = tuple(Kind)
QUICK_KINDS = tuple(Kind)
# In seconds.
PAUSES = (3, 10, 25, 60)
SETTLED_AFTER = 100 * 60
EVENTS = (
    *("smsmode_alert_changed", "smsmode_question_answered", "smsmode_delivery_report"),
    *("smsmode_reply", "smsmode_late_reply"),
)
type Period = tuple[float, float]
"""From a moment of true time to another, in seconds."""

ENDS = {"acknowledged", "exhausted"}


@dataclass(slots=True)
class Note:
    """Message that was asked for: to whom, and what was answered to whoever asked."""

    number: str
    asked_at: float
    answer: str = "refused"


class NemesisSimulator(DialogSimulator):
    """Those at home, who are told when something is refused."""

    def __init__(self, world: ClockWorld, rng: Random, oracle: DialogOracle) -> None:
        """Begin without messages."""
        super().__init__(world.house, rng, oracle)
        self._world = world
        self.notes: dict[str, Note] = {}
        self.alerts_at: dict[str, float] = {}
        self.refused: Counter[str] = Counter()

    def now(self) -> float:
        """Return the true time."""
        return self._world.now

    @override
    async def act(self) -> None:
        """Let one thing happen, or be refused aloud."""
        try:
            await super().act()
        except HomeAssistantError as err:
            self.refused[str(err.translation_key)] += 1

    @override
    async def _send(self) -> None:
        mark, target = self._mark("note"), self._rng.choice((ALICE, BOB))
        note = self.notes[mark] = Note(target.removeprefix("+"), self.now())
        lasts = {"seconds": self._rng.choice((120, 600, 3600))}
        data = {"message": f"{mark}: hello", "target": [target], "reference": mark, "expires_after": lasts}
        try:
            response = await self._house.async_call("send_message", **data, urgent=self._rng.random() < 0.3)
        except HomeAssistantError as err:
            note.answer = "uncertain" if err.translation_key == "uncertain" else "refused"
            raise
        note.answer = response["messages"][0]["status"]

    def forget(self, restored: Iterable[Period]) -> None:
        """End the alerts that the house forgot, because they began after the backup that was restored."""
        for since, until in restored:
            self.oracle.ended |= {alert_id for alert_id, at in self.alerts_at.items() if since <= at <= until}

    @override
    async def _alert(self) -> None:
        before = len(self.oracle.alerts)
        try:
            await super()._alert()
        except HomeAssistantError:
            # It may be tried again, and is told then; nobody waits for it.
            self.oracle.ended.add(list(self.oracle.alerts)[-1])
            raise
        finally:
            self.alerts_at |= dict.fromkeys(list(self.oracle.alerts)[before:], self.now())


class NemesisOracle:
    """Comparison at the end; what it allows has a reason each.

    * Whoever was told that nobody knows (`uncertain`, or the status `undefined`) was told: it may have left or not.
    * Of what happened between a backup and its restoring the house knows nothing: what was asked for then is not looked
      for, an alert that ran goes on from where it stood, and news may be told again. Messages that waited in the backup
      are looked for before they are sent again, and not doubled.
    * A callback alone may say that a message is on its way, or was delivered if no alert waits for it: that only shows.
    """

    def __init__(
        self, oracle: DialogOracle, events: TimedEvents, messages: list[GatewayMessage], restored: list[Period]
    ) -> None:
        """Begin without errors; ``restored`` are the times from a backup to its restoring."""
        self._oracle, self._events, self._messages, self._restored = oracle, events, messages, restored
        self.found: Counter[str] = Counter()
        self.wrong: list[str] = []

    def note(self, what: str, detail: object) -> None:
        """Add an error."""
        self.found[what] += 1
        self.wrong.append(f"{what} {detail}")

    def _told(self, name: str) -> list[Event]:
        return [event for _, event in self._events.of(name)]

    def _is_forgotten(self, asked_at: float) -> bool:
        return any(since <= asked_at <= until for since, until in self._restored)

    def compare_notes(self, notes: Mapping[str, Note]) -> None:
        """Check that each message was accepted once, or is told as not sent, and went to whom it was for."""
        accepted, given_up = self._by_mark(), defaultdict[str, list[str]](list)
        for event in self._told("smsmode_delivery_report"):
            if event.data["message_id"] is None:
                given_up[event.data["reference"]].append(event.data["status"])
        for mark, note in notes.items():
            count, told = len(accepted[mark]), set(given_up[mark])
            detail = f"{mark} {note.answer}, at the gateway {count}, told {given_up[mark]}"
            if count > 1:
                self.note("doubled", detail)
            elif self._is_forgotten(note.asked_at):
                continue
            elif count == 0 and note.answer == "accepted":
                self.note("false_successes", detail)
            elif count == 0 and note.answer == "queued" and not told:
                self.note("lost", detail)
            elif count == 1 and (note.answer == "refused" or told - {"undefined", "unknown"}):
                self.note("false_failures", detail)
            if any(message.numbers != [note.number] for message in accepted[mark]):
                self.note("to_the_wrong_person", detail)

    def _by_mark(self) -> defaultdict[str, list[GatewayMessage]]:
        accepted: defaultdict[str, list[GatewayMessage]] = defaultdict(list)
        for message in self._messages:
            accepted[message.text.partition(":")[0]].append(message)
        return accepted

    def compare_alerts(self, begun_at: Mapping[str, float]) -> None:
        """Check that each alert was ended once, by somebody or aloud, and that each of its steps was sent once."""
        accepted, told = self._by_mark(), defaultdict[str, list[str]](list)
        for event in self._told("smsmode_alert_changed"):
            told[event.data["alert_id"]].append(event.data["state"])
        for alert_id, alert in self._oracle.alerts.items():
            states = told[alert_id]
            is_known = not any(begun_at[alert_id] <= until for _, until in self._restored)
            if is_known and states and not ENDS & set(states) and states[-1] != "not_sent":
                self.note("alerts_without_end", f"{alert_id} {states}")
            if "acknowledged" in states and not alert.taken:
                self.note("forged_acknowledgements", f"{alert_id} {states}")
            steps = Counter((message.kind, tuple(sorted(message.numbers))) for message in accepted[alert_id])
            if is_known and any(count > 1 for count in steps.values()):
                self.note("steps_doubled", f"{alert_id} {steps}")
            named = frozenset[str]().union(*alert.steps)
            if any(not named.issuperset(message.numbers) for message in accepted[alert_id]):
                self.note("to_the_wrong_person", alert_id)

    def compare_replies(self) -> None:
        """Check that each reply is told once as confirmed, with its content, and nothing else is."""
        told: Counter[str] = Counter()
        for event in (*self._told("smsmode_reply"), *self._told("smsmode_late_reply")):
            if event.data["verified"]:
                reply = self._oracle.replies.get(event.data["reply_id"])
                if reply is None or (reply["text"], f"+{reply['number']}") != (
                    event.data["message"],
                    event.data["sender"],
                ):
                    self.note("forged_taken_for_true", event.data["reply_id"])
                told[event.data["reply_id"]] += 1
        for reply_id in self._oracle.replies:
            if not told[reply_id]:
                self.note("replies_lost", reply_id)
            elif told[reply_id] > 1 and not self._restored:
                self.note("replies_doubled", reply_id)

    def compare_reports(self, believed: Iterable[tuple[str, str, int]]) -> None:
        """Check that each report is told once, and none that the gateway did not make."""
        found = self._oracle.compare_forged_reports(self._told("smsmode_delivery_report"), believed)
        self.found["reports_invented"] += found["reports_invented"]
        self.found["reports_lost"] += 0 if self._restored else found["reports_lost"]
        self.found["reports_doubled"] += 0 if self._restored else found["reports_doubled"]

    def compare_answers(self) -> None:
        """Check that each answer to a question was given by somebody."""
        found = self._oracle.compare_questions(self._told("smsmode_question_answered"))
        self.found["answers_invented"] += found["answers_invented"]


FIGURES = (
    *("lost", "doubled", "false_successes", "false_failures", "to_the_wrong_person", "alerts_without_end"),
    *("forged_acknowledgements", "steps_doubled", "forged_taken_for_true", "replies_lost", "replies_doubled"),
    *("reports_invented", "reports_lost", "reports_doubled", "answers_invented"),
)


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without limits."""
    return account_entry(gateway, daily_limit=0, urgent_daily_limit=0, recipient_hourly_limit=0)


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Return a house that is not set up yet."""
    # The checks of the debug mode take longer than the run itself.
    hass.loop.set_debug(False)
    freezer.move_to(NOON)
    await gateway.set(balance=CREDITS)
    return House(hass, freezer, gateway, entry)


async def test_whatever_happens_each_is_accepted_once_or_told(
    house: House,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
    rng: Random,
    seed: int,
    quick: bool,
    figures: Figures,
) -> None:
    """Let everything happen for hours or days, end it, and compare."""
    seed_all(seed)
    ids = Ids(Random(seed + 1))
    monkeypatch.setattr(state, "new_id", ids)
    house.gateway.emulator.faults = faults = RandomFaults(Random(seed + 2), stall_weight=0)
    world = ClockWorld(house, monkeypatch, rng, step=15)
    await house.async_set_up()
    client = await hass_client_no_auth()
    house.hass.config.internal_url = str(client.make_url("")).rstrip("/")
    await house.gateway.set(reply_url=str(client.make_url(PATH)))
    oracle, events = DialogOracle(), TimedEvents(world, EVENTS)
    house.hass.bus.async_listen("smsmode_alert_changed", oracle.note_change)
    simulator = NemesisSimulator(world, rng, oracle)
    forger = Forger(client, rng, ids, oracle.is_of_alert)
    nemesis = Nemesis(world, faults, rng, QUICK_KINDS if quick else KINDS)
    releasing = asyncio.create_task(nemesis.release_stalled())
    while world.now < (QUICK if quick else FULL) * 3600:
        await nemesis.act()
        simulator.forget(nemesis.restored)
        await simulator.act()
        await simulator.follow()
        if rng.random() < 0.4:
            await forger.forge(simulator.messages, oracle.replies)
        await world.wait(rng.choice(PAUSES))
    await nemesis.finish()
    await house.gateway.clear_faults()
    await simulator.finish()
    await house.gateway.release_callbacks(backwards=True)
    await world.wait(SETTLED_AFTER)
    releasing.cancel()

    verdict = NemesisOracle(oracle, events, await house.gateway.messages(), nemesis.restored)
    verdict.compare_notes(simulator.notes)
    verdict.compare_alerts(simulator.alerts_at)
    verdict.compare_answers()
    verdict.compare_replies()
    verdict.compare_reports(forger.believed)
    figures.note(hours=round(world.now / 3600, 1), faults=counted(nemesis.done + faults.injected))
    figures.note(
        messages=counted(Counter(note.answer for note in simulator.notes.values())),
        alerts=counted(Counter(event.data["state"] for _, event in events.of("smsmode_alert_changed"))),
        refused=counted(simulator.refused),
        replies=len(oracle.replies),
        reports=oracle.reports,
        forged=counted(forger.made),
    )
    figures.zero(**{name: verdict.found[name] for name in FIGURES})
    figures.zero(still_queued=int(house.state("sensor.home_queued").state))
    if wrong := [*verdict.wrong, *oracle.wrong]:
        figures.note(wrong="; ".join(wrong[:8]), log="; ".join(nemesis.log))
    figures.check(wrong)
