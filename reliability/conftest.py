"""What the proofs stand on: the houses of the tests, a seed, and figures that are written down."""

from collections.abc import Callable
from random import Random

import pytest

from tests.support.fixtures import auto_enable_custom_integrations, entry, gateway, hass_config_dir, house

from .figures import Figures

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
def rng(seed: int) -> Random:
    """Give chance that repeats itself."""
    return Random(seed)


@pytest.fixture
def quick(request: pytest.FixtureRequest) -> bool:
    """Say whether a small run is wanted."""
    return bool(request.config.getoption("--quick"))


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Give the sheet on which a proof writes its figures; it ends with `figures.check()`."""
    return Figures(record_property)
