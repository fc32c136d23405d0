"""Callbacks forged by somebody who knows the webhook and every id, beside true ones, while lists fail for minutes.

Nothing that is forged takes, ends or skips a step of an alert, answers a question or runs a command, whatever it says,
in whose name and at which time; and none of it keeps what is true from being told once.
"""

from collections import Counter
from random import Random

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from emulator import state
from tests.support.command_house import SCRIPTS, command_entry
from tests.support.gateway import Gateway
from tests.support.house import WEBHOOK_ID, House

from .dialog_oracle import DialogOracle
from .dialog_simulator import DialogSimulator
from .figures import Figures
from .forger import Forger, Ids
from .reply_simulator import PATH, WebhookClient
from .test_sends import counted

QUICK, FULL = 80, 1_500
NOON = "2026-10-24T12:00:00+02:00"
PAUSES = (2, 7, 20, 40, 60)
RELOADS = 0.01
LIST_FAILURES = 0.03
# In seconds: what answers an alert or a question is heard in time all the same.
FAILS_FOR = (70, 150, 300)
FAULTS = ("code:50", "http:500", "garble", "drop_before", "html")
IDLE_MINUTES = 70
FIGURES = (
    *("forged_acknowledgements", "forged_deliveries", "steps_skipped", "steps_late", "acknowledgements_lost"),
    *("alerts_without_end", "answers_invented", "answers_lost", "answers_doubled"),
    *("commands_invented", "commands_lost", "forged_taken_for_true", "taken_for_forged"),
    *("replies_lost", "replies_doubled", "reports_invented", "reports_lost", "reports_doubled"),
)


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without limits for which Alice may command."""
    entry = command_entry(gateway)
    unlimited = {"daily_limit": 0, "urgent_daily_limit": 0, "recipient_hourly_limit": 0}
    (commands,) = [each for each in entry.subentries.values() if each.subentry_type == "commands"]
    often = [each.as_dict() for each in entry.subentries.values() if each is not commands]
    often.append({**commands.as_dict(), "data": {**commands.data, "assist": False, "hourly_limit": 30}})
    return MockConfigEntry(
        domain="smsmode",
        title="Home",
        data={**entry.data, "webhook_id": WEBHOOK_ID},
        options=unlimited,
        subentries_data=often,
    )


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Return a house with scripts that Alice may start by SMS."""
    # The checks of the debug mode take longer than the run itself.
    hass.loop.set_debug(False)
    freezer.move_to(NOON)
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    await gateway.set(balance=1_000_000)
    return house


@pytest.fixture
async def client(house: House, hass_client_no_auth: ClientSessionGenerator) -> WebhookClient:
    """Return an HTTP client, after setting the address for callbacks."""
    client: WebhookClient = await hass_client_no_auth()
    house.hass.config.internal_url = str(client.make_url("")).rstrip("/")
    await house.gateway.set(reply_url=str(client.make_url(PATH)))
    return client


@pytest.fixture
def ids(rng: Random, monkeypatch: pytest.MonkeyPatch) -> Ids:
    """Return the ids that the gateway gives, which can be foreseen."""
    ids = Ids(rng)
    monkeypatch.setattr(state, "new_id", ids)
    return ids


class ForgedRun:
    """Run in which somebody lies whenever something happens."""

    def __init__(self, house: House, simulator: DialogSimulator, forger: Forger, rng: Random) -> None:
        """Keep the parts."""
        self._house = house
        self._simulator = simulator
        self._forger = forger
        self._rng = rng
        self.failures = 0

    async def round(self) -> None:
        """Let something happen, with lies before and after it, and move time."""
        await self._fail_lists()
        if self._rng.random() < RELOADS:
            await self._house.async_reload()
        await self._lie()
        await self._simulator.act()
        await self._simulator.follow()
        await self._lie()
        await self.advance(self._rng.choice(PAUSES))

    async def advance(self, seconds: float) -> None:
        """Move time, of the house and the gateway."""
        await self._house.async_wait(seconds=seconds)
        await self._house.gateway.advance()
        await self._house.async_settle()
        await self._simulator.follow()

    async def _lie(self) -> None:
        for _ in range(self._rng.choice((0, 1, 1, 2))):
            await self._forger.forge(self._simulator.messages, self._simulator.oracle.replies)
        await self._house.async_settle()

    async def _fail_lists(self) -> None:
        """Let what confirms a callback fail for minutes."""
        if self._rng.random() < LIST_FAILURES:
            self.failures += 1
            seconds, fault = self._rng.choice(FAILS_FOR), self._rng.choice(FAULTS)
            for endpoint in self._rng.choice((["responseList.do"], ["responseList.do", "compteRendu.do"])):
                await self._house.gateway.fail(endpoint, fault, seconds=seconds)


async def test_nothing_forged_does_anything_and_nothing_true_is_lost(
    house: House, client: WebhookClient, ids: Ids, rng: Random, quick: bool, figures: Figures
) -> None:
    """Run, let the last alert and question end, and compare."""
    oracle = DialogOracle()
    house.hass.bus.async_listen("smsmode_alert_changed", oracle.note_change)
    names = ("smsmode_alert_changed", "smsmode_question_answered", "smsmode_command", "lights_are_off")
    changes, answered, commands, dark = map(house.capture, names)
    reports, live, late = map(house.capture, ("smsmode_delivery_report", "smsmode_reply", "smsmode_late_reply"))
    simulator, forger = DialogSimulator(house, rng, oracle), Forger(client, rng, ids, oracle.is_of_alert)
    run = ForgedRun(house, simulator, forger, rng)
    for _ in range(QUICK if quick else FULL):
        await run.round()
    await house.gateway.clear_faults()
    await simulator.finish()
    await house.gateway.release_callbacks(backwards=True)
    for _ in range(IDLE_MINUTES):
        await run.advance(60)

    outcomes = [f"{event.data['command']} {event.data['outcome']}" for event in commands]
    figures.note(forged=counted(forger.made), failures_of_lists=run.failures, replies=len(oracle.replies))
    figures.note(
        alerts=counted(Counter(event.data["state"] for event in changes)),
        questions=f"{len(oracle.questions)}, answered {len(answered)}",
        commands=counted(Counter(outcomes)),
        reports=oracle.reports,
    )
    wrong = (
        oracle.compare_alerts(changes)
        + oracle.compare_questions(answered)
        + oracle.compare_commands(outcomes)
        + oracle.compare_told(live, late)
        + oracle.compare_forged_reports(reports, forger.believed)
    )
    figures.zero(**{name: wrong[name] for name in FIGURES})
    figures.zero(lights_invented=len(dark) - oracle.commands["Lights off done"])
    if oracle.wrong:
        figures.note(wrong="; ".join(oracle.wrong[:8]))
    figures.check()
