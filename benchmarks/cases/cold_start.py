"""Cold start: the first message of a Home Assistant that has just started, each in its own process."""

import asyncio
import json
import subprocess
import sys
from statistics import median
from time import perf_counter, process_time

from benchmarks import competitors, peer_integrations
from benchmarks.hass_instance import ROOT, account, house, stub
from benchmarks.runner import Row, parse_quick, print_rows, spread

LATER_SENDS = 20


async def first(name: str) -> dict[str, float]:
    """Start Home Assistant and send; returns the milliseconds of the first message and of later ones."""
    with stub() as gateway:
        peer_integrations.point_to(gateway.url)
        async with (
            house(account(gateway.url) + peer_integrations.CONFIGURATION) as hass,
            competitors.session() as session,
        ):
            work = (await competitors.competitors_of(hass, session, gateway))[name]
            found = []
            for number in range(LATER_SENDS + 1):
                began, spent = perf_counter(), process_time()
                await work(number)
                found.append((perf_counter() - began, process_time() - spent))
    return {
        "first": found[0][0] * 1000,
        "processor": found[0][1] * 1000,
        "later": median(seconds for seconds, _ in found[1:]) * 1000,
    }


def _run(name: str) -> dict[str, float]:
    program = [sys.executable, "-m", "benchmarks.cases.cold_start", "--first", name]
    answer = subprocess.run(program, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    return found


def measure(*, quick: bool) -> list[Row]:
    """Measure all competitors in turns."""
    names = competitors.ONE_OF_EACH[:2] if quick else competitors.ONE_OF_EACH
    rounds = [{name: _run(name) for name in names} for _ in range(1 if quick else 2)]
    return [_row(name, [found[name] for found in rounds]) for name in names]


def _row(name: str, found: list[dict[str, float]]) -> Row:
    firsts = [each["first"] for each in found]
    spent, later = median(each["processor"] for each in found), median(each["later"] for each in found)
    figure = f"{median(firsts):.1f} ms {spread(firsts)}, {spent:.1f} ms of processor; later ones {later:.1f} ms"
    return Row(what=f"the first message: {name}", figure=figure)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--first"]:
        sys.stdout.write(f"\n{json.dumps(asyncio.run(first(sys.argv[2])))}\n")
    else:
        print_rows(measure(quick=parse_quick(__doc__)))
