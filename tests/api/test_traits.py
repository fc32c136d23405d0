"""Traits of a gateway: dates of another zone are written and read as such, and entities are read as what they mean."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.smsmode.api import GatewayTraits, MessageRequest, SmsmodeClient, charset_of, zone_ahead_of_paris
from custom_components.smsmode.api.dates import PARIS, format_date
from tests.support.gateway import Gateway

NUMBER = "+33612345678"
SUMMER, WINTER = datetime(2026, 7, 14, 10, tzinfo=UTC), datetime(2026, 1, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "at", "written"),
    [(0, SUMMER, "14012026-11:00"), (-120, SUMMER, "14012026-10:00"), (60, WINTER, "14012026-12:00")],
    ids=["Paris", "UTC", "an hour ahead"],
)
def test_a_date_is_written_in_the_zone_that_was_seen(minutes: int, at: datetime, written: str) -> None:
    zone = zone_ahead_of_paris(timedelta(minutes=minutes), at)
    assert format_date(WINTER, zone=zone) == written


async def test_a_gateway_of_another_zone_sends_and_lists_at_the_true_time(
    gateway: Gateway, client: SmsmodeClient
) -> None:
    await gateway.set(zone="UTC")
    await gateway.set_time("2026-07-14T10:00:00+02:00")
    client.traits.zone = UTC
    send_at = datetime(2099, 7, 14, 12, tzinfo=PARIS)
    await client.send_message(MessageRequest(text="Later", numbers=(NUMBER,), send_at=send_at))
    assert datetime.fromisoformat((await gateway.messages())[0].leaves_at) == send_at
    assert (await client.get_sent_messages())[0].sent_at == send_at
    assert [row and row.sent_at for row in await client.get_sent_page(count=5, start=0)] == [send_at]


async def test_entities_of_a_list_are_read_once_they_are_proven(gateway: Gateway, client: SmsmodeClient) -> None:
    await gateway.set(escaped={"smsList.do": True, "responseList.do": True})
    await client.send_message(MessageRequest(text="a & <b>", numbers=(NUMBER,)))
    await gateway.reply(NUMBER.removeprefix("+"), "1 < 2", stray=True)
    assert (await client.get_sent_messages())[0].text == "a &amp; &lt;b&gt;"
    assert (await client.get_replies())[0].text == "1 &lt; 2"
    client.traits = GatewayTraits(sent_list_is_escaped=True, reply_list_is_escaped=True)
    assert (await client.get_sent_messages())[0].text == "a & <b>"
    assert (await client.get_replies())[0].text == "1 < 2"


@pytest.mark.parametrize(
    ("query", "charset"),
    [
        ("message=ete", None),
        ("message=%C3%A9t%C3%A9", "utf-8"),
        ("message=%E9t%E9+%A4", "iso-8859-15"),
        ("message=l%92%E9t%E9", "windows-1252"),
    ],
)
def test_the_charset_of_a_callback_is_told(query: str, charset: str | None) -> None:
    assert charset_of(query) == charset
