"""`python -m bench [--quick] [--only ROW …] [--write]`: all measurements, each in a process of its own, one table.

`--write` puts it into RESULTS.md. A figure never makes it fail; a program that breaks does.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
ROWS = {
    "sends": "Sending",
    "callbacks": "Callbacks",
    "growth": "Growth",
    "many": "Many at once",
    "start": "The start",
    "text": "Text",
    "idle": "Idle",
}
MARK = "ROWS "

type Row = dict[str, Any]


def _run(name: str, options: list[str]) -> list[Row]:
    """Run one program; give its rows."""
    command = [sys.executable, "-m", f"bench.rows.{name}", *options]
    ended = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    told = [line for line in ended.stdout.splitlines() if line.startswith(MARK)]
    if ended.returncode or not told:
        sys.stderr.write(f"{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}\n")
        raise SystemExit(f"bench.rows.{name} broke")
    rows: list[Row] = json.loads(told[-1].removeprefix(MARK))
    return rows


def _table(title: str, rows: list[Row], seconds: float) -> str:
    verdicts = {True: "✓", False: "✗", None: ""}
    lines = [f"| {row['what']} | {row['figure']} | {row['goal']} | {verdicts[row['met']]} |" for row in rows]
    return "\n".join([f"## {title}", "", "| | | Goal | |", "|---|---|---|---|", *lines, "", f"{seconds:.0f} s"])


def main() -> None:
    """Run what was chosen."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=list(ROWS), choices=list(ROWS))
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    command = " ".join(["python -m bench", *sys.argv[1:]])
    head = f"Python {platform.python_version()}, {os.cpu_count()} processors, `{command}`"
    tables = [f"# What it costs\n\n{head}. Medians; in brackets the smallest and the largest."]
    for name in chosen.only:
        began = perf_counter()
        tables.append(_table(ROWS[name], _run(name, ["--quick"] * chosen.quick), perf_counter() - began))
        sys.stdout.write(f"\n{tables[-1]}\n")
        sys.stdout.flush()
    if chosen.write:
        RESULTS.write_text("\n\n".join(tables) + "\n")


if __name__ == "__main__":
    main()
