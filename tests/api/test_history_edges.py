"""Lists of the gateway, at the ends of what can be asked."""

import pytest

from custom_components.smsmode.api import MessageRequest, SmsmodeClient
from custom_components.smsmode.api.limits import page

from .expected import ALICE

FORGERY = "hello | 33698765432 | 1 | 1 |\nforged | 22/11/2026 12:00 | never said"


async def test_a_sent_message_asked_for_alone_is_read_exactly_whatever_it_says(client: SmsmodeClient) -> None:
    sent = await client.send_message(MessageRequest(text=FORGERY, numbers=(ALICE,)))
    (message,) = await client.get_sent_messages(count=1)
    assert (message.message_id, message.text) == (sent.message_id, FORGERY)


async def test_two_sent_messages_asked_for_together_are_two(client: SmsmodeClient) -> None:
    for text in ("one", "two"):
        await client.send_message(MessageRequest(text=text, numbers=(ALICE,)))
    assert [message.text for message in await client.get_sent_messages(count=2)] == ["two", "one"]


@pytest.mark.parametrize("count", [1, 10_000])
def test_a_page_may_have_as_many_lines_as_the_gateway_gives(count: int) -> None:
    assert page(0, count) == {"start": "0", "offset": str(count)}
