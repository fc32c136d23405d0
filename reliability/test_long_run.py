"""Twelve hours three times, over midnight and both changes of the clock: nothing is left over.

Messages are sent, phones answer, the gateway fails, and accounts are reloaded, changed, added and removed. Then the
accounts are removed, and everything that could be left behind is counted and compared with what was there before.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import override

import pytest
from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode import PLATFORMS, sensor  # noqa: F401 - what it keeps for good is there before an account is
from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import House, account_entry

from .account_operations import THIRD_KEY, AccountOperations, async_set_up
from .figures import Figures
from .leak_detector import Inventory, close_idle_connections, left_over, take_inventory
from .observed_events import ObservedEvents
from .random_faults import RandomFaults
from .scenario import MINUTE, PARIS, PATH, Scenario, ScenarioLog
from .second_account import LIMIT, SecondAccount
from .send_oracle import compare
from .send_simulator import GROUPS
from .test_sends import counted

SECOND_KEY = "SecondKey123"
# The last nights are those in which the clock is set forward and back.
STARTS = [datetime(2027, month, day, 19, tzinfo=PARIS) for month, day in ((1, 14), (3, 27), (10, 30))]
ACTIVE_TIME = timedelta(hours=12)
QUICK_START, QUICK_ACTIVE_TIME = datetime(2027, 10, 31, 0, 30, tzinfo=PARIS), timedelta(hours=3.6)
# For so long nothing leaves, from one o'clock on.
# In seconds; the limit is reached before the clock is set, and still is when there is the last chance to send.
SECOND_EVERY = 360
LAST_SEND = time(23, 45)
NOTHING_LEAVES = timedelta(hours=3)
MAX_FILE = 1024 * 1024
# What is said aloud when something really goes wrong.
EXPECTED = re.compile(
    r"(A queued message of \w+ was given up: |It was not found out whether a message of \w+ was sent"
    r"|Error fetching smsmode \w+ data: |Not everybody was written to: "
    r"|\w+ has reached a limit: |The gateway does not give the news of \w+: "
    r"|Sent with a warning: |An urgent message of \w+ cannot be sent: |A text of \w+ was changed before it left: )"
)


class UnexpectedLog(logging.Handler):
    """Handler that collects warnings and errors of all loggers that are not expected."""

    def __init__(self) -> None:
        """Begin without lines."""
        super().__init__(logging.WARNING)
        self.lines: Counter[str] = Counter()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Add a line."""
        message = record.getMessage()
        if not (record.name.endswith(DOMAIN) and EXPECTED.match(message)):
            self.lines[f"{record.levelname} {record.name}: {message}"] += 1


@contextmanager
def collect_log() -> Iterator[UnexpectedLog]:
    """Collect the log in place of pytest's handlers, which would keep objects of tracebacks alive."""
    root, unexpected = logging.getLogger(), UnexpectedLog()
    handlers, root.handlers = root.handlers, [unexpected]
    try:
        yield unexpected
    finally:
        root.handlers = handlers


@pytest.fixture(autouse=True)
async def parts(hass: HomeAssistant) -> None:
    """Prepare a Home Assistant in Paris with everything that an account uses, and without an account."""
    # The checks of the debug mode take longer than the run itself.
    hass.loop.set_debug(False)
    # It writes the time of day, and cannot where time stands still.
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    async_get_clientsession(hass)
    await hass.config.async_set_time_zone(str(PARIS))
    for part in ("http", "webhook", *map(str, PLATFORMS), DOMAIN):
        assert await async_setup_component(hass, part, {})
    await hass.async_block_till_done(wait_background_tasks=True)


class NightRuns:
    """Runs one after the other: accounts are set up in the evening, and removed after the next day."""

    def __init__(
        self, house: House, scenario: Scenario, accounts: AccountOperations, log: ScenarioLog, *, quick: bool
    ) -> None:
        """Begin without leaks."""
        self._house, self._scenario, self._accounts, self._log = house, scenario, accounts, log
        self._step, self._resting = (3 * MINUTE, 15 * MINUTE) if quick else (MINUTE, 5 * MINUTE)
        self._limits = house.capture("smsmode_limit_reached")
        self.left_over: Inventory = {}
        self.wrong_answers = self.wrong_issues = self.wrong_events = self.largest_file = self.queued = 0

    async def live(self, start: datetime, active_time: timedelta) -> None:
        """Run once, and count what is left over: when idle, and after the accounts are removed."""
        self._house.freezer.move_to(start)
        async_fire_time_changed(self._house.hass)
        nobody = await self._inventory()
        self._house.entry = account_entry(self._house.gateway, daily_limit=0, recipient_hourly_limit=0)
        await self._house.async_set_up()
        second_account = await self._set_up_second_account()
        at_rest = await self._inventory()
        await self._run_active(second_account, active_time)
        await self._run_until_idle(second_account)
        after = left_over(at_rest, await self._inventory())
        # What an account knows is bounded, not nothing; and what a person has to know is said until somebody reads it.
        after["objects"].clear()
        for issue in ("message_given_up", "message_unknown", "text_replaced"):
            after["issues"].pop(f"{issue}_{self._house.entry.entry_id}", None)
        self._note(after)
        await self._remove_accounts(second_account)
        self._note(left_over(nobody, await self._inventory()))

    async def _set_up_second_account(self) -> SecondAccount:
        manager = self._house.hass.config_entries
        entry = await async_set_up(self._house, "Second", SECOND_KEY)
        manager.async_update_entry(entry, options={"daily_limit": LIMIT})
        await self._house.async_settle()
        return SecondAccount(self._house, entry, self._log, self._scenario.mark, self._limits)

    async def _reach_the_limit(self, second_account: SecondAccount) -> None:
        for _ in range(LIMIT + 1):
            await second_account.send()
            await self._scenario.wait(MINUTE)

    async def _run_active(self, second_account: SecondAccount, active_time: timedelta) -> None:
        # Before the clock is set, so that the day for which it stands is not one of 24 hours.
        await self._reach_the_limit(second_account)
        begin, nothing_leaves = datetime.now(PARIS).timestamp(), False
        while (elapsed := datetime.now(PARIS).timestamp() - begin) < active_time.total_seconds():
            if not nothing_leaves and datetime.now(PARIS).hour == 1:
                nothing_leaves = True
                await self._scenario.block_sending(NOTHING_LEAVES)
            if self._scenario.is_calm and elapsed % SECOND_EVERY < self._step.total_seconds():
                await second_account.send()
            await self._scenario.advance(self._step)
            second_account.check_issue()

    async def _run_until_idle(self, second_account: SecondAccount) -> None:
        """Run without operations until the day is over; the second account sends at its two ends."""
        await self._scenario.end_faults()
        await self._accounts.remove_recipient()
        for _ in range(20):
            await self._scenario.wait(self._step)
        day = datetime.now(PARIS).date()
        while datetime.now(PARIS).date() == day:
            if datetime.now(PARIS).time() == LAST_SEND:
                await second_account.send()
            await self._scenario.wait(self._resting)
            second_account.check_issue()
        await second_account.send()
        await self._scenario.wait(MINUTE)
        second_account.check_issue()
        self.queued += int(self._house.state("sensor.home_queued").state)

    async def _remove_accounts(self, second_account: SecondAccount) -> None:
        """Remove the accounts while one has reached its limit and the other has a queued message."""
        await self._reach_the_limit(second_account)
        await self._house.gateway.fail("sendSMS.do", "code:50")
        await self._house.async_notify(message="It waits", target=["Alice"], data={"reference": "third"})
        self.wrong_answers += second_account.wrong_answers
        self.wrong_issues += second_account.wrong_issues
        self.wrong_events += second_account.wrong_events
        sizes = (file.stat().st_size for file in Path(self._house.hass.config.path(".storage")).glob("smsmode.*.db"))
        self.largest_file = max(self.largest_file, *sizes)
        for entry in self._house.hass.config_entries.async_entries(DOMAIN):
            await self._house.hass.config_entries.async_remove(entry.entry_id)
        await self._house.async_settle()

    async def _inventory(self) -> Inventory:
        """Count without connections, after five minutes, and one more for what those five began."""
        await self._scenario.wait(5 * MINUTE)
        await self._scenario.wait(MINUTE)
        async with self._house.gateway.offline():
            await self._house.async_settle()
            await close_idle_connections(self._house.hass)
            return take_inventory(self._house.hass)

    def _note(self, left: Inventory) -> None:
        for kind, names in left.items():
            self.left_over.setdefault(kind, Counter()).update(names)


async def test_nothing_is_left_over(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    rng: Random,
    quick: bool,
    figures: Figures,
) -> None:
    """Run, idle, remove everything, and compare."""
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    await _open(gateway, f"{hass.config.internal_url}{PATH}")
    gateway.emulator.faults = faults = RandomFaults(rng, stall_weight=0)
    house, log = House(hass, freezer, gateway, account_entry(gateway)), ScenarioLog()
    scenario, operations = Scenario(house, client, faults, rng, log), AccountOperations(house, client, log, rng)
    scenario.operations = {
        operations.change_options: 0.01,
        operations.toggle_recipient: 0.01,
        operations.use_third_account: 0.008,
        operations.lower_balance: 0.005,
    }
    heard = ObservedEvents(house)
    nights = NightRuns(house, scenario, operations, log, quick=quick)
    with collect_log() as unexpected:
        for start in [QUICK_START] if quick else STARTS:
            await nights.live(start, QUICK_ACTIVE_TIME if quick else ACTIVE_TIME)
    verdict = compare(log.entries, await gateway.messages(), heard.count_losses())
    figures.note(
        messages=len(log.entries),
        outcome=counted(Counter(entry.outcome.name.lower() for entry in log.entries)),
        happened=counted(log.done),
    )
    figures.zero(**verdict.figures, false_repetitions=log.false_repetitions, still_queued=nights.queued)
    figures.zero(**heard.compare(log, await gateway.messages()))
    figures.zero(
        wrong_answers_of_a_daily_limit=nights.wrong_answers,
        wrong_sights_of_its_repair_issue=nights.wrong_issues,
        its_events_missing_or_too_many=nights.wrong_events,
        stale_repair_issues=log.stale_issues,
        unexpected_lines_in_the_log=unexpected.lines.total(),
    )
    figures.within(MAX_FILE / 1024, largest_file_kB=nights.largest_file / 1024)
    figures.zero(**{f"{kind}_left_over": names.total() for kind, names in nights.left_over.items()})
    details = {**{kind: names for kind, names in nights.left_over.items() if names}, **unexpected.lines}
    if details or verdict.wrong or heard.wrong:
        figures.note(wrong=f"{verdict} {heard.wrong[:8]} {details}")
    figures.check([*verdict.wrong[:8], *heard.wrong[:8], str(details)])


async def _open(gateway: Gateway, reply_url: str) -> None:
    """Create two more accounts at the gateway, and the groups of the first."""
    await gateway.set(balance=1_000_000, progression=20, reply_url=reply_url)
    async with ClientSession(f"{gateway.url}/http/1.6/") as session:
        for name, numbers in GROUPS.items():
            for number in numbers:
                contact = {"nom": "Somebody", "mobile": number.removeprefix("+"), "groupes": name}
                await session.post("addContact.do", data={"accessToken": gateway.token, **contact})
        for name, key in (("second", SECOND_KEY), ("third", THIRD_KEY)):
            names = {"newPseudo": name, "newPass": "secret"}
            await session.post("createSubAccount.do", data={"accessToken": gateway.token, **names})
            await gateway.set(username=name, token=key, balance=100_000)
