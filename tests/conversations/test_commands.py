"""The house obeys who may command it, and answers."""

import asyncio
from datetime import timedelta
from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.api import Reply
from custom_components.smsmode.conversations.command_executor import async_run_script
from tests.support.command_house import PIN, CommandHouse
from tests.support.house import ALICE, ALICE_DIGITS, BOB_DIGITS


async def test_a_command_with_its_pin_starts_its_script_and_is_answered_in_one_segment(
    command_house: CommandHouse,
) -> None:
    await command_house.hear(f"{PIN} Lights OFF!")
    assert len(command_house.done) == 1
    (message,) = await command_house.house.gateway.messages()
    assert (message.text, message.numbers, message.segments) == ("Lights off: done.", [ALICE_DIGITS], 1)
    assert [dict(event.data) for event in command_house.commands] == [
        {
            "config_entry_id": command_house.house.entry.entry_id,
            "recipient": "Alice",
            "command": "Lights off",
            "outcome": "done",
        }
    ]
    assert await command_house.house.gateway.balance() == 99


async def test_nobody_can_reply_to_an_answer(command_house: CommandHouse) -> None:
    await command_house.hear("status")
    (message,) = await command_house.house.gateway.messages()
    assert message.message_class == 2


async def test_a_script_runs_without_a_user(command_house: CommandHouse) -> None:
    await command_house.hear(f"{PIN} lights off")
    assert command_house.done[0].context.user_id is None


async def test_a_script_can_say_what_is_answered(command_house: CommandHouse) -> None:
    await command_house.hear("status")
    assert await command_house.answers() == ["21 degrees in the living room"]
    assert command_house.outcomes == [("Status", "done")]


async def test_a_command_without_script_is_an_event(command_house: CommandHouse) -> None:
    await command_house.hear(f"{PIN} gate")
    assert command_house.outcomes == [("Gate", "done")]
    assert await command_house.answers() == ["Gate: done."]


async def test_it_answers_in_the_language_of_the_house(command_house: CommandHouse) -> None:
    command_house.house.hass.config.language = "fr"
    await command_house.hear(f"{PIN} gate")
    assert await command_house.answers() == ["Gate : c'est fait."]


@pytest.mark.parametrize("text", ["broken", f"{PIN} broken"], ids=["without PIN", "with PIN"])
async def test_what_went_wrong_is_said(command_house: CommandHouse, text: str) -> None:
    await command_house.hear(text)
    assert command_house.outcomes[0][1] == ("failed" if PIN in text else "pin_missing")
    assert len(await command_house.answers()) == 1


async def test_a_script_that_is_gone_is_a_command_that_failed(command_house: CommandHouse) -> None:
    command_house.house.hass.services.async_remove("script", "lights_off")
    await command_house.hear(f"{PIN} lights off")
    assert command_house.outcomes == [("Lights off", "failed")]


async def test_a_script_that_takes_long_is_not_waited_for(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    release = asyncio.Event()

    async def dawdle(_call: ServiceCall) -> None:
        await release.wait()
        raise HomeAssistantError

    hass.services.async_register("script", "slow", dawdle, supports_response=SupportsResponse.OPTIONAL)
    with patch("custom_components.smsmode.conversations.command_executor.SCRIPT_TIMEOUT", 0.01):
        assert await async_run_script(hass, "script.slow") is None
    release.set()
    await hass.async_block_till_done()
    assert "never retrieved" not in caplog.text


async def test_quiet_hours_do_not_hold_back_the_answer(command_house: CommandHouse) -> None:
    alice = command_house.house.entry.subentries["alice"]
    quiet = {"start": "00:00", "end": "23:59"}
    command_house.house.hass.config_entries.async_update_subentry(
        command_house.house.entry, alice, data={"number": ALICE, "quiet_hours": quiet}
    )
    await command_house.house.async_settle()
    await command_house.hear(f"{PIN} gate")
    (message,) = await command_house.house.gateway.messages()
    assert message.leaves_at == message.created_at


async def test_an_ordinary_reply_is_shown_as_it_was_written(command_house: CommandHouse) -> None:
    replies = command_house.house.capture("smsmode_reply")
    await command_house.hear("OK", ALICE_DIGITS)
    await command_house.hear(f"{PIN} hello", BOB_DIGITS)
    assert [event.data["message"] for event in replies] == ["OK", f"{PIN} hello"]


async def test_an_older_reply_with_a_pin_leaves_the_last_reply_as_it_is(command_house: CommandHouse) -> None:
    await command_house.house.async_wait(minutes=10)
    await command_house.hear("Good morning")
    last = command_house.house.account.store.state.message_log.last_reply
    assert last is not None
    assert last.received_at is not None
    older = Reply(
        reply_id="older", received_at=last.received_at - timedelta(minutes=1), sender=ALICE, text=f"{PIN} gate"
    )
    command_house.house.account.processor.async_process_reply(older, verified=True)
    assert command_house.house.account.store.state.message_log.last_reply == last
