"""The house obeys who may command it, and nobody else."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from shutil import copy, copytree
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import Context, Event, HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode import pins
from custom_components.smsmode.api import Reply
from custom_components.smsmode.command_run import async_run_script
from custom_components.smsmode.storage import AccountStorage, StorageError
from tests.gateway import Gateway
from tests.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House

PIN = "4711"
KEPT = pins.hash_pin(PIN)
SCRIPTS = {
    "lights_off": {"sequence": [{"event": "lights_are_off"}]},
    "status": {
        "sequence": [
            {"variables": {"result": {"answer": "21 degrees in the living room"}}},
            {"stop": "", "response_variable": "result"},
        ]
    },
    "broken": {"sequence": [{"action": "no.such_action"}]},
}
COMMANDS = [
    {"words": "Lights off", "script": "script.lights_off"},
    {"words": "Status", "script": "script.status", "without_pin": True},
    {"words": "Gate"},
    {"words": "Broken", "script": "script.broken"},
]


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Give an account that Alice may command, and Bob may not."""
    commands = {"recipient": "alice", "commands": COMMANDS, "pin": KEPT, "assist": True, "hourly_limit": 10}
    return MockConfigEntry(
        domain="smsmode",
        title="Home",
        data={"access_token": gateway.token, "base_url": gateway.url, "webhook_id": "hook"},
        subentries_data=[
            ConfigSubentryData(
                data={"number": ALICE},
                subentry_type="recipient",
                title="Alice",
                unique_id=ALICE,
                subentry_id="alice",  # type: ignore[typeddict-unknown-key]
            ),
            ConfigSubentryData(data={"number": BOB}, subentry_type="recipient", title="Bob", unique_id=BOB),
            ConfigSubentryData(
                data={"group": "Famille"}, subentry_type="recipient", title="Family", unique_id="group:Famille"
            ),
            ConfigSubentryData(data=commands, subentry_type="commands", title="Alice", unique_id="commands:alice"),
        ],
    )


@dataclass
class Home:
    """A house that can be commanded, and what it did."""

    house: House
    done: list[Event]
    commands: list[Event]

    async def hear(self, text: str, number: str = ALICE_DIGITS, **more: Any) -> None:
        """Have an SMS come in, and be read."""
        await self.house.gateway.reply(number, text, stray=True, callback=False, **more)
        await self.house.async_poll()

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Give the commands and what became of them."""
        return [(event.data["command"], event.data["outcome"]) for event in self.commands]

    async def answers(self) -> list[str]:
        """Give what the house has answered."""
        return [message.text for message in await self.house.gateway.messages()]


@pytest.fixture
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory, gateway: Gateway, entry: MockConfigEntry) -> Home:
    """Give a house with scripts."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    house = House(hass, freezer, gateway, entry)
    await house.async_set_up()
    return Home(house, house.capture("lights_are_off"), house.capture("smsmode_command"))


async def test_a_command_with_its_pin_starts_its_script_and_is_answered_in_one_segment(home: Home) -> None:
    await home.hear(f"{PIN} Lights OFF!")
    assert len(home.done) == 1
    (message,) = await home.house.gateway.messages()
    assert (message.text, message.numbers, message.segments) == ("Lights off: done.", [ALICE_DIGITS], 1)
    assert [dict(event.data) for event in home.commands] == [
        {
            "config_entry_id": home.house.entry.entry_id,
            "recipient": "Alice",
            "command": "Lights off",
            "outcome": "done",
        }
    ]
    assert await home.house.gateway.balance() == 99


async def test_nobody_can_reply_to_an_answer(home: Home) -> None:
    await home.hear("status")
    (message,) = await home.house.gateway.messages()
    assert message.message_class == 2


async def test_a_script_runs_without_a_user(home: Home) -> None:
    await home.hear(f"{PIN} lights off")
    assert home.done[0].context.user_id is None


async def test_a_script_can_say_what_is_answered(home: Home) -> None:
    await home.hear("status")
    assert await home.answers() == ["21 degrees in the living room"]
    assert home.outcomes == [("Status", "done")]


async def test_a_command_without_script_is_an_event(home: Home) -> None:
    await home.hear(f"{PIN} gate")
    assert home.outcomes == [("Gate", "done")]
    assert await home.answers() == ["Gate: done."]


async def test_it_answers_in_the_language_of_the_house(home: Home) -> None:
    home.house.hass.config.language = "fr"
    await home.hear(f"{PIN} gate")
    assert await home.answers() == ["Gate : c'est fait."]


@pytest.mark.parametrize("text", ["broken", f"{PIN} broken"], ids=["without PIN", "with PIN"])
async def test_what_went_wrong_is_said(home: Home, text: str) -> None:
    await home.hear(text)
    assert home.outcomes[0][1] == ("failed" if PIN in text else "pin_missing")
    assert len(await home.answers()) == 1


async def test_a_script_that_is_gone_is_a_command_that_failed(home: Home) -> None:
    home.house.hass.services.async_remove("script", "lights_off")
    await home.hear(f"{PIN} lights off")
    assert home.outcomes == [("Lights off", "failed")]


async def test_a_script_that_takes_long_is_not_waited_for(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    release = asyncio.Event()

    async def dawdle(_call: ServiceCall) -> None:
        await release.wait()
        raise HomeAssistantError

    hass.services.async_register("script", "slow", dawdle, supports_response=SupportsResponse.OPTIONAL)
    with patch("custom_components.smsmode.command_run.PATIENCE", 0.01):
        assert await async_run_script(hass, "script.slow") is None
    release.set()
    await hass.async_block_till_done()
    assert "never retrieved" not in caplog.text


STRANGE = [
    pytest.param(BOB_DIGITS, f"{PIN} lights off", id="a recipient who may not"),
    pytest.param("33600000001", f"{PIN} lights off", id="a stranger"),
    pytest.param(ALICE_DIGITS, "OK merci", id="an ordinary reply"),
    pytest.param(ALICE_DIGITS, "2024", id="a number alone"),
    pytest.param(ALICE_DIGITS, "please turn the lights off", id="a sentence without PIN"),
]


@pytest.mark.parametrize(("number", "text"), STRANGE)
async def test_anything_else_does_nothing_and_is_not_answered(home: Home, number: str, text: str) -> None:
    await home.hear(text, number)
    assert (home.done, home.outcomes) == ([], [])
    assert not await home.house.gateway.requests("sendSMS.do")


async def test_who_writes_from_a_short_code_is_not_answered(home: Home) -> None:
    await home.hear(f"{PIN} lights off", "36034")
    assert not home.done
    assert not await home.answers()


async def test_what_comes_late_does_nothing(home: Home) -> None:
    await home.house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    home.house.freezer.tick(timedelta(minutes=16))
    await home.house.async_poll()
    assert (home.done, home.outcomes) == ([], [])


async def test_what_the_gateway_does_not_confirm_does_nothing(home: Home) -> None:
    reply = await home.house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    account = home.house.account
    account.inbox.async_hear_reply(
        Reply(reply_id=f"{reply['id']}x", received_at=None, sender=ALICE, text=f"{PIN} lights off"), verified=False
    )
    await home.house.async_settle()
    assert (home.done, home.outcomes) == ([], [])


async def test_a_wrong_pin_does_nothing_and_three_of_them_lock_for_an_hour(home: Home) -> None:
    for guess in ("0000", "1111", "2222", "3333"):
        await home.hear(f"{guess} lights off")
    await home.hear(f"{PIN} lights off")
    assert [outcome for _, outcome in home.outcomes] == [
        "wrong_pin",
        "wrong_pin",
        "locked",
        "still_locked",
        "still_locked",
    ]
    assert not home.done
    # Once for the wrong one, whose repetition says nothing new, and once for the lock.
    assert await home.answers() == [
        "Wrong PIN. Nothing was done.",
        "Too many wrong PINs. Commands are locked for an hour.",
    ]
    await home.house.async_reload()
    await home.hear(f"{PIN} gate")
    assert home.outcomes[-1] == ("Gate", "still_locked")
    await home.house.async_wait(minutes=61)
    await home.hear(f"{PIN} lights off")
    assert len(home.done) == 1


async def test_guesses_that_come_together_are_counted_one_by_one(home: Home) -> None:
    for guess in range(8):
        await home.house.gateway.reply(ALICE_DIGITS, f"000{guess} lights off", stray=True, callback=False)
    await home.house.gateway.reply(ALICE_DIGITS, f"{PIN} lights off", stray=True, callback=False)
    await home.house.async_poll()
    assert not home.done
    assert sorted(outcome for _, outcome in home.outcomes) == [
        "locked",
        *["still_locked"] * 6,
        *["wrong_pin"] * 2,
    ]


async def test_a_machine_that_answers_by_itself_is_answered_once_and_stopped_at_the_limit(home: Home) -> None:
    for _ in range(14):
        await home.hear("status")
        await home.house.async_wait(seconds=20)
    assert [outcome for _, outcome in home.outcomes] == ["done"] * 10 + ["too_many"] * 4
    assert len(await home.answers()) == 1
    assert await home.house.gateway.balance() == 99


async def test_whoever_answers_an_answer_of_ours_is_not_heard(home: Home) -> None:
    await home.hear("status")
    (answer,) = await home.house.gateway.messages()
    account = home.house.account
    assert account.storage.commands.is_answer(account.accesses[0].subentry_id, answer.id)
    # The gateway would not take a reply to it; should it ever give one, it is like this one.
    sent = await home.house.async_call("send_message", message="Hello", target=["Alice"], reply=True)
    message_id = sent["messages"][0]["message_id"]
    account.storage.commands.note_answer(account.accesses[0].subentry_id, message_id)
    await home.house.gateway.reply(ALICE_DIGITS, f"{PIN} gate", message_id, callback=False)
    await home.house.async_poll()
    assert home.outcomes == [("Status", "done")]


async def test_an_answer_that_cannot_be_sent_does_not_undo_the_command(home: Home) -> None:
    await home.house.gateway.fail("sendSMS.do", "code:35")
    await home.hear(f"{PIN} lights off")
    assert len(home.done) == 1
    assert home.outcomes == [("Lights off", "done")]


async def test_an_answer_that_waits_is_sent_later(home: Home) -> None:
    await home.house.gateway.fail("sendSMS.do", "code:50")
    await home.hear(f"{PIN} gate")
    assert not await home.answers()
    await home.house.async_wait(minutes=1)
    assert await home.answers() == ["Gate: done."]


async def test_what_cannot_be_written_down_is_not_done(home: Home) -> None:
    with patch.object(AccountStorage, "async_save", side_effect=StorageError):
        await home.hear(f"{PIN} lights off")
    assert not home.done
    assert home.outcomes == [("Lights off", "failed")]


async def test_a_command_is_not_done_again_after_a_fall_in_the_middle_of_it(home: Home, tmp_path: Path) -> None:
    storage, kept = Path(home.house.hass.config.path(".storage")), tmp_path / "kept"
    done: list[str] = []

    async def fall(call: ServiceCall) -> None:
        # What is on the disk just now is all that a fall would leave.
        done.append(call.service)
        await home.house.hass.async_add_executor_job(copytree, storage, kept)

    home.house.hass.services.async_register("script", "lights_off", fall, supports_response=SupportsResponse.OPTIONAL)
    await home.hear(f"{PIN} lights off")
    await home.house.hass.config_entries.async_unload(home.house.entry.entry_id)
    for file in storage.glob("smsmode*"):
        file.unlink()
    for file in kept.glob("smsmode*"):
        copy(file, storage)
    await home.house.async_set_up()
    await home.house.async_poll()
    assert done == ["lights_off"]
    assert home.house.account.storage.commands.records


async def test_quiet_hours_do_not_hold_back_the_answer(home: Home) -> None:
    alice = home.house.entry.subentries["alice"]
    quiet = {"start": "00:00", "end": "23:59"}
    home.house.hass.config_entries.async_update_subentry(
        home.house.entry, alice, data={"number": ALICE, "quiet_hours": quiet}
    )
    await home.house.async_settle()
    await home.hear(f"{PIN} gate")
    (message,) = await home.house.gateway.messages()
    assert message.leaves_at == message.created_at


@pytest.mark.parametrize("text", [f"{PIN} lights off", "0815 lights off"], ids=["right", "wrong"])
async def test_no_pin_is_shown_recorded_or_logged(home: Home, text: str, caplog: pytest.LogCaptureFixture) -> None:
    pin = text[:4]
    replies = home.house.capture("smsmode_reply")
    caplog.set_level("DEBUG")
    await home.hear(text)
    assert [event.data["message"] for event in replies] == ["•••• lights off"]
    states = str([state.as_dict() for state in home.house.hass.states.async_all()])
    assert "•••• lights off" in states
    for place in (states, *(record.getMessage() for record in caplog.records if "smsmode" in record.name)):
        assert f"{pin} lights" not in place
    await home.house.async_reload()
    assert home.house.state("sensor.home_last_reply").attributes["message"] == "•••• lights off"


async def test_an_ordinary_reply_is_shown_as_it_was_written(home: Home) -> None:
    replies = home.house.capture("smsmode_reply")
    await home.hear("OK", ALICE_DIGITS)
    await home.hear(f"{PIN} hello", BOB_DIGITS)
    assert [event.data["message"] for event in replies] == ["OK", f"{PIN} hello"]


async def test_a_pin_is_not_told_to_a_group(home: Home) -> None:
    await home.house.async_call("add_contact", name="Bob", number=BOB, groups=["Famille"])
    with pytest.raises(ServiceValidationError) as caught:
        await home.house.async_call("send_message", message=f"Write {PIN} gate", target=["Family"])
    assert caught.value.translation_key == "pin_in_group"
    assert await home.house.gateway.balance() == 100
    await home.house.async_call("send_message", message="Write 0815 gate", target=["Family"])
    await home.house.async_call("send_message", message=f"Write {PIN} gate", target=["Alice"])
    assert len(await home.house.gateway.messages()) == 2


@dataclass
class Assist:
    """A conversation agent that says what it is told to, and remembers what it was asked."""

    speech: str = "The living room has 21 degrees."
    error: Exception | None = None
    asked: list[tuple[str, Context, str | None]] = field(default_factory=list)

    async def async_converse(
        self,
        _hass: HomeAssistant,
        text: str,
        conversation_id: str | None,
        context: Context,
        *,
        language: str | None = None,
        agent_id: str | None = None,
    ) -> SimpleNamespace:
        """Answer."""
        assert (conversation_id, language) == (None, "en")
        self.asked.append((text, context, agent_id))
        if self.error:
            raise self.error
        return SimpleNamespace(response=SimpleNamespace(speech={"plain": {"speech": self.speech}}))


@pytest.fixture
async def assist(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Assist]:
    """Put an agent in the place of Assist, whose libraries are not here."""
    assist, module = Assist(), ModuleType("homeassistant.components.conversation")
    module.async_converse = assist.async_converse  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    import homeassistant.components  # noqa: PLC0415

    monkeypatch.setattr(homeassistant.components, "conversation", module, raising=False)
    hass.config.components.add("conversation")
    yield assist
    hass.config.components.remove("conversation")


async def test_a_sentence_with_the_pin_goes_to_assist_without_it_and_without_a_user(home: Home, assist: Assist) -> None:
    await home.hear(f"{PIN} How warm is it?")
    ((text, context, agent),) = assist.asked
    assert (text, context.user_id, agent) == ("How warm is it?", None, None)
    assert await home.answers() == [assist.speech]
    assert home.outcomes == [("assist", "done")]


async def test_a_long_answer_is_cut_to_one_segment(home: Home, assist: Assist) -> None:
    assist.speech = "Fenêtre ouverte 🚪 " * 20
    await home.hear(f"{PIN} what is open")
    (message,) = await home.house.gateway.messages()
    assert (message.segments, message.message_class) == (1, 2)
    assert await home.house.gateway.balance() == 99


async def test_a_sentence_with_a_wrong_pin_does_not_reach_assist(home: Home, assist: Assist) -> None:
    await home.hear("0000 How warm is it?")
    assert not assist.asked
    assert home.outcomes == [("assist", "wrong_pin")]


@pytest.mark.parametrize(
    ("error", "speech"),
    [
        pytest.param(HomeAssistantError(), "", id="error"),
        pytest.param(ValueError(), "", id="unknown agent"),
        pytest.param(TimeoutError(), "", id="too slow"),
        pytest.param(None, "", id="nothing to say"),
    ],
)
async def test_assist_that_does_not_answer_is_a_command_that_failed(
    home: Home, assist: Assist, error: Exception | None, speech: str
) -> None:
    assist.error, assist.speech = error, speech
    await home.hear(f"{PIN} How warm is it?")
    assert home.outcomes == [("assist", "failed")]
    assert await home.answers() == ["assist: that did not work."]


async def test_without_assist_in_the_house_a_sentence_fails(home: Home) -> None:
    await home.hear(f"{PIN} How warm is it?")
    assert home.outcomes == [("assist", "failed")]


async def test_a_recipient_that_is_gone_commands_nothing(home: Home) -> None:
    home.house.hass.config_entries.async_remove_subentry(home.house.entry, "alice")
    await home.house.async_settle()
    await home.hear(f"{PIN} lights off")
    assert not home.done


async def test_an_older_reply_with_a_pin_leaves_the_last_reply_as_it_is(home: Home) -> None:
    await home.house.async_wait(minutes=10)
    await home.hear("Good morning")
    last = home.house.account.storage.ledger.last_reply
    assert last is not None
    assert last.received_at is not None
    older = Reply(
        reply_id="older", received_at=last.received_at - timedelta(minutes=1), sender=ALICE, text=f"{PIN} gate"
    )
    home.house.account.inbox.async_hear_reply(older, verified=True)
    assert home.house.account.storage.ledger.last_reply == last
