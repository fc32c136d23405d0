"""Fixtures of Assist."""

import pytest

from tests.support.assist_house import assist_house
from tests.support.house import House


@pytest.fixture
async def assisted(house: House) -> House:
    """Return a house with Assist, to which Alice is exposed and Bob is not."""
    return await assist_house(house)
