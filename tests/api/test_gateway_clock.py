"""The gateway's clock is measured by its responses."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from custom_components.smsmode.api import GatewayClock, SmsmodeClient, SmsmodeError
from custom_components.smsmode.api.gateway_clock import parse_http_date
from tests.support.gateway import Gateway

NOW = datetime(2026, 7, 14, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def measured(*minutes: float) -> GatewayClock:
    clock = GatewayClock()
    for each in minutes:
        clock.note(NOW + each * MINUTE, NOW, NOW)
    return clock


def test_without_a_measurement_both_clocks_are_taken_for_equal() -> None:
    clock = measured()
    assert not clock.is_measured
    assert clock.at_gateway(NOW) == clock.at_house(NOW) == clock.earliest_at_gateway(NOW) == NOW


@pytest.mark.parametrize(
    ("minutes", "median", "least"),
    [((30,), 30, 30), ((-30, 30), -30, -30), ((30, 30, 500), 30, 30), ((0, 0, 0, -30, -30), -30, -30), ((5, 0), 0, 0)],
)
def test_the_median_of_the_latest_three_measurements_counts(minutes: tuple[int, ...], median: int, least: int) -> None:
    clock = measured(*minutes)
    assert clock.is_measured
    assert clock.at_gateway(NOW) == NOW + median * MINUTE
    assert clock.at_house(NOW) == NOW - median * MINUTE
    assert clock.earliest_at_gateway(NOW) == NOW + min(least, *minutes[-3:]) * MINUTE


def test_the_time_of_a_request_is_that_in_the_middle_of_it() -> None:
    clock = GatewayClock()
    clock.note(NOW, NOW - 20 * timedelta(seconds=1), NOW + 20 * timedelta(seconds=1))
    assert clock.offset == timedelta(0)


def test_a_response_to_a_request_of_another_day_measures_nothing() -> None:
    clock = measured(5)
    clock.note(NOW, NOW, NOW + timedelta(days=1))
    clock.note(NOW, NOW + timedelta(days=1), NOW)
    assert clock.offset == timedelta(minutes=5)


def test_a_clock_of_the_house_that_is_set_changes_the_difference_at_once() -> None:
    clock = measured(0, 1, 2)
    clock.shift(30 * MINUTE)
    assert clock.offset == -29 * MINUTE


@pytest.mark.parametrize(
    "value",
    ["", "now", "Tue, 32 Jul 2026 10:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"],
)
def test_what_no_clock_shows_is_no_date(value: str) -> None:
    assert parse_http_date(value) is None


@pytest.mark.parametrize("zone", ["GMT", "+0000", "-0000"])
def test_a_date_is_read_in_every_notation_of_its_zone(zone: str) -> None:
    assert parse_http_date(f"Tue, 14 Jul 2026 10:00:00 {zone}") == NOW


async def test_a_client_measures_the_gateways_clock_by_what_it_answers(gateway: Gateway, client: SmsmodeClient) -> None:
    await gateway.advance(-1800)
    await client.get_balance()
    assert abs(client.gateway_clock.offset + 30 * MINUTE) <= timedelta(seconds=2)


async def test_a_refusal_is_an_answer_and_what_anybody_may_have_written_is_none(
    gateway: Gateway, session: aiohttp.ClientSession
) -> None:
    client = SmsmodeClient(session, gateway.token, base_url=gateway.url)
    answers: list[int] = []
    client.on_answer = lambda: answers.append(1)
    for fault in ("html", "garble", "http:500", "drop_before"):
        await gateway.fail("credit.do", fault)
        with pytest.raises(SmsmodeError):
            await client.get_balance()
    assert (answers, client.gateway_clock.is_measured) == ([], False)
    await gateway.fail("compteRendu.do", "code:50")
    with pytest.raises(SmsmodeError):
        await client.get_delivery_reports("x")
    assert (answers, client.gateway_clock.is_measured) == ([1], True)


async def test_a_gateway_that_does_not_say_its_time_is_not_measured(gateway: Gateway, client: SmsmodeClient) -> None:
    await gateway.set(date_header=False)
    await client.get_balance()
    assert not client.gateway_clock.is_measured
