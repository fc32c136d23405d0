"""Messages for tests that an automation sends, and the texts that reach the gateway."""

from typing import Any

from homeassistant.helpers import issue_registry as ir

from custom_components.smsmode.const import DOMAIN

from .gateway import Gateway
from .house import House


async def send(house: House, message: str = "Water!", **data: Any) -> dict[str, Any]:
    """Send to Alice, and return the message of the response."""
    response = await house.async_call("send_message", **({"message": message, "target": ["Alice"]} | data))
    message_data: dict[str, Any] = response["messages"][0]
    return message_data


async def texts(gateway: Gateway) -> list[str]:
    """Return the texts that the gateway has accepted."""
    return [message.text for message in await gateway.messages()]


def queued(house: House) -> int:
    """Return the number of queued messages that the sensor shows."""
    return int(house.state("sensor.home_queued").state)


def issue(house: House, problem: str) -> ir.IssueEntry | None:
    """Return a repair issue of the account, or None if it is not shown."""
    return ir.async_get(house.hass).async_get_issue(DOMAIN, f"{problem}_{house.entry.entry_id}")
