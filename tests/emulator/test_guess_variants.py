"""Both variants of what the emulator can only guess."""

from datetime import datetime

import pytest

from tests.support.gateway import Gateway

from .http_client import NUMBER, HttpClient


async def test_dates_can_be_in_another_zone(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(zone="UTC")
    await gateway.set_time("2026-07-14T10:00:00+02:00")
    await call.send(date_envoi="14072026-09:30")
    assert datetime.fromisoformat((await gateway.messages())[0].leaves_at) == datetime.fromisoformat(
        "2026-07-14T11:30:00+02:00"
    )
    assert "| 14/07/2026 09:30 |" in await call("smsList")


async def test_an_unknown_zone_is_refused(gateway: Gateway) -> None:
    with pytest.raises(AssertionError):
        await gateway.set(zone="Europe/Atlantis")


async def test_a_date_in_the_past_is_refused_or_sent_at_once(call: HttpClient, gateway: Gateway) -> None:
    past = {"numero": NUMBER, "message": "Bonjour", "date_envoi": "01012020-10:00"}
    assert (await call("sendSMS", **past)).startswith("35 |")
    await gateway.set(past_dates="sent")
    assert (await call("sendSMS", **past)).startswith("0 |")
    assert (await gateway.messages())[0].status == 0


async def test_the_id_of_a_deleted_message_can_be_used_again(call: HttpClient, gateway: Gateway) -> None:
    for reuse in (False, True):
        await gateway.set(reuse_ids=reuse)
        message_id = await call.send()
        await call("deleteSMS", smsID=message_id)
        assert (await call.send() == message_id) is reuse


async def test_lists_can_show_entities(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(escaped={"smsList.do": True})
    await call.send(message="a & b")
    await gateway.reply(NUMBER, "c & d", stray=True)
    assert "| a &amp; b |" in await call("smsList")
    assert "| c & d |" in await call("responseList")


async def test_a_name_and_a_password_can_take_the_place_of_the_key(call: HttpClient, gateway: Gateway) -> None:
    assert (await call("credit", accessToken="")).startswith("35 |")
    await gateway.set(password="secret")
    assert await call("credit", accessToken="", pseudo="demo", **{"pass": "secret"}) == "100.0"
    assert (await call("credit", accessToken="", pseudo="demo", **{"pass": "wrong"})).startswith("32 |")
    assert (await call("credit", accessToken="")).startswith("32 |")
    assert await call("credit") == "100.0"
