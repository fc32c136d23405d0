"""Actions for tests: a message that may be answered, and the parameters of the request it causes."""

from typing import Any

from .gateway import Gateway
from .house import House


async def last_params(gateway: Gateway, endpoint: str) -> dict[str, str]:
    """Return the parameters of the latest request to an endpoint, without the key."""
    params = dict((await gateway.requests(endpoint))[-1].params)
    del params["accessToken"]
    return params


async def send(house: House, **data: Any) -> str:
    """Send a message that may be answered, and return its id."""
    fields = {"message": "Water!", "target": ["Alice"], "reply": True} | data
    response = await house.async_call("send_message", **fields)
    message_id: str = response["messages"][0]["message_id"]
    return message_id
