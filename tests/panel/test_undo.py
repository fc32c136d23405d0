"""What is cancelled in the panel is held back for some seconds, in which it can be undone and does not leave."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.sending.cancellations import UNDO_TIME
from tests.support.house import House
from tests.support.panel import Panel, create_user, open_panel
from tests.support.sends import send, texts

IN_A_DAY = timedelta(days=1)


@pytest.fixture
async def panel(house: House, hass_ws_client: WebSocketGenerator) -> Panel:
    """Return a panel of an administrator."""
    return await open_panel(house, hass_ws_client)


async def cancel(panel: Panel, **reference: str) -> dict[str, Any]:
    """Cancel a message as the panel does."""
    answer: dict[str, Any] = await panel.result("cancel", undo=True, **reference)
    return answer


async def schedule(house: House, after: timedelta = IN_A_DAY) -> str:
    """Schedule a message to Alice, and return its id."""
    message_id: str = (await send(house, "Demain", send_at=dt_util.now() + after))["message_id"]
    return message_id


async def time_is_over(house: House) -> None:
    """Let the time pass in which it can be undone."""
    await house.async_wait(seconds=UNDO_TIME.total_seconds() + 1)


async def test_what_waits_does_not_leave_while_it_can_be_undone(house: House, panel: Panel) -> None:
    async with house.gateway.offline():
        queue_id = (await send(house, "Un"))["queue_id"]
        assert await cancel(panel, queue_id=queue_id) == {"cancelled": True, "undo": True}
    # The gateway is back, and whatever waits leaves at once.
    await house.async_poll()
    await send(house, "Deux")
    assert await texts(house.gateway) == ["Deux"]
    assert house.state("sensor.alice_last_status").state != "cancelled"
    await time_is_over(house)
    assert house.account.store.state.outbox.items == {}
    assert await texts(house.gateway) == ["Deux"]


async def test_what_waits_leaves_once_it_is_undone(house: House, panel: Panel) -> None:
    async with house.gateway.offline():
        queue_id = (await send(house, "Un"))["queue_id"]
        await cancel(panel, queue_id=queue_id)
        assert await panel.result("undo_cancel", queue_id=queue_id) == {"cancelled": False}
    await house.async_poll()
    await time_is_over(house)
    assert await texts(house.gateway) == ["Un"]


async def test_what_is_scheduled_is_deleted_when_the_time_is_over_though_the_panel_is_closed(
    house: House, panel: Panel
) -> None:
    message_id = await schedule(house)
    await cancel(panel, message_id=message_id)
    await panel.client.close()
    await house.async_settle()
    assert await texts(house.gateway) == ["Demain"]
    await time_is_over(house)
    assert await texts(house.gateway) == []
    assert house.state("sensor.alice_last_status").state == "cancelled"


async def test_what_is_scheduled_stays_once_it_is_undone(house: House, panel: Panel) -> None:
    message_id = await schedule(house)
    await cancel(panel, message_id=message_id)
    await panel.result("undo_cancel", message_id=message_id)
    await time_is_over(house)
    assert await texts(house.gateway) == ["Demain"]


async def test_the_panel_shows_that_it_can_be_undone(house: House, panel: Panel) -> None:
    message_id = await schedule(house)
    assert [each["can_undo"] for each in (await panel.open())["scheduled"]] == [False]
    await cancel(panel, message_id=message_id)
    (shown,) = (await panel.change())["scheduled"]
    assert (shown["can_cancel"], shown["can_undo"]) == (False, True)
    await panel.result("undo_cancel", message_id=message_id)
    (shown,) = (await panel.change())["scheduled"]
    assert (shown["can_cancel"], shown["can_undo"]) == (True, False)


async def test_cancelled_twice_it_is_cancelled_once_and_later_it_is_too_late(house: House, panel: Panel) -> None:
    message_id = await schedule(house)
    assert await cancel(panel, message_id=message_id) == await cancel(panel, message_id=message_id)
    await time_is_over(house)
    assert (await panel.error("undo_cancel", message_id=message_id))["code"] == "panel_undo_late"
    assert (await panel.error("cancel", message_id=message_id, undo=True))["code"] == "panel_not_scheduled"


async def test_what_leaves_soon_is_deleted_at_once(house: House, panel: Panel) -> None:
    message_id = await schedule(house, timedelta(minutes=2))
    assert await cancel(panel, message_id=message_id) == {"cancelled": True}
    assert await texts(house.gateway) == []


async def test_without_the_gateway_a_scheduled_message_says_at_once_that_it_cannot_be_cancelled(
    house: House, panel: Panel
) -> None:
    message_id = await schedule(house)
    async with house.gateway.offline():
        await house.async_poll()
        assert (await panel.error("cancel", message_id=message_id, undo=True))["code"] == "cannot_connect"
    assert await texts(house.gateway) == ["Demain"]


async def test_when_the_account_stops_what_is_held_is_cancelled(house: House, panel: Panel) -> None:
    message_id = await schedule(house)
    async with house.gateway.offline():
        queue_id = (await send(house, "Un"))["queue_id"]
        await cancel(panel, queue_id=queue_id)
    house.account.client.is_reachable = True
    await cancel(panel, message_id=message_id)
    await house.async_reload()
    await time_is_over(house)
    assert await texts(house.gateway) == []
    assert house.account.store.state.outbox.items == {}


async def test_what_was_cancelled_otherwise_meanwhile_is_not_looked_for(house: House, panel: Panel) -> None:
    message_id = await schedule(house)
    await cancel(panel, message_id=message_id)
    await house.async_call("delete_message", message_id=message_id)
    await time_is_over(house)
    assert len(await house.gateway.requests("deleteSMS.do")) == 1


async def test_a_deletion_that_fails_is_told_to_everybody(house: House, panel: Panel) -> None:
    message_id = await schedule(house)
    await cancel(panel, message_id=message_id)
    async with house.gateway.offline():
        await time_is_over(house)
    (notice,) = house.hass.data["persistent_notification"].values()
    assert notice["title"] == "An SMS may not have been cancelled"
    assert "Demain" not in notice["message"]
    assert await texts(house.gateway) == ["Demain"]


async def test_what_the_gateway_does_not_have_any_more_is_no_failure(house: House, panel: Panel) -> None:
    message_id = await schedule(house)
    await cancel(panel, message_id=message_id)
    await house.gateway.fail("deleteSMS.do", "code:61")
    await time_is_over(house)
    assert not house.hass.data.get("persistent_notification")


async def test_whoever_may_not_write_undoes_nothing(house: House, hass_ws_client: WebSocketGenerator) -> None:
    panel = await open_panel(house, hass_ws_client, await create_user(house.hass, "Louis"))
    assert (await panel.error("undo_cancel", message_id="x"))["code"] == "unauthorized"
