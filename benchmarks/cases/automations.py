"""Many automations: one report in a house with 2,000 triggers that name one of 200 recipients."""

import asyncio
from statistics import median
from time import perf_counter

from homeassistant.setup import async_setup_component

from benchmarks.hass_instance import account, house, stub
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal, spread
from custom_components.smsmode.api import DeliveryReport
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.state.message_log import TrackedMessage

RECIPIENTS = 200
REPORT = Goal(limit=15, unit=" ms", why="each trigger resolves the name that it has")


async def measure(*, quick: bool) -> list[Row]:
    """Set up one automation with all triggers, and report messages to somebody whom none of them names."""
    triggers, rounds = (200, 3) if quick else (2_000, 15)
    people = [{"name": f"Person {number}", "number": f"+3361{number:07}"} for number in range(RECIPIENTS)]
    named = [
        {"trigger": "smsmode.delivery_reported", "options": {"recipient": f"Person {number % (RECIPIENTS - 1)}"}}
        for number in range(triggers)
    ]
    found: list[float] = []
    with stub() as gateway:
        async with house(account(gateway.url, people)) as hass:
            automation = {"alias": "Many", "triggers": named, "actions": [], "mode": "queued"}
            assert await async_setup_component(hass, "automation", {"automation": [automation]})
            await hass.async_block_till_done()
            (entry,) = hass.config_entries.async_entries(DOMAIN)
            processor, number = entry.runtime_data.processor, people[-1]["number"]
            for serial in range(rounds):
                message = TrackedMessage(message_id=f"M{serial}", sent_at=processor.now(), codes={number: ()})
                processor.async_note_sent(message, 1)
                await asyncio.sleep(0.1)
                began = perf_counter()
                processor.async_process_report(DeliveryReport(message_id=f"M{serial}", number=number, code=11))
                found.append((perf_counter() - began) * 1000)
                await asyncio.sleep(0.1)
    what = f"one report, {triggers:,} triggers that name one of {RECIPIENTS} recipients"
    figure = f"{median(found):.1f} ms {spread(found)}"
    return [row_with_goal(what, median(found), REPORT, figure, key="triggers")]


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
