"""The house obeys nobody else: no wrong PIN, no stranger, no machine, nothing that comes late."""

from datetime import timedelta

import pytest
from homeassistant.exceptions import ServiceValidationError

from custom_components.smsmode.api import Reply
from tests.support.command_house import PIN, CommandHouse
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS

STRANGE = [
    pytest.param(BOB_DIGITS, f"{PIN} lights off", id="a recipient who may not"),
    pytest.param("33600000001", f"{PIN} lights off", id="a stranger"),
    pytest.param(ALICE_DIGITS, "OK merci", id="an ordinary reply"),
    pytest.param(ALICE_DIGITS, "2024", id="a number alone"),
    pytest.param(ALICE_DIGITS, "please turn the lights off", id="a sentence without PIN"),
]


@pytest.mark.parametrize(("number", "text"), STRANGE)
async def test_anything_else_does_nothing_and_is_not_answered(
    command_house: CommandHouse, number: str, text: str
) -> None:
    await command_house.hear(text, number)
    assert (command_house.done, command_house.outcomes) == ([], [])
    assert not await command_house.house.gateway.requests("sendSMS.do")


async def test_who_writes_from_a_short_code_is_not_answered(command_house: CommandHouse) -> None:
    await command_house.hear(f"{PIN} lights off", "36034")
    assert not command_house.done
    assert not await command_house.answers()


async def test_what_comes_late_does_nothing(command_house: CommandHouse) -> None:
    await command_house.house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    command_house.house.freezer.tick(timedelta(minutes=16))
    await command_house.house.async_poll()
    assert (command_house.done, command_house.outcomes) == ([], [])


async def test_what_the_gateway_does_not_confirm_does_nothing(command_house: CommandHouse) -> None:
    reply = await command_house.house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    account = command_house.house.account
    account.processor.async_process_reply(
        Reply(reply_id=f"{reply['id']}x", received_at=None, sender=ALICE, text=f"{PIN} lights off"), verified=False
    )
    await command_house.house.async_settle()
    assert (command_house.done, command_house.outcomes) == ([], [])


async def test_a_wrong_pin_does_nothing_and_three_of_them_lock_for_an_hour(command_house: CommandHouse) -> None:
    for guess in ("0000", "1111", "2222", "3333"):
        await command_house.hear(f"{guess} lights off")
    await command_house.hear(f"{PIN} lights off")
    assert [outcome for _, outcome in command_house.outcomes] == [
        "wrong_pin",
        "wrong_pin",
        "locked",
        "still_locked",
        "still_locked",
    ]
    assert not command_house.done
    # Once for the wrong one, whose repetition says nothing new, and once for the lock.
    assert await command_house.answers() == [
        "Wrong PIN. Nothing was done.",
        "Too many wrong PINs. Commands are locked for an hour.",
    ]
    await command_house.house.async_reload()
    await command_house.hear(f"{PIN} gate")
    assert command_house.outcomes[-1] == ("Gate", "still_locked")
    await command_house.house.async_wait(minutes=61)
    await command_house.hear(f"{PIN} lights off")
    assert len(command_house.done) == 1


async def test_guesses_that_come_together_are_counted_one_by_one(command_house: CommandHouse) -> None:
    for guess in range(8):
        await command_house.house.gateway.reply(ALICE_DIGITS, f"000{guess} lights off", stray=True, callback=False)
    await command_house.house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    await command_house.house.async_poll()
    assert not command_house.done
    assert sorted(outcome for _, outcome in command_house.outcomes) == [
        "locked",
        *["still_locked"] * 6,
        *["wrong_pin"] * 2,
    ]


async def test_a_machine_that_answers_by_itself_is_answered_once_and_stopped_at_the_limit(
    command_house: CommandHouse,
) -> None:
    for _ in range(14):
        await command_house.hear("status")
        await command_house.house.async_wait(seconds=20)
    assert [outcome for _, outcome in command_house.outcomes] == ["done"] * 10 + ["too_many"] * 4
    assert len(await command_house.answers()) == 1
    assert await command_house.house.gateway.balance() == 99


async def test_whoever_answers_an_answer_of_ours_is_not_heard(command_house: CommandHouse) -> None:
    await command_house.hear("status")
    (answer,) = await command_house.house.gateway.messages()
    account = command_house.house.account
    assert account.store.state.commands.is_answer(account.permissions[0].subentry_id, answer.id)
    # The gateway would not take a reply to it; should it ever give one, it is like this one.
    sent = await command_house.house.async_call("send_message", message="Hello", target=["Alice"], reply=True)
    message_id = sent["messages"][0]["message_id"]
    account.store.state.commands.record_answer(account.permissions[0].subentry_id, message_id)
    await command_house.house.gateway.reply(ALICE_DIGITS, f"{PIN} gate", message_id, callback=False)
    await command_house.house.async_poll()
    assert command_house.outcomes == [("Status", "done")]


@pytest.mark.parametrize("text", [f"{PIN} lights off", "0815 lights off"], ids=["right", "wrong"])
async def test_no_pin_is_shown_recorded_or_logged(
    command_house: CommandHouse, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    pin = text[:4]
    replies = command_house.house.capture("smsmode_reply")
    caplog.set_level("DEBUG")
    await command_house.hear(text)
    assert [event.data["message"] for event in replies] == ["•••• lights off"]
    states = str([state.as_dict() for state in command_house.house.hass.states.async_all()])
    assert "•••• lights off" in states
    for place in (states, *(record.getMessage() for record in caplog.records if "smsmode" in record.name)):
        assert f"{pin} lights" not in place
    await command_house.house.async_reload()
    assert command_house.house.state("sensor.home_last_reply").attributes["message"] == "•••• lights off"


async def test_a_pin_is_not_told_to_a_group(command_house: CommandHouse) -> None:
    await command_house.house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    with pytest.raises(ServiceValidationError) as caught:
        await command_house.house.async_call("send_message", message=f"Write {PIN} gate", target=["Family"])
    assert caught.value.translation_key == "pin_in_group"
    assert await command_house.house.gateway.balance() == 100
    await command_house.house.async_call("send_message", message="Write 0815 gate", target=["Family"])
    await command_house.house.async_call("send_message", message=f"Write {PIN} gate", target=["Alice"])
    assert len(await command_house.house.gateway.messages()) == 2


async def test_a_recipient_that_is_gone_commands_nothing(command_house: CommandHouse) -> None:
    command_house.house.hass.config_entries.async_remove_subentry(command_house.house.entry, "alice")
    await command_house.house.async_settle()
    await command_house.hear(f"{PIN} lights off")
    assert not command_house.done
