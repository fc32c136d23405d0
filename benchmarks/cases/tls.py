"""TLS, with a certificate of a test authority; verification stays on.

Home Assistant and the peers trust whom the variable REQUESTS_CA_BUNDLE names, so the house runs in a process that has
been told of that authority from its start.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import competitors, peer_integrations
from benchmarks import tls_certificate as certificate
from benchmarks.hass_instance import ROOT, account, house, stub
from benchmarks.runner import Comparison, Goal, Row, parse_quick, print_rows, row_with_goal

REUSE = Goal(
    limit=1,
    why="on purpose: an answer that a server writes twice on a kept connection would be taken for that of the next "
    "message, whose id and report would be another's",
)
CERTIFICATE_VARIABLE = "BENCH_CERTIFICATE"


async def measure(secured: Path, *, quick: bool) -> list[Row]:
    """Compare one send at a time, then count the connections."""
    count = 10 if quick else 40
    with stub(certificate=secured) as gateway:
        peer_integrations.point_to(gateway.url)
        async with (
            house(account(gateway.url) + peer_integrations.CONFIGURATION) as hass,
            competitors.session() as session,
        ):
            everybody = await competitors.competitors_of(hass, session, gateway)
            works = {name: everybody[name] for name in competitors.ONE_OF_EACH}
            runs = await Comparison(works, rounds=2 if quick else 5, count=count, at_once=1).run()
            opened = {name: await competitors.connections(work, gateway, count) for name, work in works.items()}
    rows = [
        Row(what=f"{name}, one at a time", figure=f"{runs[name]}; {opened[name]} new connections for {count} messages")
        for name in works
    ]
    ratio = runs[competitors.OURS].cost / runs[competitors.BARE].cost
    cheapest = min(peer_integrations.NAMES, key=lambda name: runs[name].cost)
    against_peer = runs[competitors.OURS].cost / runs[cheapest].cost
    return [
        *rows,
        Row(what=f"{competitors.OURS}: cost against {competitors.BARE}", figure=f"{ratio:.2f} times"),
        Row(what=f"{competitors.OURS}: cost against {cheapest}", figure=f"{against_peer:.2f} times", key="tls"),
        row_with_goal(
            f"{competitors.OURS}: new connections for {count} messages",
            opened[competitors.OURS],
            REUSE,
            key="connections",
        ),
    ]


def _run_with_certificate() -> int:
    """Run this program again with the test authority in its environment."""
    with TemporaryDirectory() as folder:
        trusted, secured = certificate.make(Path(folder))
        environment = os.environ | {"REQUESTS_CA_BUNDLE": str(trusted), CERTIFICATE_VARIABLE: str(secured)}
        program = [sys.executable, "-m", "benchmarks.cases.tls", *sys.argv[1:]]
        return subprocess.run(program, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603 - our own


if __name__ == "__main__":
    if CERTIFICATE_VARIABLE not in os.environ:
        sys.exit(_run_with_certificate())
    print_rows(asyncio.run(measure(Path(os.environ[CERTIFICATE_VARIABLE]), quick=parse_quick(__doc__))))
