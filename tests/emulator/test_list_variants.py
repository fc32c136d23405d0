"""Lists of sent messages and replies that lag, fail, change their order, or have rows of others."""

import pytest

from tests.support.gateway import Gateway

from .http_client import NUMBER, HttpClient


async def listed(call: HttpClient, endpoint: str = "smsList", **params: str) -> list[str]:
    """Return the first field of each row of a list."""
    rows = (await call(endpoint, **params)).split("\n")
    return [row.split(" | ")[0] for row in rows if row]


async def test_the_sent_list_lags_by_the_seconds_set(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(sent_list_lag=60)
    message_id = await call.send()
    await gateway.advance(59)
    assert await listed(call) == []
    await gateway.advance(1)
    assert await listed(call) == [message_id]


async def test_a_message_that_the_list_does_not_show_yet_has_reports(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(sent_list_lag=60)
    assert await call("compteRendu", smsID=await call.send()) == f"{NUMBER} 0"


async def test_the_sent_list_can_have_the_oldest_first(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(ascending={"smsList.do": True})
    sent = [await call.send() for _ in range(3)]
    assert await listed(call) == sent
    assert await listed(call, offset="1", start="1") == [sent[1]]


@pytest.mark.parametrize("ascending", [False, True])
async def test_the_reply_list_can_have_the_oldest_first(call: HttpClient, gateway: Gateway, ascending: bool) -> None:
    await gateway.set_time("2026-07-14T10:00:00+02:00")
    await gateway.set(ascending={"responseList.do": ascending})
    replies = [(await gateway.reply(NUMBER, text, stray=True))["id"] for text in ("one", "two", "three")]
    expected = replies if ascending else replies[::-1]
    assert await listed(call, "responseList") == expected
    assert await listed(call, "responseList", startDate="14072026-10:00", endDate="14072026-10:00") == expected


@pytest.mark.parametrize("endpoint", ["smsList", "responseList"])
async def test_rows_that_cannot_be_parsed_come_before_the_others(
    call: HttpClient, gateway: Gateway, endpoint: str
) -> None:
    message_id = await call.send(classe_msg="4")
    reply_id = (await gateway.reply(NUMBER, "OK"))["id"]
    await gateway.set(unparsable_rows={f"{endpoint}.do": 2})
    assert await listed(call, endpoint) == ["??", "??", {"smsList": message_id, "responseList": reply_id}[endpoint]]


async def test_thousands_of_messages_of_another_program_hide_an_older_one(call: HttpClient, gateway: Gateway) -> None:
    message_id = await call.send()
    await gateway.add_foreign_messages(3000, number="33700000001", text="Not from here")
    rows = await listed(call, offset="1000")
    assert len(set(rows)) == 1000
    assert message_id not in rows
    assert await listed(call, offset="1", start="3000") == [message_id]
    assert await gateway.balance() == 99


@pytest.mark.parametrize("endpoint", ["smsList", "responseList"])
async def test_a_list_can_fail_for_a_time(call: HttpClient, gateway: Gateway, endpoint: str) -> None:
    await gateway.fail(f"{endpoint}.do", "code:50", seconds=60)
    for _ in range(3):
        assert await call(endpoint) == "50 | Temporairement inaccessible"
    assert await call("credit") == "100.0"
    await gateway.advance(60)
    assert await call(endpoint) == ""
