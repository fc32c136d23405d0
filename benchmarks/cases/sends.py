"""Sends per second and processor time per send, in each of our three ways, compared with peers and bare aiohttp."""

import asyncio
from dataclasses import replace

from benchmarks import competitors, peer_integrations
from benchmarks.hass_instance import account, house, stub
from benchmarks.runner import Comparison, Goal, Row, Runs, parse_quick, print_rows, row_with_goal

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
    """Compare one send at a time, and 32 at once."""
    rows: list[Row] = []
    with stub() as gateway:
        peer_integrations.point_to(gateway.url)
        async with (
            house(account(gateway.url) + peer_integrations.CONFIGURATION) as hass,
            competitors.session() as session,
        ):
            everybody = await competitors.competitors_of(hass, session, gateway)
            for at_once, count in ((1, 32), (32, 128)):
                race = Comparison(
                    everybody,
                    rounds=2 if quick else 5,
                    count=count if quick else count * 4,
                    at_once=at_once,
                )
                rows += _rows(await race.run(), at_once)
    return rows


def _rows(runs: dict[str, Runs], at_once: int) -> list[Row]:
    cheapest = min(peer_integrations.NAMES, key=lambda name: runs[name].cost)
    quickest = max(peer_integrations.NAMES, key=lambda name: runs[name].rate)
    rows = [Row(what=f"{name}, {at_once} at once", figure=str(run)) for name, run in runs.items()]
    plainest = runs[competitors.MINIMAL]
    limit = with_reason(LIMIT, plainest.cost / runs[competitors.BARE].cost)
    cost = with_reason(COST, plainest.cost / runs[cheapest].cost)
    swift = with_reason(RATE, plainest.rate / runs[quickest].rate)
    for name in competitors.OUR_WAYS:
        run, quoted = runs[name], name == competitors.OURS
        for other, goal, key in ((competitors.BARE, limit, "bare"), (cheapest, cost, "peer")):
            ratio = run.cost / runs[other].cost
            what = f"{name}: cost against {other}, {at_once} at once"
            rows.append(row_with_goal(what, ratio, goal, key=f"{key}{at_once}" * quoted))
        if at_once > 1:
            what = f"{name}: rate against {quickest}, {at_once} at once"
            rows.append(row_with_goal(what, run.rate / runs[quickest].rate, swift, key="rate" * quoted))
        rows.append(
            Row(
                what=f"{name}: cost against {competitors.MINIMAL}, {at_once} at once",
                figure=f"{run.cost / plainest.cost:.2f} times",
            )
        )
    return rows


def with_reason(goal: Goal, ratio: float) -> Goal:
    """Add the result of the minimal sender in the same run to the reason of a goal."""
    return replace(goal, why=f"{goal.why} ({competitors.MINIMAL}, and nothing else: {ratio:.2f} times)")


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
