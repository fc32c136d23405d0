"""What the proofs stand on: the houses of the tests, a seed, and figures that are written down."""

from collections.abc import Callable
from random import Random

import pytest

from tests.conftest import auto_enable_custom_integrations, entry, gateway, hass_config_dir, house

__all__ = ["auto_enable_custom_integrations", "entry", "gateway", "hass_config_dir", "house"]

SEED = 20261122


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two choices of a run."""
    parser.addoption("--seed", type=int, default=SEED, help="seed of everything that happens by chance")
    parser.addoption("--quick", action="store_true", help="a small run of each proof, for every change")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Give the seed of the run."""
    return int(request.config.getoption("--seed"))


@pytest.fixture
def chance(seed: int) -> Random:
    """Give chance that repeats itself."""
    return Random(seed)


@pytest.fixture
def quick(request: pytest.FixtureRequest) -> bool:
    """Say whether a small run is wanted."""
    return bool(request.config.getoption("--quick"))


class Figures:
    """What one proof measured: `note` is told, `zero` must be nothing, `within` must not be above a limit."""

    def __init__(self, record: Callable[[str, object], None]) -> None:
        """Write each figure into the report of the test."""
        self._record = record
        self._wrong: list[str] = []

    def note(self, **values: float | str) -> None:
        """Write down how much was done."""
        for name, value in values.items():
            self._record(name, value)

    def zero(self, **values: int) -> None:
        """Write down what must not have happened."""
        self.note(**values)
        self._wrong += [f"{name} is {value}, not 0" for name, value in values.items() if value]

    def within(self, limit: float, **values: float) -> None:
        """Write down what may be so much at most."""
        self.note(**{name: f"{value:g} (≤ {limit:g})" for name, value in values.items()})
        self._wrong += [f"{name} is {value:g}, above {limit:g}" for name, value in values.items() if value > limit]

    def at_least(self, limit: float, **values: float) -> None:
        """Write down what must be so much at least."""
        self.note(**{name: f"{value:g} (≥ {limit:g})" for name, value in values.items()})
        self._wrong += [f"{name} is {value:g}, below {limit:g}" for name, value in values.items() if value < limit]

    def judge(self) -> None:
        """Fail for whatever was wrong."""
        assert not self._wrong, "; ".join(self._wrong)


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Give the sheet on which a proof writes its figures; it ends with `figures.judge()`."""
    return Figures(record_property)
