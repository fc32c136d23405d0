"""Smoke test: a message and a reply, end to end."""

from tests.support.house import ALICE_DIGITS, House


async def test_a_message_goes_out_and_a_reply_comes_back(house: House) -> None:
    replies = house.capture("smsmode_reply")
    response = await house.async_call("send_message", message="Fuite d'eau", target=["Alice"], reply=True)
    assert response["messages"][0]["status"] == "accepted"
    message_id = response["messages"][0]["message_id"]
    await house.gateway.report(message_id, ALICE_DIGITS, 11, callback=False)
    await house.gateway.reply(ALICE_DIGITS, "OK", callback=False)
    await house.async_poll()
    assert [event.data["message"] for event in replies] == ["OK"]
    assert house.state("sensor.home_last_status").state == "received"
