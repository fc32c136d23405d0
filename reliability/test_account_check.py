"""Proof of the check: in every combination of two of the variants that the vendor's document leaves open.

Each run checks an account against one gateway. A variant that is otherwise than expected has to be detected, no other
fact may be refuted, and nothing that was scheduled may be left.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from freezegun.api import FrozenDateTimeFactory

from custom_components.smsmode.state.account_facts import Fact, Verdict
from tests.support.account_checks import PROGRESSION, run_check, verdicts
from tests.support.action_calls import send
from tests.support.house import ALICE_DIGITS, House
from tests.support.variants import VARIANTS

PAIRS = list(combinations(VARIANTS, 2))
# In a quick run few pairs have every variant.
QUICK = [tuple(VARIANTS)[index : index + 2] for index in range(0, len(VARIANTS) - 1, 4)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run all pairs, or a few of them."""
    if "pair" in metafunc.fixturenames:
        pairs = QUICK if metafunc.config.getoption("--quick") else PAIRS
        metafunc.parametrize("pair", pairs, ids=[" and ".join(pair) for pair in pairs])


def _expected(pair: tuple[str, ...]) -> Iterator[Fact]:
    yield from (fact for fact in (VARIANTS[name].refutes for name in pair) if fact is not None)


async def test_every_pair_of_variants_is_told_apart(
    house: House, freezer: FrozenDateTimeFactory, pair: tuple[str, ...]
) -> None:
    """Check an account against a gateway with two of the variants."""
    freezer.move_to(datetime(2026, 7, 14, 10, 0, 20, tzinfo=ZoneInfo("Europe/Paris")))
    await house.async_reload()
    await house.gateway.set(progression=PROGRESSION, callbacks="never")
    await send(house, message="before")
    await house.gateway.reply(ALICE_DIGITS, "before", stray=True)
    await house.async_wait(minutes=2)
    for name in pair:
        await house.gateway.set(**VARIANTS[name].settings)
    response = await run_check(house)
    assert (response["phase"], response["failed"]) == ("finished", [])
    refuted = {fact for fact, verdict in verdicts(house).items() if verdict is Verdict.REFUTED}
    assert refuted - {Fact.CALLBACKS_COME, Fact.REPLIES_UNESCAPED} == set(_expected(pair))
    assert not [message for message in await house.gateway.messages() if message.status == 10]
