"""Slow gateway (300 ms): the wait of a message beyond that, and the connections opened."""

import asyncio
from statistics import median
from time import perf_counter

from benchmarks import competitors, peer_integrations
from benchmarks.hass_instance import Stub, account, house, stub
from benchmarks.runner import Goal, Row, Work, parse_quick, print_rows, row_with_goal, spread

DELAY = 0.3
AT_ONCE = 32
REUSE = Goal(
    limit=1,
    why="on purpose: an answer that a server writes twice on a kept connection would be taken for that of the next "
    "message, whose id and report would be another's",
)


async def _one_by_one(work: Work, count: int) -> list[float]:
    """Return the milliseconds of each send beyond the delay of the gateway."""
    found = []
    for number in range(count):
        began = perf_counter()
        await work(number)
        found.append((perf_counter() - began - DELAY) * 1000)
    return found


async def _at_once(work: Work) -> float:
    """Return the milliseconds until the last of many concurrent sends has its answer."""
    began = perf_counter()
    await asyncio.gather(*(work(1000 + number) for number in range(AT_ONCE)))
    return (perf_counter() - began) * 1000


async def _row(name: str, work: Work, gateway: Stub, count: int) -> tuple[Row, int]:
    await work(-1)
    before = await gateway.counts()
    beyond = await _one_by_one(work, count)
    between = await gateway.counts()
    together = await _at_once(work)
    after = await gateway.counts()
    alone = between["connections"] - before["connections"] - 1
    figure = (
        f"{median(beyond):.1f} ms beyond the gateway's own {spread(beyond)}, {alone} new connections for {count}; "
        f"{AT_ONCE} at once in {together:,.0f} ms, {after['connections'] - between['connections'] - 1} new connections"
    )
    return Row(what=name, figure=figure), alone


async def measure(*, quick: bool) -> list[Row]:
    """Measure sends one by one, then many at once."""
    count = 2 if quick else 10
    with stub(delay=DELAY) as gateway:
        peer_integrations.point_to(gateway.url)
        async with (
            house(account(gateway.url) + peer_integrations.CONFIGURATION) as hass,
            competitors.session() as session,
        ):
            everybody = await competitors.competitors_of(hass, session, gateway)
            found = {name: await _row(name, everybody[name], gateway, count) for name in competitors.ONE_OF_EACH}
    ours = found[competitors.OURS][1]
    return [
        *(row for row, _ in found.values()),
        row_with_goal(f"{competitors.OURS}: new connections for {count} messages one by one", ours, REUSE),
    ]


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
