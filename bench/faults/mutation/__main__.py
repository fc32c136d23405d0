"""`python -m bench.faults.mutation [NAME …]`: try mutants and show those that survive.

A NAME is a file of the integration without its ending: `api/text`, `budget`. All take half an hour.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from .run import EVERYTHING, PRODUCT, Scope, difference, mutate


def main() -> int:
    """Mutate what is named, and print each survivor as a difference."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults.mutation", description=__doc__)
    parser.add_argument("names", nargs="*")
    files = [f"{PRODUCT}/{name}.py" for name in parser.parse_args().names]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "tree")
        outcome = mutate(Scope(files or EVERYTHING.files, EVERYTHING.tests), copy)
        for mutant in outcome.survivors + outcome.strange:
            print(difference(mutant, copy))
    print(f"{outcome.tried} tried, {len(outcome.survivors)} survived, {len(outcome.strange)} strange")
    return bool(outcome.survivors)


if __name__ == "__main__":
    sys.exit(main())
