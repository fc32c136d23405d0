"""Fixtures of the proofs: those of the tests, a seed, and figures."""

from collections.abc import Callable
from random import Random

import pytest

from tests.support.fixtures import auto_enable_custom_integrations, entry, gateway, hass_config_dir, house

from .figures import Figures

__all__ = ["auto_enable_custom_integrations", "entry", "gateway", "hass_config_dir", "house"]

SEED = 20261122


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run."""
    parser.addoption("--seed", type=int, default=SEED, help="seed of everything that happens by chance")
    parser.addoption("--quick", action="store_true", help="a small run of each proof, for every change")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Return the seed of the run."""
    return int(request.config.getoption("--seed"))


@pytest.fixture
def rng(seed: int) -> Random:
    """Return random numbers that a seed repeats."""
    return Random(seed)


@pytest.fixture
def quick(request: pytest.FixtureRequest) -> bool:
    """Return whether a quick run is wanted."""
    return bool(request.config.getoption("--quick"))


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Return the figures of a proof, which ends with `figures.check()`."""
    return Figures(record_property)
