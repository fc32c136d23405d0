"""What messages cost, by day, recipient and origin."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.state.message_log import SendDetails, TrackedMessage
from custom_components.smsmode.state.outbox import MessageKind
from tests.support.house import ALICE, BOB, House
from tests.support.panel import Panel, create_user, open_panel
from tests.support.sends import send


@pytest.fixture
async def panel(house: House, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return a panel of an administrator."""
    return await open_panel(house, hass_ws_client)


async def days_of(panel: Panel, **fields: Any) -> list[dict[str, Any]]:
    """Return the rows."""
    days: list[dict[str, Any]] = (await panel.result("costs", **fields))["days"]
    return days


def note(house: House, message_id: str, days_ago: int, origin: str | None = None, **fields: Any) -> None:
    """Record a message of two segments that was sent some days ago."""
    details = SendDetails(kind=MessageKind.SMS, segments=2, origin=origin)
    message = {"codes": {ALICE: (11,)}, "details": details, **fields}
    sent_at = dt_util.utcnow() - timedelta(days=days_ago)
    house.account.processor.message_log.record_sent(
        TrackedMessage(message_id=message_id, sent_at=sent_at, **message), 2
    )


async def test_a_message_to_two_people_is_a_row_for_each(house: House, panel: Panel) -> None:
    await send(house, "x" * 200, target=["Alice", BOB])
    costs = await panel.result("costs")
    assert (costs["currency"], costs["credit_price"]) == ("EUR", None)
    row = {"date": dt_util.now().date().isoformat(), "origin": None, "credits": 2, "segments": 2, "messages": 1}
    assert costs["days"] == [row | {"recipient": "Alice"}, row | {"recipient": "…432"}]


async def test_rows_are_added_up_by_day_and_origin(house: House, panel: Panel) -> None:
    for number, (days_ago, origin) in enumerate([(2, "alert:cellar"), (2, "alert:cellar"), (2, None), (1, None)]):
        note(house, f"m{number}", days_ago, origin)
    rows = await days_of(panel)
    alert = {"kind": "alert", "name": "cellar"}
    assert {(row["date"], str(row["origin"]), row["messages"], row["credits"]) for row in rows} == {
        (rows[0]["date"], str(alert), 2, 4),
        (rows[0]["date"], "None", 1, 2),
        (rows[2]["date"], "None", 1, 2),
    }
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)


async def test_only_the_days_that_are_asked_for_are_told(house: House, panel: Panel) -> None:
    today = dt_util.now().date()
    for days_ago in (0, 5, 29, 30):
        note(house, f"m{days_ago}", days_ago)
    note(house, "tomorrow", -1)
    assert len(await days_of(panel)) == 3
    day = (today - timedelta(days=5)).isoformat()
    assert [row["date"] for row in await days_of(panel, **{"from": day, "to": day})] == [day]
    assert (await panel.error("costs", **{"from": "last week"}))["code"] == "panel_field_invalid"


async def test_what_the_gateway_took_counts_and_what_is_unknown_costs_nothing(house: House, panel: Panel) -> None:
    note(house, "dear", 1, charged=7.5)
    note(house, "old", 2, details=None)
    assert [(row["credits"], row["segments"], row["messages"]) for row in await days_of(panel)] == [
        (0, 0, 1),
        (7.5, 2, 1),
    ]


async def test_a_group_of_the_gateway_is_a_recipient(house: House, panel: Panel) -> None:
    note(house, "group", 1, codes={f"+3360000000{each}": (11,) for each in range(3)}, group="Famille")
    (row,) = await days_of(panel)
    assert (row["recipient"], row["credits"], row["messages"]) == ("Family", 6, 1)


async def test_very_many_numbers_are_one_row_beside_the_recipients(house: House, panel: Panel) -> None:
    numbers = dict.fromkeys((f"+336{each:08}" for each in range(149)), (11,)) | {ALICE: (11,)}
    details = SendDetails(kind=MessageKind.BATCH, segments=150)
    note(house, "campaign", 1, codes=numbers, details=details)
    rows = {row["recipient"]: (row["credits"], row["messages"]) for row in await days_of(panel)}
    assert rows == {None: (149, 149), "Alice": (1, 1)}
    page = await panel.result("thread", thread=ALICE)
    assert [message["id"] for message in page["messages"]] == ["campaign"]
    assert (await panel.result("thread", thread="+33600000001"))["messages"] == []


async def test_costs_are_for_those_who_may_read(house: House, hass_ws_client: WebSocketGenerator) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"user_access": ["write", "acknowledge"]})
    await house.async_settle()
    panel = await open_panel(house, hass_ws_client, await create_user(house.hass, "Emma"))
    assert (await panel.error("costs"))["code"] == "unauthorized"
