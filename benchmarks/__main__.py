"""Command line of the benchmarks: `python -m benchmarks [--quick] [--only CASE …]` runs each case in its own process.

A complete run writes docs/development/performance.md, and its figures into the README of each language. A quick one of
several runs two at a time: it tries whether they can be made, and its figures say little. A figure never makes it fail;
a program that breaks does.
"""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from . import environment, publish
from .runner import Row, parse_rows

HERE = Path(__file__).parent
ROWS = {
    "sends": "Sending",
    "first_byte": "The first byte",
    "counts": "What no machine changes",
    "instructions": "Instructions per send",
    "cold_start": "The first message",
    "tls": "Over TLS",
    "slow_gateway": "A gateway that takes 300 ms",
    "callbacks": "Callbacks",
    "reply_time": "A reply",
    "scaling": "Growth",
    "bulk_send": "Many at once",
    "startup": "The start",
    "automations": "Automations",
    "large_house": "A large house",
    "segment_counting": "Text",
    "panel": "The panel",
    "idle_cost": "Idle",
}
INTRODUCTION = """\
# Performance

Written by `scripts/bench`, in less than 15 minutes (`scripts/bench --quick` tries it in about two); each part by its
program in [benchmarks/cases](../../benchmarks/cases). The yardsticks are bare aiohttp that posts the same form, Home
Assistant's own `clicksend`, `free_mobile`, `sinch` and `twilio_sms`, and *the floor*: the plainest service that loses
nothing, with one durable write, one request and one state; what it has stands beside each ratio, as does the best of
the peers. What no machine changes (turns of the event loop, statements, writes, bytes, states, requests) is held by
tests: [test_counts.py](../../tests/end_to_end/test_counts.py), [test_growth.py](../../tests/end_to_end/test_growth.py).
Medians; in brackets the smallest and the largest. All contestants of a part take turns in the same house, and send to
the same stub of a gateway on loopback, which is a process of its own. Processor time is that of the whole house, its
threads included. Beside each missed goal stands by how much, and why.

{machine}."""


def _run(name: str, *, quick: bool) -> tuple[list[Row], float]:
    """Run one case; returns its rows and the seconds it took."""
    command = [sys.executable, "-m", f"benchmarks.cases.{name}", *["--quick"] * quick]
    began = perf_counter()
    ended = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    rows = parse_rows(ended.stdout)
    if ended.returncode or not rows:
        sys.stderr.write(f"{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}\n")
        raise SystemExit(f"benchmarks.cases.{name} broke")
    return rows, perf_counter() - began


def _table(title: str, rows: list[Row], seconds: float) -> str:
    lines = [
        f"| {row.what} | {row.figure} | {row.floor} | {row.peer} | {row.goal or ''} | {row.verdict} |" for row in rows
    ]
    head = ["| | Measured | Floor | Best peer | Goal | Met |", "|---|---|---|---|---|---|"]
    return "\n".join([f"## {title}", "", *head, *lines, "", f"{seconds:.0f} s"])


def main() -> None:
    """Run the chosen cases."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=list(ROWS), choices=list(ROWS))
    chosen = parser.parse_args()
    introduction = INTRODUCTION.format(machine=environment.describe())
    tables: list[str] = []
    found: list[Row] = []
    with ThreadPoolExecutor(max_workers=2 if chosen.quick else 1) as pool:
        runs = [pool.submit(_run, name, quick=chosen.quick) for name in chosen.only]
        try:
            for name, run in zip(chosen.only, runs, strict=True):
                rows, seconds = run.result()
                tables.append(_table(ROWS[name], rows, seconds))
                found += rows
                sys.stdout.write(f"\n{tables[-1]}\n")
                sys.stdout.flush()
        finally:
            pool.shutdown(cancel_futures=True)
    if chosen.only == list(ROWS) and not chosen.quick:
        publish.write(introduction, tables, found)
        publish.write_front_pages(found)


if __name__ == "__main__":
    main()
