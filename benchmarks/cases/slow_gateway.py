"""A gateway that takes 300 ms: what a message waits beyond that, and how many connections are opened for it."""

import asyncio
from statistics import median
from time import perf_counter

from benchmarks import competitors as contest
from benchmarks import peer_integrations as peers
from benchmarks.hass_instance import Stub, account, house, stub
from benchmarks.runner import Goal, Row, Work, is_quick, judged, spread, tell

DELAY = 0.3
AT_ONCE = 32
REUSE = Goal(limit=1, why="the connection is not kept")


async def _one_by_one(work: Work, count: int) -> list[float]:
    """Give the milliseconds of each beyond what the gateway takes."""
    found = []
    for number in range(count):
        began = perf_counter()
        await work(number)
        found.append((perf_counter() - began - DELAY) * 1000)
    return found


async def _at_once(work: Work) -> float:
    """Give the milliseconds until the last of many that are sent at once has its answer."""
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
    """Have each send one by one, then many at once."""
    count = 2 if quick else 10
    with stub(delay=DELAY) as gateway:
        peers.lead_to(gateway.url)
        async with house(account(gateway.url) + peers.CONFIGURATION) as hass, contest.session() as session:
            everybody = await contest.contestants(hass, session, gateway)
            found = {name: await _row(name, everybody[name], gateway, count) for name in contest.ONE_OF_EACH}
    ours = found[contest.OURS][1]
    return [
        *(row for row, _ in found.values()),
        judged(f"{contest.OURS}: new connections for {count} messages one by one", ours, REUSE),
    ]


if __name__ == "__main__":
    tell(asyncio.run(measure(quick=is_quick(__doc__))))
