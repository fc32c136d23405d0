"""Sends per second and processor time per send, by each of our three roads, beside the peers and bare aiohttp."""

import asyncio
from dataclasses import replace

from benchmarks import competitors as contest
from benchmarks import peer_integrations as peers
from benchmarks.hass_instance import account, house, stub
from benchmarks.runner import Goal, Race, Row, Runs, is_quick, judged, tell

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
    why="Python lets one thread work at a time, in a peer as in ours, and ours waits for the disk twice",
)


async def measure(*, quick: bool) -> list[Row]:
    """Race one at a time, and 32 at once."""
    rows: list[Row] = []
    with stub() as gateway:
        peers.lead_to(gateway.url)
        async with house(account(gateway.url) + peers.CONFIGURATION) as hass, contest.session() as session:
            everybody = await contest.contestants(hass, session, gateway)
            for at_once, count in ((1, 32), (32, 128)):
                race = Race(
                    everybody,
                    rounds=2 if quick else 5,
                    count=count if quick else count * 4,
                    at_once=at_once,
                )
                rows += _rows(await race.run(), at_once)
    return rows


def _rows(runs: dict[str, Runs], at_once: int) -> list[Row]:
    cheapest = min(peers.NAMES, key=lambda name: runs[name].cost)
    quickest = max(peers.NAMES, key=lambda name: runs[name].rate)
    rows = [Row(what=f"{name}, {at_once} at once", figure=str(run)) for name, run in runs.items()]
    plainest = runs[contest.PLAINEST]
    limit = explained(LIMIT, plainest.cost / runs[contest.BARE].cost)
    cost = explained(COST, plainest.cost / runs[cheapest].cost)
    swift = explained(RATE, plainest.rate / runs[quickest].rate)
    for name in contest.ROADS:
        run, quoted = runs[name], name == contest.OURS
        for other, goal, key in ((contest.BARE, limit, "bare"), (cheapest, cost, "peer")):
            ratio = run.cost / runs[other].cost
            what = f"{name}: cost against {other}, {at_once} at once"
            rows.append(judged(what, ratio, goal, key=f"{key}{at_once}" * quoted))
        if at_once > 1:
            what = f"{name}: rate against {quickest}, {at_once} at once"
            rows.append(judged(what, run.rate / runs[quickest].rate, swift, key="rate" * quoted))
        rows.append(
            Row(
                what=f"{name}: cost against {contest.PLAINEST}, {at_once} at once",
                figure=f"{run.cost / plainest.cost:.2f} times",
            )
        )
    return rows


def explained(goal: Goal, ratio: float) -> Goal:
    """Add what the plainest that keeps a message comes to, in the same run."""
    return replace(goal, why=f"{goal.why} ({contest.PLAINEST}, and nothing else: {ratio:.2f} times)")


if __name__ == "__main__":
    tell(asyncio.run(measure(quick=is_quick(__doc__))))
