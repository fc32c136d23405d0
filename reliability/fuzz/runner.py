"""Runner of the fuzzer in a process of its own."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    """Outcome of one subject."""

    subject: str
    inputs: int
    seconds: float
    finding: str


def fuzz(*, guided: int = 0, grammar: int = 0, seed: int, root: Path = ROOT) -> list[Outcome]:
    """Run so many inputs of each subject by each engine, with the code under `root`."""
    options = [f"--guided={guided}", f"--grammar={grammar}", f"--seed={seed}"]
    command = [sys.executable, "-m", "reliability.fuzz", *options]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]
