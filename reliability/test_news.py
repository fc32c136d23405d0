"""Replies and reports by callbacks that are late, doubled, swapped or lost, with two days of downtime.

The house runs through the night in which two o'clock comes twice, is reloaded while news arrive, and is told lies.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.support.gateway import Gateway
from tests.support.house import House, account_entry

from .figures import Figures
from .reply_simulator import FAMILY, PATH, ReplySimulator, WebhookClient

QUICK, FULL = 60, 1_000
# Minutes before the clock is set back from three to two.
NIGHT = datetime(2026, 10, 25, 0, 54, tzinfo=UTC)
DOWNTIME = timedelta(hours=48)
RELOADS = 0.02
WRITES = 0.4


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account without limits."""
    return account_entry(gateway, daily_limit=0, recipient_hourly_limit=0)


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> House:
    """Return a house in the last night of summer time."""
    freezer.move_to(NIGHT)
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    await gateway.set(balance=1_000_000)
    for number in FAMILY:
        await house.async_call("add_contact", name=number, number=f"+{number}", groups=["Famille"])
    return house


@pytest.fixture
async def client(house: House, hass_client_no_auth: ClientSessionGenerator) -> WebhookClient:
    """Return an HTTP client, after setting the address for callbacks."""
    client: WebhookClient = await hass_client_no_auth()
    house.hass.config.internal_url = str(client.make_url("")).rstrip("/")
    await house.gateway.set(reply_url=str(client.make_url(PATH)))
    return client


class Scenario:
    """Runs of a house, up and down."""

    def __init__(self, house: House, simulator: ReplySimulator, rng: Random) -> None:
        """Keep the house, the simulator and the random numbers."""
        self._house = house
        self._simulator = simulator
        self._rng = rng

    async def up(self, count: int) -> None:
        """Let so many replies and reports arrive, some seconds apart, sometimes with a reload."""
        hass, entry_id = self._house.hass, self._house.entry.entry_id
        for _ in range(count):
            if self._rng.random() < RELOADS:
                await hass.config_entries.async_unload(entry_id)
                await self._changes(writes=False)
                await self._house.async_set_up()
            await self._changes(writes=True)
            await self._advance(self._rng.choice((2, 7, 20, 40, 65)))

    async def down(self, count: int) -> None:
        """Let so many arrive while the account is unloaded, until all reports were made."""
        hass, entry_id = self._house.hass, self._house.entry.entry_id
        await hass.config_entries.async_unload(entry_id)
        for _ in range(count):
            await self._changes(writes=False)
            self._house.freezer.tick(DOWNTIME / count)
        while not self._simulator.is_settled:
            await self._simulator.report()
        await self._house.async_set_up()

    async def run_until_idle(self) -> None:
        """Let the last arrive, and move time until they were polled."""
        while not self._simulator.is_settled:
            await self._simulator.report()
        await self._house.gateway.release_callbacks(backwards=True)
        for minutes in [1] * 20 + [20] * 30:
            await self._advance(60 * minutes)

    async def _changes(self, *, writes: bool) -> None:
        if writes and self._rng.random() < WRITES:
            await self._simulator.write()
        await self._simulator.answer()
        await self._simulator.report()
        await self._house.async_settle()

    async def _advance(self, seconds: float) -> None:
        """Move time, of the house and the gateway."""
        await self._house.async_wait(seconds=seconds)
        await self._house.gateway.advance()
        await self._house.async_settle()


async def test_every_reply_and_report_is_told_once(
    house: House, client: WebhookClient, rng: Random, quick: bool, figures: Figures
) -> None:
    """Run a day, stop for two, run another; then compare."""
    reports, live, late = map(house.capture, ("smsmode_delivery_report", "smsmode_reply", "smsmode_late_reply"))
    simulator = ReplySimulator(house, client, rng)
    scenario = Scenario(house, simulator, rng)
    third = (QUICK if quick else FULL) // 3 + 1
    await scenario.up(third)
    await scenario.down(third)
    await scenario.up(third)
    await scenario.run_until_idle()

    oracle = simulator.oracle
    by_callback = sum(event.data["operator"] is not None for event in reports)
    figures.note(replies=len(oracle.replies), reports=oracle.reports, forged_callbacks=simulator.forged)
    figures.note(reports_told_by_callback=by_callback, reports_told_by_poll=len(reports) - by_callback)
    figures.note(replies_told_live=len(live), replies_told_late=len(late))
    received = Counter(request.endpoint for request in await house.gateway.requests())
    figures.note(requests_for_replies=received["responseList.do"], requests_for_reports=received["compteRendu.do"])
    wrong = oracle.compare_replies(live, late) + oracle.compare_reports(reports)
    names = ("lost", "doubled", "undone", "invented", "wrongly_verified", "not_verified")
    figures.zero(**{name: wrong[name] for name in (*names, "late_told_as_live", "live_told_as_late")})
    figures.check()
