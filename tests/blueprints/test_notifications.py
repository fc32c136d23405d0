"""The blueprints that forward replies and tell of low credits, from their file to the SMS, in both languages."""

import pytest
from homeassistant.core import HomeAssistant, ServiceCall
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from tests.support.automations import add_recipient
from tests.support.blueprint_runs import DONE, both_languages, said, to, use_blueprint
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, WEBHOOK_ID, House


@both_languages
async def test_every_reply_is_forwarded_and_what_is_doubtful_about_it_is_said(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    on_reply = [{"action": "test.done", "data": {"said": "{{ who }}/{{ text }}/{{ remark }}"}}]
    await use_blueprint(hass, f"{edition}forward_replies", on_reply=on_reply, late="L", unverified="U")
    await house.gateway.reply(ALICE_DIGITS, "+5", stray=True)
    await house.async_poll()
    await house.gateway.reply(BOB_DIGITS, "[1, 2]", stray=True)
    await house.async_wait(hours=1)
    await house.async_poll()
    assert said(done) == ['Alice/"+5"/', '+33 698765432/"[1, 2]"/L']


async def test_a_forged_reply_is_forwarded_as_what_it_may_be(
    hass: HomeAssistant, house: House, hass_client_no_auth: ClientSessionGenerator, hass_ws_client: WebSocketGenerator
) -> None:
    notes = await hass_ws_client(hass)
    client = await hass_client_no_auth()
    await use_blueprint(hass, "forward_replies")
    await client.get(f"/api/webhook/{WEBHOOK_ID}?numero=36034&message=OK&emetteur={ALICE_DIGITS}&responseID=forged1")
    await house.async_settle()
    for _ in range(10):
        await house.async_wait(seconds=8)
    await notes.send_json_auto_id({"type": "persistent_notification/get"})
    (note,) = (await notes.receive_json())["result"]
    assert (note["title"], note["message"]) == ("SMS from Alice (not confirmed)", r"\"OK\"")


@both_languages
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[x](http://evil.example)", r"\[x\]\(http\:\/\/evil\.example\)"),
        ("![](http://evil.example/i.png)", r"\!\[\]\(http\:\/\/evil\.example\/i\.png\)"),
        ('<a href="http://evil.example">x</a>', r"\<a href\=\"http\:\/\/evil\.example\"\>x\<\/a\>"),
        ("`x` *y* _z_ ~~w~~", r"\`x\` \*y\* \_z\_ \~\~w\~\~"),
        ("one\n\n    # two\n1. three", "one  \n\\# two  \n1\\. three"),
        ("www.evil.example a@b.example \\", r"www\.evil\.example a\@b\.example \\"),
        ("{{ states }}", r"\{\{ states \}\}"),
    ],
)
async def test_markdown_of_a_stranger_is_shown_as_it_was_written(
    hass: HomeAssistant, house: House, hass_ws_client: WebSocketGenerator, edition: str, text: str, shown: str
) -> None:
    notes = await hass_ws_client(hass)
    await use_blueprint(hass, f"{edition}forward_replies")
    await house.gateway.reply("33600000001", text, stray=True)
    await house.async_poll()
    await notes.send_json_auto_id({"type": "persistent_notification/get"})
    (note,) = (await notes.receive_json())["result"]
    assert note["message"] == rf"\"{shown}\""


async def test_a_forwarded_reply_goes_to_whom_it_is_to_go(hass: HomeAssistant, house: House) -> None:
    await add_recipient(house, "Bob", BOB)
    await use_blueprint(hass, "forward_replies", notifiers=["notify.bob"], show=False)
    await house.gateway.reply(ALICE_DIGITS, "I am late", stray=True)
    await house.async_poll()
    (message,) = await house.gateway.messages()
    assert to(message) == [BOB_DIGITS]
    assert message.text == 'SMS from Alice\n"I am late"'


@both_languages
async def test_low_credits_are_told_once_a_day(
    hass: HomeAssistant, house: House, done: list[ServiceCall], edition: str
) -> None:
    on_low = [{"action": "test.done", "data": {"said": "{{ credits }}"}}]
    inputs = {"balance": "sensor.home_balance", "threshold": 30, "notifiers": ["notify.alice"], "on_low": on_low}
    await use_blueprint(hass, f"{edition}low_balance", **inputs)
    for balance in (31, 29, 40, 28):
        await house.gateway.set(balance=balance)
        await house.async_poll()
    assert [float(text) for text in said(done)] == [29]
    (message,) = await house.gateway.messages()
    assert "29" in message.text
    await house.async_wait(days=1)
    for balance in (40, 0):
        await house.gateway.set(balance=balance)
        await house.async_poll()
    assert [float(text) for text in said(done)] == [29, 0]


async def test_a_post_paid_account_is_never_low(hass: HomeAssistant, house: House, done: list[ServiceCall]) -> None:
    await use_blueprint(hass, "low_balance", balance="sensor.home_balance", on_low=DONE)
    await house.gateway.set(balance=-3, post_paid=True)
    await house.async_poll()
    assert done == []
