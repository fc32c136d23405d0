"""A day of an account by the minute, with so many messages: run by idle.py, which says where to write the figures."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bench.faults.conftest import (  # noqa: F401 - fixtures
    auto_enable_custom_integrations,
    entry,
    gateway,
    hass_config_dir,
    house,
)
from custom_components.smsmode.database import Database
from tests.house import House

MINUTES = 24 * 60
ANSWERS = "IDLE_FIGURES"


@pytest.mark.parametrize("messages", [0, 10])
async def test_a_day(
    house: House,  # noqa: F811 - the fixture
    monkeypatch: pytest.MonkeyPatch,
    messages: int,
) -> None:
    """Let a day go by and count."""
    written: list[int] = []
    write = Database.write

    def count(database: Database, records: Any) -> None:
        records = list(records)
        written.append(sum(len(json.dumps(record.value, default=str)) for record in records))
        write(database, records)

    await house.async_wait(minutes=1)
    monkeypatch.setattr(Database, "write", count)
    before = len(await house.gateway.requests())
    for minute in range(MINUTES):
        if messages and minute % (MINUTES // messages) == 7:
            await house.async_call("send_message", message=f"Alarm no. {minute}", target=["Alice"])
            await house.gateway.advance(steps=9)
        await house.async_wait(minutes=1)
    figures = {
        "messages": messages,
        "requests": len(await house.gateway.requests()) - before,
        "writes": len(written),
        "bytes": sum(written),
    }
    with Path(os.environ[ANSWERS]).open("a") as answers:  # noqa: ASYNC230 - it is over
        answers.write(json.dumps(figures) + "\n")
