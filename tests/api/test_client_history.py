"""What is asked about messages and replies, and what is made of the answer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from custom_components.smsmode.api import (
    DeliveryReport,
    MessageClass,
    MessageRequest,
    MessageStatus,
    Reply,
    SentMessage,
    SmsmodeClient,
    SmsmodeUncertainError,
    StatusAnswer,
)
from custom_components.smsmode.api.dates import PARIS
from custom_components.smsmode.api.validation import validate_page
from tests.support.api_expected import ALICE, BOB, KEY, LATER, body
from tests.support.gateway import Gateway


async def test_delivery_reports(client: SmsmodeClient, gateway: Gateway) -> None:
    sent = await client.send_message(MessageRequest(text="x", numbers=(ALICE, BOB)))
    await gateway.report(sent.message_id, "33612345678", 11)
    reports = await client.get_delivery_reports(sent.message_id)
    assert reports == [
        DeliveryReport(message_id=sent.message_id, number=ALICE, code=11),
        DeliveryReport(message_id=sent.message_id, number=BOB, code=0),
    ]
    (request,) = await gateway.requests("compteRendu.do")
    assert (request.path, request.body) == ("/http/1.6/compteRendu.do", body(b"smsID=" + sent.message_id.encode()))


async def test_a_message_is_deleted_by_its_id_or_by_a_number(client: SmsmodeClient, gateway: Gateway) -> None:
    first = await client.send_message(MessageRequest(text="x", numbers=(ALICE,), send_at=LATER))
    await client.send_message(MessageRequest(text="y", numbers=(BOB,)))
    assert await client.delete_message(message_id=first.message_id) == "SMS supprimé"
    assert await client.delete_message(number=BOB) == "SMS supprimé"
    by_id, by_number = await gateway.requests("deleteSMS.do")
    assert (by_id.path, by_id.body) == ("/http/1.6/deleteSMS.do", body(b"smsID=" + first.message_id.encode()))
    assert by_number.body == body(b"numero=33698765432")
    assert await gateway.messages() == []


async def test_sent_messages_are_listed_newest_first(client: SmsmodeClient, gateway: Gateway) -> None:
    one = await client.send_message(MessageRequest(text="a | b\n\nc", numbers=(ALICE,)))
    two = await client.send_message(MessageRequest(text="é" * 170, numbers=(BOB,)))
    newest, oldest = await client.get_sent_messages()
    assert newest.sent_at is not None
    assert datetime.now(UTC) - newest.sent_at < timedelta(minutes=2)
    expected = SentMessage(
        message_id=two.message_id,
        sent_at=newest.sent_at,
        text="é" * 170,
        recipient=BOB,
        cost=Decimal(2),
        recipient_count=1,
    )
    assert newest == expected
    assert (oldest.message_id, oldest.text) == (one.message_id, "a | b\n\nc")
    assert await client.get_sent_messages(count=1, start=1) == [oldest]
    whole, part = await gateway.requests("smsList.do")
    assert (whole.path, whole.body) == ("/http/1.6/smsList.do", body(b"offset=50"))
    assert part.body == body(b"start=1", b"offset=1")


async def test_a_page_of_sent_messages_has_a_place_for_each_row_that_cannot_be_read(
    client: SmsmodeClient, gateway: Gateway
) -> None:
    sent = [(await client.send_message(MessageRequest(text=text, numbers=(ALICE,)))).message_id for text in "ab"]
    await gateway.set(unparsable_rows={"smsList.do": 1})
    unreadable, newest = await client.get_sent_page(count=1, start=0)
    assert unreadable is None
    assert newest
    assert newest.message_id == sent[1]
    _, oldest = await client.get_sent_page(count=9, start=1)
    assert oldest
    assert oldest.message_id == sent[0]
    first, second = await gateway.requests("smsList.do")
    assert (first.body, second.body) == (body(b"offset=1"), body(b"start=1", b"offset=9"))


async def test_the_status_of_a_message(client: SmsmodeClient, gateway: Gateway) -> None:
    sent = await client.send_message(MessageRequest(text="x", numbers=(ALICE,), send_at=LATER))
    answer = await client.get_message_status(sent.message_id)
    assert answer == StatusAnswer(code=10, description="Programmé")
    assert answer.status is MessageStatus.SCHEDULED
    (request,) = await gateway.requests("smsStatus.do")
    assert (request.path, request.body) == ("/http/1.6/smsStatus.do", body(b"smsID=" + sent.message_id.encode()))


async def test_a_reception_error_is_a_status_on_the_wire_too(client: SmsmodeClient, gateway: Gateway) -> None:
    sent = await client.send_message(MessageRequest(text="x", numbers=(ALICE,)))
    await gateway.report(sent.message_id, None, 35)
    assert (await client.get_message_status(sent.message_id)).status is MessageStatus.RECEPTION_ERROR


async def reply_to(client: SmsmodeClient, gateway: Gateway, *texts: str) -> list[str]:
    """Send a message and let it be answered; give the ids of the message and of the replies."""
    ask = MessageRequest(text="?", numbers=(ALICE,), message_class=MessageClass.REPLY)
    sent = await client.send_message(ask)
    return [sent.message_id, *[(await gateway.reply("33612345678", text))["id"] for text in texts]]


async def test_replies_by_page(client: SmsmodeClient, gateway: Gateway) -> None:
    message_id, first, second = await reply_to(client, gateway, "OK", "été | 5 €\n!")
    newest, oldest = await client.get_replies()
    assert newest == Reply(
        reply_id=second,
        received_at=newest.received_at,
        sender=ALICE,
        text="été | 5 €\n!",
        short_code="36034",
        message_id=message_id,
    )
    assert newest.received_at is not None
    assert (oldest.reply_id, oldest.text) == (first, "OK")
    assert await client.get_replies(start=1, count=10) == [oldest]
    assert await client.get_replies(count=1) == [newest]
    assert await client.get_replies(start=0) == [newest, oldest]
    bodies = [request.body for request in await gateway.requests("responseList.do")]
    assert bodies == [KEY, body(b"start=1", b"offset=10"), body(b"offset=1"), body(b"start=0")]


async def test_in_a_page_of_one_a_reply_cannot_imitate_another(client: SmsmodeClient, gateway: Gateway) -> None:
    forgery = "hi | 36034 | x\nforged | 22112026-12:00 | 33698765432 | OPEN"
    await reply_to(client, gateway, forgery)
    assert len(await client.get_replies()) == 2
    (reply,) = await client.get_replies(count=1)
    assert (reply.sender, reply.text) == (ALICE, forgery)


async def test_replies_between_two_dates(client: SmsmodeClient, gateway: Gateway) -> None:
    now = datetime.now(UTC)
    await reply_to(client, gateway, "OK")
    (reply,) = await client.get_replies_between(now - timedelta(hours=1), now + timedelta(hours=1))
    assert reply.text == "OK"
    assert (
        await client.get_replies_between(datetime(2014, 1, 1, tzinfo=PARIS), datetime(2014, 2, 1, tzinfo=PARIS)) == []
    )
    _, request = await gateway.requests("responseList.do")
    assert request.path == "/http/1.6/responseList.do"
    assert request.body == body(b"startDate=01012014-00%3A00", b"endDate=01022014-00%3A00")


async def test_the_dates_of_replies_are_widened_to_minutes(client: SmsmodeClient, gateway: Gateway) -> None:
    moment = datetime(2014, 1, 1, 12, 0, 20, tzinfo=PARIS)
    await client.get_replies_between(moment, moment + timedelta(seconds=10))
    (request,) = await gateway.requests("responseList.do")
    assert request.body == body(b"startDate=01012014-12%3A00", b"endDate=01012014-12%3A01")


FORGERY = "hello | 33698765432 | 1 | 1 |\nforged | 22/11/2026 12:00 | never said"


async def test_in_a_page_of_one_a_sent_message_keeps_its_text(client: SmsmodeClient) -> None:
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


async def test_typographic_characters_of_windows_are_read_in_lists(client: SmsmodeClient, gateway: Gateway) -> None:
    await gateway.set(charset="cp1252")
    await reply_to(client, gateway, "d’accord – 5 €…")
    (reply,) = await client.get_replies()
    assert reply.text == "d’accord – 5 €…"
