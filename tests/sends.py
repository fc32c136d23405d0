"""For tests: a message that an automation sends, and what of it reaches the gateway."""

from typing import Any

from tests.gateway import Gateway
from tests.house import House


async def send(house: House, message: str = "Water!", **data: Any) -> dict[str, Any]:
    """Send to Alice, and give what the response says of the message."""
    response = await house.async_call("send_message", **({"message": message, "target": ["Alice"]} | data))
    message_data: dict[str, Any] = response["messages"][0]
    return message_data


async def texts(gateway: Gateway) -> list[str]:
    """Give the texts that the gateway has accepted."""
    return [message.text for message in await gateway.messages()]
