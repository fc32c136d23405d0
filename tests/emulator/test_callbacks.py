"""The gateway calls back: when, how often, in which order, in which encoding."""

import pytest

from tests.support.gateway import Gateway

from .callback_server import Listener
from .http_client import NUMBER, Caller


@pytest.fixture
async def message_id(call: Caller, listener: Listener) -> str:
    """A message that wants reports."""
    return await call.send(notification_url=listener.url)


async def test_a_change_of_status_is_told_by_get(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 13)
    await gateway.report(message_id, NUMBER, 11)
    assert listener.methods == ["GET", "GET"]
    assert listener.values("statut") == ["13", "11"]


async def test_sending_is_no_change(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.advance(3600)
    assert listener.queries == []


async def test_nobody_is_told_who_did_not_ask(call: Caller, gateway: Gateway, listener: Listener) -> None:
    await gateway.report(await call.send(), NUMBER, 11)
    assert listener.queries == []


async def test_without_reference_none_is_told(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 11)
    assert "refClient" not in listener.queries[0]


async def test_the_operator_can_be_another_or_none(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 13, operator="20810")
    await gateway.report(message_id, NUMBER, 11, operator="")
    assert "mcc_mnc=20810" in listener.queries[0]
    assert "mcc_mnc" not in listener.queries[1]


async def test_the_cost_is_told_only_by_newer_gateways(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 13)
    await gateway.set(callback_cost=True)
    await gateway.report(message_id, NUMBER, 11)
    assert ["cost=1" in query for query in listener.queries] == [False, True]


async def test_each_recipient_is_told_of(call: Caller, gateway: Gateway, listener: Listener) -> None:
    message_id = await call.send(notification_url=listener.url, numero=f"{NUMBER},33698765432")
    await gateway.report(message_id, None, 11)
    assert listener.values("numero") == [NUMBER, "33698765432"]


async def test_an_address_with_parameters_keeps_them(call: Caller, gateway: Gateway, listener: Listener) -> None:
    message_id = await call.send(notification_url=f"{listener.url}/?cle=a%20b")
    await gateway.report(message_id, NUMBER, 11)
    assert listener.queries[0].startswith(f"cle=a%20b&numero={NUMBER}&")


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15"])
async def test_a_reply_comes_in_either_encoding(
    call: Caller, gateway: Gateway, listener: Listener, encoding: str
) -> None:
    await gateway.set(callback_charset=encoding)
    await call.send(classe_msg="4", notification_url_reponse=listener.url)
    await gateway.reply(NUMBER, "Été & 5 €")
    assert listener.values("message", encoding) == ["Été & 5 €"]


async def test_without_an_address_of_its_own_a_reply_goes_to_the_accounts(
    call: Caller, gateway: Gateway, listener: Listener
) -> None:
    await gateway.set(reply_url=f"{listener.url}/compte")
    await call.send(classe_msg="4")
    await gateway.reply(NUMBER, "oui")
    await gateway.reply(NUMBER, "allô", stray=True)
    assert listener.values("message") == ["oui", "allô"]


async def test_twice(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 11, callback="twice")
    assert listener.values("statut") == ["11", "11"]


async def test_never(call: Caller, gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.set(callbacks="never")
    await gateway.report(message_id, NUMBER, 11)
    assert listener.queries == []
    assert await call("compteRendu", smsID=message_id) == f"{NUMBER} 11"


async def test_not_this_time(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 13, callback=False)
    await gateway.report(message_id, NUMBER, 11)
    assert listener.values("statut") == ["11"]


async def test_swapped(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.set(callbacks="swapped")
    await gateway.report(message_id, NUMBER, 13)
    assert listener.queries == []
    await gateway.report(message_id, NUMBER, 11)
    assert listener.values("statut") == ["11", "13"]


async def test_late(gateway: Gateway, listener: Listener, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 11, callback="late:60")
    await gateway.advance(59)
    assert listener.queries == []
    await gateway.advance(2)
    assert listener.values("statut") == ["11"]


@pytest.mark.parametrize(("backwards", "order"), [(False, ["13", "11"]), (True, ["11", "13"])])
async def test_held_until_released(
    gateway: Gateway, listener: Listener, message_id: str, backwards: bool, order: list[str]
) -> None:
    await gateway.set(callbacks="held")
    await gateway.report(message_id, NUMBER, 13)
    await gateway.report(message_id, NUMBER, 11)
    assert listener.queries == []
    assert len((await gateway.state())["held_callbacks"]) == 2
    await gateway.release_callbacks(backwards=backwards)
    assert listener.values("statut") == order


async def test_the_order_to_report_returns_what_was_called(
    call: Caller, gateway: Gateway, listener: Listener, message_id: str
) -> None:
    await gateway.report(message_id, NUMBER, 13)
    answer = await gateway.report(message_id, NUMBER, 11, callback="twice")
    assert [one["status"] for one in answer["callbacks"]] == [200, 200]
    assert all("statut=11" in one["url"] for one in answer["callbacks"])


async def test_an_address_that_fails_is_not_tried_again(call: Caller, gateway: Gateway, listener: Listener) -> None:
    listener.status = 500
    refused = await call.send(notification_url="http://127.0.0.1:1/")
    failing = await call.send(notification_url=listener.url)
    await gateway.report(refused, NUMBER, 11)
    await gateway.report(failing, NUMBER, 11)
    await gateway.advance(3600)
    made = (await gateway.state())["callbacks"]
    assert [(one["status"], one["error"]) for one in made] == [(None, "ClientConnectorError"), (500, None)]


async def test_an_unknown_mode_is_refused(gateway: Gateway) -> None:
    with pytest.raises(AssertionError, match="unknown callback mode"):
        await gateway.set(callbacks="sometimes")
