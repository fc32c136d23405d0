"""The account is refused in the middle of alerts, for want of credits, a key or a limit, and put right after a while.

Time is moved, ten seconds at a time. Each alert has three people; before one of them the account is refused.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from custom_components.smsmode.const import EVENT_ALERT_CHANGED
from custom_components.smsmode.state.alerts import MAX_RETRY
from tests.support.house import House

from .figures import Figures

QUICK, FULL = 4, 60
PEOPLE = ("+33639980011", "+33639980012", "+33639980013")
TICK = timedelta(seconds=10)
UNREACHABLE = 3998
# A refused step is tried again at least so often, and then it has to leave within ten seconds.
LATEST = MAX_RETRY + TICK
# In ticks of ten seconds.
SHORTEST, LONGEST = 1, 180

type Operation = Callable[[House], Awaitable[object]]


@pytest.fixture(autouse=True)
def noon(freezer: FrozenDateTimeFactory) -> None:
    """Begin far from midnight, which would put a daily limit right."""
    freezer.move_to("2026-06-10T12:00:00-07:00")


async def _set_options(house: House, **options: int) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options=options)
    await house.async_settle()


async def _reach_limit(house: House) -> None:
    spent = house.account.store.state.budget.spent_today.total()
    await _set_options(house, urgent_daily_limit=max(spent, 1), recipient_hourly_limit=0)


CAUSES: dict[str, tuple[Operation, Operation]] = {
    "no_credit": (lambda house: house.gateway.set(balance=0), lambda house: house.gateway.set(balance=100)),
    "key_refused": (
        lambda house: house.gateway.fail("sendSMS.do", "code:32", times=None),
        lambda house: house.gateway.clear_faults(),
    ),
    "limit": (_reach_limit, lambda house: _set_options(house, urgent_daily_limit=0, recipient_hourly_limit=0)),
}


async def _pass(house: House, ticks: int) -> None:
    for _ in range(ticks):
        await house.async_wait(seconds=TICK.total_seconds())


async def _reached(house: House, mark: str) -> list[str]:
    """Return the people to whom the gateway has the alert of this mark, in the order in which it took them."""
    return [f"+{message.numbers[0]}" for message in await house.gateway.messages() if message.text.startswith(mark)]


async def _miss(house: House, mark: str) -> None:
    """Report that the latest person cannot be reached, and that is not asked for again at once."""
    message = [each for each in await house.gateway.messages() if each.text.startswith(mark)][-1]
    await house.gateway.report(message.id, message.numbers[0], UNREACHABLE, callback=False)
    await house.async_wait(seconds=15)
    await house.async_poll()


async def _wait_until_reached(house: House, mark: str, count: int) -> timedelta:
    """Wait until so many people are reached, for twice the time it may take; return how long it took."""
    began: datetime = dt_util.utcnow()
    while len(await _reached(house, mark)) < count and dt_util.utcnow() - began < 2 * LATEST:
        await house.async_wait(seconds=TICK.total_seconds() / 2)
    return dt_util.utcnow() - began


async def _raise_alert(house: House, mark: str, rng: Random, events: list[Event], wrong: Counter[str]) -> timedelta:
    """Raise an alert whose account is refused before one of its people; return how long that person waited for it."""
    cause, (refuse, repair) = rng.choice(list(CAUSES.items()))
    victim = rng.randrange(1, len(PEOPLE))
    steps = [{"target": number} for number in PEOPLE]
    await house.async_call("alert", message=f"{mark} Water!", alert_id=mark, steps=steps)
    for _ in range(1, victim):
        await _miss(house, mark)
    await refuse(house)
    await _miss(house, mark)
    await _pass(house, rng.randint(SHORTEST, LONGEST))
    told = [event.data.get("reason") for event in events if event.data["state"] == "not_sent"]
    wrong["not_told"] += told[-1:] != [cause]
    wrong["told_twice"] += len(told) > 1
    wrong["sent_while_refused"] += len(await _reached(house, mark)) != victim
    await repair(house)
    waited = await _wait_until_reached(house, mark, victim + 1)
    for _ in range(victim + 1, len(PEOPLE)):
        await _miss(house, mark)
    wrong["steps_used_up"] += tuple(await _reached(house, mark)) != PEOPLE
    wrong["ended"] += events[-1].data["state"] != "delivering"
    await house.async_call("cancel_alert", alert_id=mark)
    return waited


async def test_a_refused_account_uses_up_no_step(house: House, rng: Random, quick: bool, figures: Figures) -> None:
    """Refuse the account before a person by chance, put it right, and look who was reached when."""
    count = QUICK if quick else FULL
    await _set_options(house, urgent_daily_limit=0, recipient_hourly_limit=0)
    wrong: Counter[str] = Counter(dict.fromkeys(("not_told", "told_twice", "sent_while_refused", "steps_used_up"), 0))
    longest = timedelta()
    for number in range(count):
        events = house.capture(EVENT_ALERT_CHANGED)
        longest = max(longest, await _raise_alert(house, f"#{number:03}", rng, events, wrong))
        await house.gateway.set(balance=100)
    figures.note(alerts=count)
    figures.zero(**wrong)
    figures.within(LATEST.total_seconds(), seconds_after_the_repair=longest.total_seconds())
    figures.check()


async def test_an_account_refused_from_the_start_is_refused_aloud(house: House, figures: Figures) -> None:
    """Refuse the account for each reason before an alert is raised: the action fails, and nothing is left running."""
    silent = running = 0
    for cause, (refuse, repair) in CAUSES.items():
        await house.async_call("send_message", message="x", target=PEOPLE[0], urgent=True, repeat=True)
        events = house.capture(EVENT_ALERT_CHANGED)
        await refuse(house)
        try:
            await house.async_call("alert", message="Water!", steps=[{"target": number} for number in PEOPLE])
            silent += 1
        except HomeAssistantError:
            silent += events[-1].data.get("reason") != cause
        running += len(house.account.store.state.alerts.running)
        await repair(house)
    figures.zero(refused_in_silence=silent, left_running=running)
    figures.check()
