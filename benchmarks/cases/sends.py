"""Sends per second and processor time per send, in each of our three ways, compared with peers and bare aiohttp."""

import asyncio
from dataclasses import replace

from benchmarks import competitors, peer_integrations
from benchmarks.hass_instance import account, house, stub
from benchmarks.runner import Comparison, Goal, Row, Runs, parse_quick, print_rows, row_with_goal

WHY = (
    "of the 4.3 million instructions of a calm send, each counted by leaving it out, 1.4 are six states and the "
    "entities that are looked at, 1.0 is a connection of its own (an answer that a server writes twice on a kept "
    "one would be taken for that of the next message), 0.85 the second write, of what came of it, and 0.9 the "
    "floor; what is left: the text held against the document, the budget, the duplicate filter, the outbox and "
    "the message log"
)
# The floor is one durable write, one request and one state.
CALM = Goal(limit=1.8, unit=" times", why=WHY)
BURST = Goal(limit=2.0, unit=" times", why=WHY)
MANY = Goal(limit=2.4, unit=" times", why=WHY)
COST = Goal(limit=0.55, unit=" times", why=WHY)
RATE = Goal(
    limit=1.6,
    unit=" times",
    at_least=True,
    why="Python lets one thread work at a time, in a peer as in ours, and ours keeps each message on the disk, and "
    "opens a connection for it",
)
OUR_RATE = replace(RATE, limit=2.0)
# So a household sends: one message, and then nothing for a while.
CALM_PAUSE = 0.08


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
            rounds, factor = (2, 1) if quick else (5, 4)
            calm = Comparison(everybody, rounds=rounds, count=4 * factor, at_once=1, pause=CALM_PAUSE)
            rows += _calm_rows(await calm.run())
            for at_once, count in ((1, 32), (32, 128)):
                race = Comparison(everybody, rounds=rounds, count=count * factor, at_once=at_once)
                rows += _rows(await race.run(), at_once)
    return rows


def _calm_rows(runs: dict[str, Runs]) -> list[Row]:
    """Return the processor time of one message with nothing before and after it."""
    rows = [
        Row(
            what=f"{name}, calm",
            figure=f"{run.cost:,.0f} µs of processor",
            value=run.cost / 1000,
            key="calm cost" * (name == competitors.OURS),
        )
        for name, run in runs.items()
    ]
    for name in competitors.OUR_WAYS:
        ratio, key = runs[name].cost / runs[competitors.FLOOR].cost, "calm" * (name == competitors.OURS)
        rows.append(_against_floor(f"{name}: cost against the floor, calm", ratio, CALM, key, runs))
    return rows


def _against_floor(what: str, ratio: float, goal: Goal, key: str, runs: dict[str, Runs]) -> Row:
    """Return the row of a cost against the floor, with what the floor and the cheapest peer cost."""
    cheapest = min(peer_integrations.NAMES, key=lambda name: runs[name].cost)
    floor, peer = f"{runs[competitors.FLOOR].cost:,.0f} µs", f"{cheapest} {runs[cheapest].cost:,.0f} µs"
    return row_with_goal(what, ratio, goal, key=key, floor=floor, peer=peer)


def _rows(runs: dict[str, Runs], at_once: int) -> list[Row]:
    cheapest = min(peer_integrations.NAMES, key=lambda name: runs[name].cost)
    quickest = max(peer_integrations.NAMES, key=lambda name: runs[name].rate)
    rows = [Row(what=f"{name}, {at_once} at once", figure=str(run)) for name, run in runs.items()]
    for name in competitors.OUR_WAYS:
        run, is_quoted = runs[name], name == competitors.OURS
        what = f"{name}: cost against the floor, {at_once} at once"
        ratio, goal = run.cost / runs[competitors.FLOOR].cost, BURST if at_once == 1 else MANY
        rows.append(_against_floor(what, ratio, goal, f"floor{at_once}" * is_quoted, runs))
        if at_once == 1:
            continue
        what, ratio = f"{name}: cost against {cheapest}, {at_once} at once", run.cost / runs[cheapest].cost
        floor, peer = (
            f"{runs[competitors.FLOOR].cost / runs[cheapest].cost:.2f} times",
            f"{runs[cheapest].cost:,.0f} µs",
        )
        rows.append(row_with_goal(what, ratio, COST, key="peer" * is_quoted, floor=floor, peer=peer))
        what, ratio = f"{name}: rate against {quickest}, {at_once} at once", run.rate / runs[quickest].rate
        floor = f"{runs[competitors.FLOOR].rate / runs[quickest].rate:.2f} times"
        goal, peer = OUR_RATE if is_quoted else RATE, f"{runs[quickest].rate:,.0f}/s"
        rows.append(row_with_goal(what, ratio, goal, key="rate" * is_quoted, floor=floor, peer=peer))
    return rows


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
