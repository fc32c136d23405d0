"""What people who are no administrators see and do is what the account allows, however they ask."""

from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE, House
from tests.support.panel import Panel, create_user, open_panel, thread_of
from tests.support.sends import send, texts

WRITE: list[tuple[str, dict[str, Any]]] = [
    ("send", {"thread": ALICE, "message": "Bonjour", "request_id": "request-1"}),
    ("preview", {"message": "Bonjour", "recipients": [ALICE]}),
    ("cancel", {"queue_id": "none"}),
    ("retry", {"queue_id": "none"}),
]
READ: list[tuple[str, dict[str, Any]]] = [("thread", {"thread": ALICE})]
ACKNOWLEDGE: list[tuple[str, dict[str, Any]]] = [
    ("acknowledge", {"alert_id": "cellar"}),
    ("stop_alert", {"alert_id": "cellar"}),
]
ALERT: dict[str, Any] = {"message": "Water!", "alert_id": "cellar", "steps": [{"target": ["Alice"]}]}
NOBODY: dict[str, Any] = {"threads": [], "queue": [], "scheduled": []}


async def panel_of_emma(house: House, connect: WebSocketGenerator, *access: str) -> Panel:
    """Return the panel of Emma, who is no administrator, with what she may do."""
    house.hass.config_entries.async_update_entry(house.entry, options={"user_access": list(access)})
    await house.async_settle()
    return await open_panel(house, connect, await create_user(house.hass, "Emma"))


@pytest.mark.parametrize(("command", "fields"), [("subscribe", {}), *READ, *WRITE, *ACKNOWLEDGE])
async def test_without_any_access_nothing_is_answered(
    house: House, hass_ws_client: WebSocketGenerator, command: str, fields: dict[str, Any]
) -> None:
    panel = await panel_of_emma(house, hass_ws_client)
    for account in ({}, {"config_entry_id": house.entry.entry_id}):
        assert (await panel.error(command, **fields, **account))["code"] == "unauthorized"
    assert await texts(house.gateway) == []


@pytest.mark.parametrize(
    ("access", "forbidden"),
    [("read", WRITE + ACKNOWLEDGE), ("write", READ + ACKNOWLEDGE), ("acknowledge", READ + WRITE)],
)
async def test_each_access_is_no_other(
    house: House, hass_ws_client: WebSocketGenerator, access: str, forbidden: list[tuple[str, dict[str, Any]]]
) -> None:
    panel = await panel_of_emma(house, hass_ws_client, access)
    for command, fields in forbidden:
        assert (await panel.error(command, **fields))["code"] == "unauthorized"
    assert await texts(house.gateway) == []


async def test_whoever_may_write_writes(house: House, hass_ws_client: WebSocketGenerator) -> None:
    panel = await panel_of_emma(house, hass_ws_client, "write")
    assert (await panel.result("send", **WRITE[0][1]))["messages"]
    async with house.gateway.offline():
        sent = await send(house, "Encore")
        assert await panel.result("cancel", queue_id=sent["queue_id"]) == {"cancelled": True}
    assert (await panel.result("preview", message="Bonjour", recipients=[ALICE]))["cost"] == 1


async def test_whoever_may_only_write_sees_with_whom(house: House, hass_ws_client: WebSocketGenerator) -> None:
    panel = await panel_of_emma(house, hass_ws_client, "write")
    await send(house, "Un secret")
    snapshot = await panel.open()
    assert thread_of(snapshot, ALICE)["name"] == "Alice"
    assert snapshot["access"] == {"read": False, "write": True, "acknowledge": False}
    await house.async_call("alert", **ALERT)
    async with house.gateway.offline():
        await send(house, "Un autre secret")
        change = await panel.change()
    assert "secret" not in str(snapshot | change)
    assert snapshot["alerts"] == snapshot["queue"] == []
    assert change.keys() <= {"kind", "threads"}
    assert snapshot["balance"]["credits"] is None


async def test_whoever_may_read_sees_everything(house: House, hass_ws_client: WebSocketGenerator) -> None:
    panel = await panel_of_emma(house, hass_ws_client, "read")
    await panel.open()
    await send(house, "Bonjour")
    house.freezer.tick(1)
    await house.async_call("alert", **ALERT)
    change = await panel.change()
    assert thread_of(change, ALICE)["last"]["text"] == "Water!"
    assert [alert["alert_id"] for alert in change["alerts"]] == ["cellar"]
    page = await panel.result("thread", thread=ALICE)
    assert [message["text"] for message in page["messages"]] == ["Water!", "Bonjour"]


async def test_whoever_may_only_acknowledge_sees_alerts_alone(house: House, hass_ws_client: WebSocketGenerator) -> None:
    panel = await panel_of_emma(house, hass_ws_client, "acknowledge")
    await send(house, "Un secret")
    snapshot = await panel.open()
    assert snapshot.items() >= NOBODY.items()
    await house.async_call("alert", **ALERT)
    change = await panel.change()
    assert change.keys() == {"kind", "alerts"}
    assert await panel.result("acknowledge", alert_id="cellar") == {"alert_id": "cellar"}
    (alert,) = (await panel.change())["alerts"]
    assert alert["acknowledged_by"] == "Emma"


@pytest.fixture
async def second(hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: House, gateway: Gateway) -> House:
    """Return a second account of the same house."""
    entry = MockConfigEntry(domain=DOMAIN, title="Chalet", data={**house.entry.data, "webhook_id": "another"})
    chalet = House(hass, freezer, gateway, entry)
    await chalet.async_set_up()
    return chalet


async def test_an_account_without_access_is_neither_listed_nor_chosen(
    house: House, second: House, hass_ws_client: WebSocketGenerator
) -> None:
    house.hass.config_entries.async_update_entry(second.entry, options={"user_access": ["read"]})
    await house.async_settle()
    emma = await open_panel(house, hass_ws_client, await create_user(house.hass, "Emma"))
    snapshot = await emma.open()
    assert snapshot["account"]["title"] == "Chalet"
    assert [account["title"] for account in snapshot["accounts"]] == ["Chalet"]
    assert (await emma.error("thread", thread=ALICE, config_entry_id=house.entry.entry_id))["code"] == "unauthorized"
    admin = await open_panel(house, hass_ws_client)
    snapshot = await admin.open()
    assert [account["title"] for account in snapshot["accounts"]] == ["Home", "Chalet"]
    snapshot = await admin.open(config_entry_id=second.entry.entry_id)
    assert snapshot["account"]["title"] == "Chalet"


async def test_an_account_that_is_not_loaded_is_not_the_first_choice(
    house: House, second: House, hass_ws_client: WebSocketGenerator
) -> None:
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    panel = await open_panel(house, hass_ws_client)
    assert (await panel.open())["account"]["title"] == "Chalet"


async def test_a_house_without_any_account_says_so(house: House, hass_ws_client: WebSocketGenerator) -> None:
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    panel = await open_panel(house, hass_ws_client)
    error = await panel.error("subscribe")
    assert error["code"] not in {"unauthorized", "unknown_error"}
    assert error["message"]
