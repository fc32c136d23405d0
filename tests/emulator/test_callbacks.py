"""Callbacks of the emulator: when, how often, in which order, in which encoding."""

import pytest

from tests.support.gateway import Gateway

from .callback_server import CallbackServer
from .http_client import NUMBER, HttpClient


@pytest.fixture
async def message_id(call: HttpClient, callback_server: CallbackServer) -> str:
    """A message that wants reports."""
    return await call.send(notification_url=callback_server.url)


async def test_a_change_of_status_is_told_by_get(
    gateway: Gateway, callback_server: CallbackServer, message_id: str
) -> None:
    await gateway.report(message_id, NUMBER, 13)
    await gateway.report(message_id, NUMBER, 11)
    assert callback_server.methods == ["GET", "GET"]
    assert callback_server.values("statut") == ["13", "11"]


async def test_sending_is_no_change(gateway: Gateway, callback_server: CallbackServer, message_id: str) -> None:
    await gateway.advance(3600)
    assert callback_server.queries == []


async def test_nobody_is_told_who_did_not_ask(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer
) -> None:
    await gateway.report(await call.send(), NUMBER, 11)
    assert callback_server.queries == []


async def test_without_reference_none_is_told(
    gateway: Gateway, callback_server: CallbackServer, message_id: str
) -> None:
    await gateway.report(message_id, NUMBER, 11)
    assert "refClient" not in callback_server.queries[0]


async def test_the_operator_can_be_another_or_none(
    gateway: Gateway, callback_server: CallbackServer, message_id: str
) -> None:
    await gateway.report(message_id, NUMBER, 13, operator="20810")
    await gateway.report(message_id, NUMBER, 11, operator="")
    assert "mcc_mnc=20810" in callback_server.queries[0]
    assert "mcc_mnc" not in callback_server.queries[1]


async def test_the_cost_is_told_only_by_newer_gateways(
    gateway: Gateway, callback_server: CallbackServer, message_id: str
) -> None:
    await gateway.report(message_id, NUMBER, 13)
    await gateway.set(callback_cost=True)
    await gateway.report(message_id, NUMBER, 11)
    assert ["cost=1" in query for query in callback_server.queries] == [False, True]


async def test_each_recipient_is_told_of(call: HttpClient, gateway: Gateway, callback_server: CallbackServer) -> None:
    message_id = await call.send(notification_url=callback_server.url, numero=f"{NUMBER},33698765432")
    await gateway.report(message_id, None, 11)
    assert callback_server.values("numero") == [NUMBER, "33698765432"]


async def test_an_address_with_parameters_keeps_them(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer
) -> None:
    message_id = await call.send(notification_url=f"{callback_server.url}/?cle=a%20b")
    await gateway.report(message_id, NUMBER, 11)
    assert callback_server.queries[0].startswith(f"cle=a%20b&numero={NUMBER}&")


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15"])
async def test_a_reply_comes_in_either_encoding(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer, encoding: str
) -> None:
    await gateway.set(callback_charset=encoding)
    await call.send(classe_msg="4", notification_url_reponse=callback_server.url)
    await gateway.reply(NUMBER, "Été & 5 €")
    assert callback_server.values("message", encoding) == ["Été & 5 €"]


async def test_without_an_address_of_its_own_a_reply_goes_to_the_accounts(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer
) -> None:
    await gateway.set(reply_url=f"{callback_server.url}/compte")
    await call.send(classe_msg="4")
    await gateway.reply(NUMBER, "oui")
    await gateway.reply(NUMBER, "allô", stray=True)
    assert callback_server.values("message") == ["oui", "allô"]


async def test_twice(gateway: Gateway, callback_server: CallbackServer, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 11, callback="twice")
    assert callback_server.values("statut") == ["11", "11"]


async def test_never(call: HttpClient, gateway: Gateway, callback_server: CallbackServer, message_id: str) -> None:
    await gateway.set(callbacks="never")
    await gateway.report(message_id, NUMBER, 11)
    assert callback_server.queries == []
    assert await call("compteRendu", smsID=message_id) == f"{NUMBER} 11"


async def test_not_this_time(gateway: Gateway, callback_server: CallbackServer, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 13, callback=False)
    await gateway.report(message_id, NUMBER, 11)
    assert callback_server.values("statut") == ["11"]


async def test_swapped(gateway: Gateway, callback_server: CallbackServer, message_id: str) -> None:
    await gateway.set(callbacks="swapped")
    await gateway.report(message_id, NUMBER, 13)
    assert callback_server.queries == []
    await gateway.report(message_id, NUMBER, 11)
    assert callback_server.values("statut") == ["11", "13"]


async def test_late(gateway: Gateway, callback_server: CallbackServer, message_id: str) -> None:
    await gateway.report(message_id, NUMBER, 11, callback="late:60")
    await gateway.advance(59)
    assert callback_server.queries == []
    await gateway.advance(2)
    assert callback_server.values("statut") == ["11"]


@pytest.mark.parametrize(("backwards", "order"), [(False, ["13", "11"]), (True, ["11", "13"])])
async def test_held_until_released(
    gateway: Gateway, callback_server: CallbackServer, message_id: str, backwards: bool, order: list[str]
) -> None:
    await gateway.set(callbacks="held")
    await gateway.report(message_id, NUMBER, 13)
    await gateway.report(message_id, NUMBER, 11)
    assert callback_server.queries == []
    assert len((await gateway.state())["held_callbacks"]) == 2
    await gateway.release_callbacks(backwards=backwards)
    assert callback_server.values("statut") == order


async def test_the_order_to_report_returns_what_was_called(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer, message_id: str
) -> None:
    await gateway.report(message_id, NUMBER, 13)
    answer = await gateway.report(message_id, NUMBER, 11, callback="twice")
    assert [one["status"] for one in answer["callbacks"]] == [200, 200]
    assert all("statut=11" in one["url"] for one in answer["callbacks"])


async def test_an_address_that_fails_is_not_tried_again(
    call: HttpClient, gateway: Gateway, callback_server: CallbackServer
) -> None:
    callback_server.status = 500
    refused = await call.send(notification_url="http://127.0.0.1:1/")
    failing = await call.send(notification_url=callback_server.url)
    await gateway.report(refused, NUMBER, 11)
    await gateway.report(failing, NUMBER, 11)
    await gateway.advance(3600)
    made = (await gateway.state())["callbacks"]
    assert [(one["status"], one["error"]) for one in made] == [(None, "ClientConnectorError"), (500, None)]


async def test_a_forged_callback_has_the_parameters_given(gateway: Gateway, callback_server: CallbackServer) -> None:
    made = await gateway.forge_callback(f"{callback_server.url}/hook", smsID="nobody", statut="11", numero=NUMBER)
    assert [call["status"] for call in made["callbacks"]] == [200]
    assert callback_server.queries == [f"smsID=nobody&statut=11&numero={NUMBER}"]
    state = await gateway.state()
    assert (state["messages"], state["replies"]) == ([], [])


async def test_an_unknown_mode_is_refused(gateway: Gateway) -> None:
    with pytest.raises(AssertionError, match="unknown callback mode"):
        await gateway.set(callbacks="sometimes")
