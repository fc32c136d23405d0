"""Command line: `python -m reliability.mutation [--ending DIGIT] [NAME …]` tries mutants and shows survivors.

A NAME is a file of the integration without its ending: `api/text`, `budget`. All take half an hour; those whose number
ends in a digit are a tenth of them.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from .run import EVERYTHING, PRODUCT, Scope, difference, mutate


def main() -> int:
    """Mutate the named files, and print each survivor as a difference."""
    parser = argparse.ArgumentParser(prog="python -m reliability.mutation", description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--ending", default="")
    chosen = parser.parse_args()
    files = [f"{PRODUCT}/{name}.py" for name in chosen.names]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "tree")
        outcome = mutate(Scope(files or EVERYTHING.files, EVERYTHING.tests, f"*{chosen.ending}"), copy)
        for mutant in outcome.survivors + outcome.strange:
            print(difference(mutant, copy))
    print(f"{outcome.tried} tried, {len(outcome.survivors)} survived, {len(outcome.strange)} strange")
    return bool(outcome.survivors)


if __name__ == "__main__":
    sys.exit(main())
