"""A plugin of pytest for many short runs: the quickest tests first, because one failure is enough to kill a mutant."""

import gc

import pytest


def pytest_sessionstart() -> None:
    """Have no test look for garbage among what was there before all of them: there is much, and it stays."""
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests of one example first, then those that speak to a gateway, last those of many examples."""
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> int:
    if item.get_closest_marker("hypothesis") is not None:
        return 2
    return int("gateway" in getattr(item, "fixturenames", ()))
