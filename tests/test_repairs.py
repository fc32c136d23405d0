"""What a person can close."""

from homeassistant.components.repairs import DOMAIN as REPAIRS_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.const import DOMAIN
from tests.house import House


async def test_the_issue_of_a_lost_message_is_closed_by_confirming_it(
    hass: HomeAssistant,
    house: House,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
) -> None:
    assert await async_setup_component(hass, REPAIRS_DOMAIN, {})
    async with house.gateway.offline():
        await house.async_call("send_message", message="x", target=["Alice"], expires_after="00:01:00")
        await house.async_wait(minutes=2)
    issue_id = f"message_given_up_{house.entry.entry_id}"
    client = await hass_client()
    started = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id})
    flow = await started.json()
    assert flow["step_id"] == "confirm"
    finished = await client.post(f"/api/repairs/issues/fix/{flow['flow_id']}", json={})
    assert (await finished.json())["type"] == "create_entry"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
