"""Over TLS, with a certificate of an authority of our own: nobody's verification is touched.

Home Assistant and the peers trust whom the variable REQUESTS_CA_BUNDLE names, so the house runs in a process that has
been told of that authority from its start.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import competitors as contest
from benchmarks import peer_integrations as peers
from benchmarks import tls_certificate as certificate
from benchmarks.hass_instance import ROOT, account, house, stub
from benchmarks.runner import Goal, Race, Row, is_quick, judged, tell

REUSE = Goal(limit=1, why="the connection is not kept")
SECURED = "BENCH_CERTIFICATE"


async def measure(secured: Path, *, quick: bool) -> list[Row]:
    """Race one at a time, then count the connections of each."""
    count = 10 if quick else 40
    with stub(certificate=secured) as gateway:
        peers.lead_to(gateway.url)
        async with house(account(gateway.url) + peers.CONFIGURATION) as hass, contest.session() as session:
            everybody = await contest.contestants(hass, session, gateway)
            works = {name: everybody[name] for name in contest.ONE_OF_EACH}
            runs = await Race(works, rounds=2 if quick else 5, count=count, at_once=1).run()
            opened = {name: await contest.connections(work, gateway, count) for name, work in works.items()}
    rows = [
        Row(what=f"{name}, one at a time", figure=f"{runs[name]}; {opened[name]} new connections for {count} messages")
        for name in works
    ]
    ratio = runs[contest.OURS].cost / runs[contest.BARE].cost
    cheapest = min(peers.NAMES, key=lambda name: runs[name].cost)
    against_peer = runs[contest.OURS].cost / runs[cheapest].cost
    return [
        *rows,
        Row(what=f"{contest.OURS}: cost against {contest.BARE}", figure=f"{ratio:.2f} times"),
        Row(what=f"{contest.OURS}: cost against {cheapest}", figure=f"{against_peer:.2f} times", key="tls"),
        judged(f"{contest.OURS}: new connections for {count} messages", opened[contest.OURS], REUSE, key="connections"),
    ]


def _in_a_process_that_trusts() -> int:
    """Do all this in a process that was told whom to trust before it began."""
    with TemporaryDirectory() as folder:
        trusted, secured = certificate.make(Path(folder))
        environment = os.environ | {"REQUESTS_CA_BUNDLE": str(trusted), SECURED: str(secured)}
        program = [sys.executable, "-m", "benchmarks.cases.tls", *sys.argv[1:]]
        return subprocess.run(program, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603 - our own


if __name__ == "__main__":
    if SECURED not in os.environ:
        sys.exit(_in_a_process_that_trusts())
    tell(asyncio.run(measure(Path(os.environ[SECURED]), quick=is_quick(__doc__))))
