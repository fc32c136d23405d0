"""Sends per second and processor time per send, by each of our three roads, beside the peers and bare aiohttp."""

import asyncio

from bench import contest, peers
from bench.house import account, house, stub
from bench.measure import Goal, Race, Row, Runs, is_quick, judged, tell

LIMIT = Goal(
    limit=1.6,
    unit=" times",
    why="every message is on the disk before it leaves, and what came of it after: that takes two turns of a thread "
    "and two transactions, a service call of Home Assistant and the states that tell of it; bare aiohttp keeps and "
    "tells nothing",
)
COST = Goal(
    limit=0.35,
    unit=" times",
    why="a peer costs a service call, a turn of a thread and a request; all of that is in ours too, beside the disk "
    "and the entities, of which it has none",
)
RATE = Goal(
    limit=4,
    unit=" times",
    at_least=True,
    why="a peer's sends are limited by its processor time, and so are ours",
)


async def measure(*, quick: bool) -> list[Row]:
    """Race one at a time, and 32 at once."""
    rows: list[Row] = []
    with stub() as gateway:
        peers.lead_to(gateway.url)
        async with house(account(gateway.url) + peers.CONFIGURATION) as hass, contest.session() as session:
            for at_once, count in ((1, 32), (32, 128)):
                race = Race(
                    contest.contestants(hass, session, gateway),
                    rounds=2 if quick else 7,
                    count=count if quick else count * 4,
                    at_once=at_once,
                )
                rows += _rows(await race.run(), at_once)
    return rows


def _rows(runs: dict[str, Runs], at_once: int) -> list[Row]:
    cheapest = min(peers.NAMES, key=lambda name: runs[name].cost)
    quickest = max(peers.NAMES, key=lambda name: runs[name].rate)
    rows = [Row(what=f"{name}, {at_once} at once", figure=str(run)) for name, run in runs.items()]
    for name in contest.ROADS:
        cost, rate = runs[name].cost, runs[name].rate
        key = f"{at_once}" if name == contest.OURS else ""
        against_bare, against_peer = cost / runs[contest.BARE].cost, cost / runs[cheapest].cost
        rows.append(_judged(f"{name}: cost against {contest.BARE}", at_once, against_bare, LIMIT, key and f"bare{key}"))
        rows.append(_judged(f"{name}: cost against {cheapest}", at_once, against_peer, COST, key and f"peer{key}"))
        if at_once > 1:
            against_peer = rate / runs[quickest].rate
            rows.append(_judged(f"{name}: rate against {quickest}", at_once, against_peer, RATE, key and "rate"))
    return rows


def _judged(what: str, at_once: int, ratio: float, goal: Goal, key: str) -> Row:
    return judged(f"{what}, {at_once} at once", ratio, goal, key=key)


if __name__ == "__main__":
    tell(asyncio.run(measure(quick=is_quick(__doc__))))
