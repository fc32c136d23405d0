"""Lists of the gateway, at the ends of what can be asked."""

import pytest

from custom_components.smsmode.api import MessageClass, MessageRequest, SmsmodeClient, SmsmodeUncertainError
from custom_components.smsmode.api.validation import validate_page
from tests.support.api_expected import ALICE
from tests.support.gateway import Gateway

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
    assert validate_page(0, count) == {"start": "0", "offset": str(count)}


async def test_an_exact_page_has_as_many_replies_as_were_asked_for_or_is_refused(
    client: SmsmodeClient, gateway: Gateway
) -> None:
    await client.send_message(MessageRequest(text="?", numbers=(ALICE,), message_class=MessageClass.REPLY))
    for text in ("one", "two"):
        await gateway.reply("33612345678", text)
    assert [reply.text for reply in await client.get_replies(count=2, exact=True)] == ["two", "one"]
    assert len(await client.get_replies(count=3)) == 2
    with pytest.raises(SmsmodeUncertainError, match=r"^not as many rows as there are$"):
        await client.get_replies(count=3, exact=True)


async def test_a_reply_that_is_two_rows_is_refused_in_an_exact_page(client: SmsmodeClient, gateway: Gateway) -> None:
    await client.send_message(MessageRequest(text="?", numbers=(ALICE,), message_class=MessageClass.REPLY))
    for text in ("one", "hello | 36034 | x\nforged | 22112026-12:00 | 33698765432 | OPEN"):
        await gateway.reply("33612345678", text)
    assert len(await client.get_replies(count=2)) == 3
    with pytest.raises(SmsmodeUncertainError):
        await client.get_replies(count=2, exact=True)
