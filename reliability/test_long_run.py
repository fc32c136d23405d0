"""Twelve hours of life three times, over midnight and both changes of the clock: nothing is left over.

A house in which people write, telephones answer, the gateway fails, and hands reload, change, add and remove. Then the
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

from .account_operations import GUEST_KEY, Hands, async_set_up
from .conftest import Figures
from .leak_detector import Stock, left_over, let_go_of_connections, take_stock
from .observed_events import NewsHeard
from .random_faults import Weather
from .scenario import MINUTE, PATH, Books, Life
from .second_account import LIMIT, PARIS, Cabin
from .send_oracle import judge
from .send_simulator import GROUPS
from .test_sends import counted

CABIN_KEY = "CabinKey1234"
# The last nights are those in which the clock is set forward and back.
EVENINGS = [datetime(2027, month, day, 19, tzinfo=PARIS) for month, day in ((1, 14), (3, 27), (10, 30))]
AWAKE = timedelta(hours=12)
QUICK_EVENING, QUICK_AWAKE = datetime(2027, 10, 31, 0, 30, tzinfo=PARIS), timedelta(hours=3.6)
# For so long nothing leaves, from one o'clock on.
# In seconds; the limit is reached before the clock is set, and still is when there is the last chance to send.
CABIN_EVERY = 360
LAST_CHANCE = time(23, 45)
STUCK = timedelta(hours=3)
MAX_FILE = 1024 * 1024
# What is said aloud when something really goes wrong.
EXPECTED = re.compile(
    r"(A queued message of \w+ was given up: |Error fetching smsmode \w+ data: |Not everybody was written to: "
    r"|\w+ has reached a limit: |The gateway does not give the news of \w+: )"
)


class LogBook(logging.Handler):
    """Whatever is logged as a warning or worse, by whomever, and was not to be expected."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(logging.WARNING)
        self.lines: Counter[str] = Counter()

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Write a line down."""
        message = record.getMessage()
        if not (record.name.endswith(DOMAIN) and EXPECTED.match(message)):
            self.lines[f"{record.levelname} {record.name}: {message}"] += 1


@contextmanager
def keep_log() -> Iterator[LogBook]:
    """Keep the log in place of pytest, which would keep alive whatever an error has passed through."""
    root, book = logging.getLogger(), LogBook()
    handlers, root.handlers = root.handlers, [book]
    try:
        yield book
    finally:
        root.handlers = handlers


@pytest.fixture(autouse=True)
async def parts(hass: HomeAssistant) -> None:
    """Put a house to Paris in which everything runs that an account uses, and no account."""
    # What asyncio checks at each turn takes longer than the life itself.
    hass.loop.set_debug(False)
    # It writes the time of day, and cannot where time stands still.
    logging.getLogger("aiohttp.access").setLevel(logging.CRITICAL)
    async_get_clientsession(hass)
    await hass.config.async_set_time_zone(str(PARIS))
    for part in ("http", "webhook", *map(str, PLATFORMS), DOMAIN):
        assert await async_setup_component(hass, part, {})
    await hass.async_block_till_done(wait_background_tasks=True)


class Evenings:
    """Some lives, one after the other: accounts come in the evening, and go when the day after is over."""

    def __init__(self, house: House, life: Life, gateway: Hands, books: Books, *, quick: bool) -> None:
        """Begin with nothing left over."""
        self._house, self._life, self._gateway, self._books = house, life, gateway, books
        self._step, self._resting = (3 * MINUTE, 15 * MINUTE) if quick else (MINUTE, 5 * MINUTE)
        self._limits = house.capture("smsmode_limit_reached")
        self.left_over: Stock = {}
        self.wrong_answers = self.wrong_looks = self.wrong_events = self.largest_file = self.queued = 0

    async def live(self, evening: datetime, awake: timedelta) -> None:
        """Live once, and count what is left: at rest, against the beginning, and when the accounts are gone."""
        self._house.freezer.move_to(evening)
        async_fire_time_changed(self._house.hass)
        nobody = await self._stock()
        self._house.entry = account_entry(self._house.gateway, daily_limit=0, recipient_hourly_limit=0)
        await self._house.async_set_up()
        cabin = await self._build_a_cabin()
        at_rest = await self._stock()
        await self._be_awake(cabin, awake)
        await self._rest(cabin)
        after = left_over(at_rest, await self._stock())
        # What an account knows is bounded, not nothing; and who gave a message up says so until somebody reads it.
        after["objects"].clear()
        after["issues"].pop(f"message_given_up_{self._house.entry.entry_id}", None)
        self._note(after)
        await self._leave(cabin)
        self._note(left_over(nobody, await self._stock()))

    async def _build_a_cabin(self) -> Cabin:
        manager = self._house.hass.config_entries
        entry = await async_set_up(self._house, "Cabin", CABIN_KEY)
        manager.async_update_entry(entry, options={"daily_limit": LIMIT})
        await self._house.async_settle()
        return Cabin(self._house, entry, self._books, self._life.mark, self._limits)

    async def _reach_the_limit(self, cabin: Cabin) -> None:
        for _ in range(LIMIT + 1):
            await cabin.send()
            await self._life.wait(MINUTE)

    async def _be_awake(self, cabin: Cabin, awake: timedelta) -> None:
        # Before the clock is set, so that the day for which it stands is not one of 24 hours.
        await self._reach_the_limit(cabin)
        begin, is_stuck = datetime.now(PARIS).timestamp(), False
        while (elapsed := datetime.now(PARIS).timestamp() - begin) < awake.total_seconds():
            if not is_stuck and datetime.now(PARIS).hour == 1:
                is_stuck = True
                await self._life.let_nothing_leave(STUCK)
            if self._life.is_fair and elapsed % CABIN_EVERY < self._step.total_seconds():
                await cabin.send()
            await self._life.go_on(self._step)
            cabin.look()

    async def _rest(self, cabin: Cabin) -> None:
        """Let what is under way come to its end, and the day be over; nobody writes but at its two ends."""
        await self._life.clear_up()
        await self._gateway.move_out()
        for _ in range(20):
            await self._life.wait(self._step)
        day = datetime.now(PARIS).date()
        while datetime.now(PARIS).date() == day:
            if datetime.now(PARIS).time() == LAST_CHANCE:
                await cabin.send()
            await self._life.wait(self._resting)
            cabin.look()
        await cabin.send()
        await self._life.wait(MINUTE)
        cabin.look()
        self.queued += int(self._house.state("sensor.home_queued").state)

    async def _leave(self, cabin: Cabin) -> None:
        """Remove the accounts while a limit stands in the way of the one, and a message of the other waits."""
        await self._reach_the_limit(cabin)
        await self._house.gateway.fail("sendSMS.do", "code:50")
        await self._house.async_notify(message="It waits", target=["Alice"], data={"reference": "guest"})
        self.wrong_answers += cabin.wrong_answers
        self.wrong_looks += cabin.wrong_looks
        self.wrong_events += cabin.wrong_events
        sizes = (file.stat().st_size for file in Path(self._house.hass.config.path(".storage")).glob("smsmode.*.db"))
        self.largest_file = max(self.largest_file, *sizes)
        for entry in self._house.hass.config_entries.async_entries(DOMAIN):
            await self._house.hass.config_entries.async_remove(entry.entry_id)
        await self._house.async_settle()

    async def _stock(self) -> Stock:
        """Count when nobody is connected, and when what lives for minutes is over."""
        await self._life.wait(5 * MINUTE)
        async with self._house.gateway.offline():
            await self._house.async_settle()
            await let_go_of_connections(self._house.hass)
            return take_stock(self._house.hass)

    def _note(self, left: Stock) -> None:
        for kind, names in left.items():
            self.left_over.setdefault(kind, Counter()).update(names)


async def test_nothing_is_left_over(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
    gateway: Gateway,
    chance: Random,
    quick: bool,
    figures: Figures,
) -> None:
    """Live, rest, remove everything, and compare."""
    door = await hass_client_no_auth()
    hass.config.internal_url = str(door.make_url("")).rstrip("/")
    await _open(gateway, f"{hass.config.internal_url}{PATH}")
    gateway.emulator.faults = weather = Weather(chance, stalling=0)
    house, books = House(hass, freezer, gateway, account_entry(gateway)), Books()
    life, operations = Life(house, door, weather, chance, books), Hands(house, door, books, chance)
    life.operations = {
        operations.change_options: 0.01,
        operations.move_in_or_out: 0.01,
        operations.have_a_guest: 0.008,
        operations.run_out_of_credit: 0.005,
    }
    heard = NewsHeard(house)
    evenings = Evenings(house, life, operations, books, quick=quick)
    with keep_log() as log:
        for evening in [QUICK_EVENING] if quick else EVENINGS:
            await evenings.live(evening, QUICK_AWAKE if quick else AWAKE)
    verdict = judge(books.entries, await gateway.messages(), heard.given_up())
    figures.note(
        messages=len(books.entries),
        told=counted(Counter(entry.told.name.lower() for entry in books.entries)),
        happened=counted(books.done),
    )
    figures.zero(**verdict.figures, false_repetitions=books.false_repetitions, still_queued=evenings.queued)
    figures.zero(**heard.compare(books, await gateway.messages()))
    figures.zero(
        wrong_answers_of_a_daily_limit=evenings.wrong_answers,
        wrong_sights_of_its_repair_issue=evenings.wrong_looks,
        its_events_missing_or_too_many=evenings.wrong_events,
        stale_repair_issues=books.stale_issues,
        unexpected_lines_in_the_log=log.lines.total(),
    )
    figures.within(MAX_FILE / 1024, largest_file_kB=evenings.largest_file / 1024)
    figures.zero(**{f"{kind}_left_over": names.total() for kind, names in evenings.left_over.items()})
    details = {**{kind: names for kind, names in evenings.left_over.items() if names}, **log.lines}
    if details or verdict.wrong or heard.wrong:
        figures.note(wrong=f"{verdict} {heard.wrong[:8]} {details}")
    figures.judge()


async def _open(gateway: Gateway, reply_url: str) -> None:
    """Have two accounts more at the gateway, and the groups of the first."""
    await gateway.set(balance=1_000_000, progression=20, reply_url=reply_url)
    async with ClientSession(f"{gateway.url}/http/1.6/") as session:
        for name, numbers in GROUPS.items():
            for number in numbers:
                contact = {"nom": "Somebody", "mobile": number.removeprefix("+"), "groupes": name}
                await session.post("addContact.do", data={"accessToken": gateway.token, **contact})
        for name, key in (("cabin", CABIN_KEY), ("guest", GUEST_KEY)):
            names = {"newPseudo": name, "newPass": "secret"}
            await session.post("createSubAccount.do", data={"accessToken": gateway.token, **names})
            await gateway.set(username=name, token=key, balance=100_000)
