"""Many at once: one text to 10,000 numbers, and 50,000 texts by batch."""

import asyncio
import resource
from time import perf_counter
from typing import Any

from bench.faults.pulse import Pulse
from bench.house import account, house, stub
from bench.measure import Goal, Row, is_quick, judged, tell
from custom_components.smsmode.action_schemas import SEND_BATCH, SEND_MESSAGE
from custom_components.smsmode.const import DOMAIN

SCHEMAS = {"send_message": SEND_MESSAGE, "send_batch": SEND_BATCH}


def _peak() -> float:
    """Give the most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _goal(action: str, fields: dict[str, Any]) -> Goal:
    """Say what of the block is not ours to divide: Home Assistant checks the fields of a call in the event loop."""
    began = perf_counter()
    SCHEMAS[action](fields)
    milliseconds = (perf_counter() - began) * 1000
    why = f"{milliseconds:.0f} ms are Home Assistant's, which checks the fields of a call in one go; the rest is ours"
    return Goal(limit=20, unit=" ms", why=why)


async def measure(*, quick: bool) -> list[Row]:
    """Do both, once each: the first time is the one that counts at home."""
    numbers, texts = (1_000, 2_000) if quick else (10_000, 50_000)
    targets = [f"+336{number:08}" for number in range(numbers)]
    lines = [{"target": f"+336{number:08}", "message": f"Your code is {number}"} for number in range(texts)]
    works: dict[str, tuple[str, dict[str, Any]]] = {
        f"one text to {numbers:,} numbers": ("send_message", {"message": "Water!", "target": targets}),
        f"{texts:,} texts by batch": ("send_batch", {"messages": lines}),
    }
    rows: list[Row] = []
    with stub() as gateway:
        async with house(account(gateway.url)) as hass:
            for what, (action, fields) in works.items():
                before, asked, began = _peak(), (await gateway.counts())["requests"], perf_counter()
                async with Pulse() as pulse:
                    await hass.services.async_call(DOMAIN, action, fields, blocking=True, return_response=True)
                seconds, requests = perf_counter() - began, (await gateway.counts())["requests"] - asked
                figure = f"{seconds:.2f} s, {requests} requests, {_peak() - before:.0f} MB more at the peak"
                rows.append(Row(what=what, figure=figure))
                longest = pulse.longest * 1000
                rows.append(judged(f"{what}: longest block", longest, _goal(action, fields), key=f"many {action}"))
    return rows


if __name__ == "__main__":
    tell(asyncio.run(measure(quick=is_quick(__doc__))))
