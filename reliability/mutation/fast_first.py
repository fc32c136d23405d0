"""Plugin of pytest that runs the fastest tests first, because one failure is enough to kill a mutant."""

import gc

import pytest


def pytest_sessionstart() -> None:
    """Exclude the objects that exist before the tests from garbage collection: there are many, and they stay."""
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests: first those of one example, then those with a gateway, last those of many examples."""
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> int:
    if item.get_closest_marker("hypothesis") is not None:
        return 2
    return int("gateway" in getattr(item, "fixturenames", ()))
