"""Command line: `python -m reliability.fuzz [--guided N] [--grammar N] [--seed S] [SUBJECT …]`, JSON lines.

The house is imported once; each subject then has a process of its own, because the guided engine ends its process.
"""

import argparse
import importlib
import json
import multiprocessing
import os
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from .engines import WRONG, Read, run_by_grammar, run_guided, watching

# Those that take longest come first, so that all processors have work to the end.
SUBJECTS = ("state", "texts", "lists", "answers", "phones", "callbacks", "wire", "dates", "files")
_EXECUTED = "stat::number_of_executed_units:"
_COUNT = re.compile(f"{_EXECUTED} *(\\d+)")
_EXCERPT = 4000
_FORK = multiprocessing.get_context("fork")


@dataclass
class Job:
    """Job: one subject under one engine."""

    subject: str
    log: Path
    process: ForkProcess
    began: float

    def report(self) -> str:
        """Print the result."""
        said = self.log.read_text(errors="replace")
        count = _COUNT.search(said)
        told = {
            "subject": self.subject,
            "inputs": int(count[1]) if count else 0,
            "seconds": round(time.monotonic() - self.began, 2),
            "finding": said[said.rfind(WRONG) :][:_EXCERPT] if self.process.exitcode else "",
        }
        return json.dumps(told)


def _subject(name: str) -> tuple[Read, tuple[bytes, ...]]:
    module = importlib.import_module(f"{__package__}.targets.{name}")
    return module.read, module.SEEDS


def _work(name: str, *, guided: bool, runs: int, seed: int, folder: Path) -> None:
    """Run a subject in this process."""
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT)
    os.dup2(log, sys.stdout.fileno())
    os.dup2(log, sys.stderr.fileno())
    read, seeds = _subject(name)
    if guided:
        run_guided(read, seeds, runs=runs, chance=seed, folder=folder)
    try:
        count = run_by_grammar(read, seeds, runs=runs, chance=seed)
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        raise SystemExit(1) from None
    print(_EXECUTED, count)


def _jobs(chosen: argparse.Namespace, folder: Path) -> Iterator[Job]:
    """Yield the jobs to run."""
    for engine, runs in (("guided", chosen.guided), ("grammar", chosen.grammar)):
        for name in chosen.subjects if runs else ():
            place = folder / engine / name
            place.mkdir(parents=True)
            options = {"guided": engine == "guided", "runs": runs, "seed": chosen.seed, "folder": place}
            process = _FORK.Process(target=_work, args=(name,), kwargs=options)
            process.start()
            yield Job(name, place / "log", process, time.monotonic())


def _run(jobs: Iterator[Job], processors: int) -> None:
    """Run as many processes as there are processors."""
    working = [job for _, job in zip(range(processors), jobs, strict=False)]
    while working:
        wait([job.process.sentinel for job in working])
        for job in [job for job in working if not job.process.is_alive()]:
            print(job.report(), flush=True)
            working.remove(job)
            working.extend(job for _, job in zip(range(1), jobs, strict=False))


def main() -> None:
    """Run the chosen subjects."""
    parser = argparse.ArgumentParser(prog="python -m reliability.fuzz", description=__doc__)
    parser.add_argument("subjects", nargs="*", default=SUBJECTS)
    parser.add_argument("--guided", type=int, default=0, help="inputs of each subject, guided by coverage (atheris)")
    parser.add_argument("--grammar", type=int, default=0, help="inputs of each subject, by hypothesis")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with watching() if chosen.guided else nullcontext():
        for name in chosen.subjects:
            _subject(name)
    with tempfile.TemporaryDirectory() as folder:
        _run(_jobs(chosen, Path(folder)), os.cpu_count() or 1)


if __name__ == "__main__":
    main()
