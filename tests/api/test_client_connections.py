"""A response that comes twice is taken for no other request's."""

import pytest

from custom_components.smsmode.api import MessageRequest, SmsmodeClient
from tests.support.gateway import Gateway

NUMBER = "+33612345678"


@pytest.mark.parametrize("endpoint", ["sendSMS.do", "smsList.do", "compteRendu.do", "smsStatus.do", "credit.do"])
async def test_what_a_server_answers_twice_is_not_taken_for_the_answer_to_a_send(
    gateway: Gateway, client: SmsmodeClient, endpoint: str
) -> None:
    first = await client.send_message(MessageRequest(text="one", numbers=(NUMBER,)))
    await gateway.fail(endpoint, "twice")
    match endpoint:
        case "sendSMS.do":
            await client.send_message(MessageRequest(text="two", numbers=(NUMBER,)))
        case "smsList.do":
            await client.get_sent_messages()
        case "compteRendu.do":
            await client.get_delivery_reports(first.message_id)
        case "smsStatus.do":
            await client.get_message_status(first.message_id)
        case _:
            await client.get_balance()
    last = await client.send_message(MessageRequest(text="three", numbers=(NUMBER,)))
    assert last.message_id == (await gateway.messages())[-1].id
    assert len(await client.get_sent_messages()) == len(await gateway.messages())
    assert [report.message_id for report in await client.get_delivery_reports(last.message_id)] == [last.message_id]


async def test_reports_of_one_message_are_not_taken_for_those_of_another(
    gateway: Gateway, client: SmsmodeClient
) -> None:
    first, second = [await client.send_message(MessageRequest(text="x", numbers=(NUMBER,))) for _ in range(2)]
    await gateway.report(first.message_id, None, 11, callback=False)
    await gateway.fail("compteRendu.do", "twice")
    assert [report.code for report in await client.get_delivery_reports(first.message_id)] == [11]
    assert [report.code for report in await client.get_delivery_reports(second.message_id)] == [0]
