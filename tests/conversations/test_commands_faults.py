"""A command is done once, whatever fails: the answer, the disk or the house."""

from pathlib import Path
from shutil import copy, copytree
from unittest.mock import patch

from homeassistant.core import ServiceCall, SupportsResponse

from custom_components.smsmode.state.store import AccountStore, StorageError
from tests.support.command_house import PIN, CommandHouse


async def test_an_answer_that_cannot_be_sent_does_not_undo_the_command(command_house: CommandHouse) -> None:
    await command_house.house.gateway.fail("sendSMS.do", "code:35")
    await command_house.hear(f"{PIN} lights off")
    assert len(command_house.done) == 1
    assert command_house.outcomes == [("Lights off", "done")]


async def test_an_answer_that_waits_is_sent_later(command_house: CommandHouse) -> None:
    await command_house.house.gateway.fail("sendSMS.do", "code:50")
    await command_house.hear(f"{PIN} gate")
    assert not await command_house.answers()
    await command_house.house.async_wait(minutes=1)
    assert await command_house.answers() == ["Gate: done."]


async def test_what_cannot_be_written_down_is_not_done(command_house: CommandHouse) -> None:
    with patch.object(AccountStore, "async_save", side_effect=StorageError):
        await command_house.hear(f"{PIN} lights off")
    assert not command_house.done
    assert command_house.outcomes == [("Lights off", "failed")]


async def test_a_command_is_not_done_again_after_a_fall_in_the_middle_of_it(
    command_house: CommandHouse, tmp_path: Path
) -> None:
    store, kept = Path(command_house.house.hass.config.path(".storage")), tmp_path / "kept"
    done: list[str] = []

    async def fall(call: ServiceCall) -> None:
        # What is on the disk just now is all that a fall would leave.
        done.append(call.service)
        await command_house.house.hass.async_add_executor_job(copytree, store, kept)

    command_house.house.hass.services.async_register(
        "script", "lights_off", fall, supports_response=SupportsResponse.OPTIONAL
    )
    await command_house.hear(f"{PIN} lights off")
    await command_house.house.hass.config_entries.async_unload(command_house.house.entry.entry_id)
    for file in store.glob("smsmode*"):
        file.unlink()
    for file in kept.glob("smsmode*"):
        copy(file, store)
    await command_house.house.async_set_up()
    await command_house.house.async_poll()
    assert done == ["lights_off"]
    assert command_house.house.account.store.state.commands.records
