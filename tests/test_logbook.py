"""Our events read as sentences in the logbook, in the language of the house."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import RecorderInstanceContextManager, WebSocketGenerator

from custom_components.smsmode.api import MessageStatus
from custom_components.smsmode.conversations.command_handler import CommandResult
from custom_components.smsmode.state.alerts import AlertPhase
from custom_components.smsmode.state.budget import LimitType
from tests.support.house import ALICE, ALICE_DIGITS, BOB_DIGITS, House
from tests.support.translations import TRANSLATIONS

TEXT = "a private reply"
STATUS = {
    language: words["entity"]["event"]["delivery_report"]["state_attributes"]["status"]["state"]
    for language, words in TRANSLATIONS.items()
}


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: RecorderInstanceContextManager) -> None:
    """Let a house have a database."""


class Logbook:
    """The logbook as its page asks for it."""

    def __init__(self, house: House, connect: WebSocketGenerator) -> None:
        self.house = house
        self._connect = connect

    async def async_speak(self, language: str) -> None:
        """Change the language of the house, as Home Assistant does."""
        self.house.hass.config.language = language
        await async_load_integrations(self.house.hass, {"smsmode"})

    async def async_entries(self) -> list[dict[str, Any]]:
        """Give our entries, the first first."""
        await async_wait_recording_done(self.house.hass)
        client = await self._connect(self.house.hass)
        now, hour = dt_util.utcnow(), timedelta(hours=1)
        asked = {"start_time": (now - hour).isoformat(), "end_time": (now + hour).isoformat()}
        await client.send_json_auto_id({"type": "logbook/get_events", **asked})
        answer = await client.receive_json()
        return [entry for entry in answer["result"] if entry.get("domain") == "smsmode"]

    async def async_read(self) -> list[str]:
        """Give our sentences."""
        return [f"{entry['name']} {entry['message']}" for entry in await self.async_entries()]

    async def async_fire(self, event: str, **data: Any) -> str:
        """Have an event recorded, and give its sentence."""
        self.house.hass.bus.async_fire(f"smsmode_{event}", data)
        return (await self.async_read())[-1]


@pytest.fixture
async def logbook(recorder_mock: Any, house: House, hass_ws_client: WebSocketGenerator) -> Logbook:
    """Give a house that keeps a logbook."""
    # What draws the pages is not installed here, and a logbook can be asked without.
    house.hass.config.components.add("frontend")
    assert await async_setup_component(house.hass, "logbook", {})
    await house.async_settle()
    return Logbook(house, hass_ws_client)


def reply(**data: Any) -> dict[str, Any]:
    return {"message": TEXT, "sender": ALICE, "recipient": "Alice", "verified": True} | data


def report(**data: Any) -> dict[str, Any]:
    return {"number": ALICE, "recipient": "Alice", "status": "received"} | data


async def test_a_message_its_delivery_and_the_reply_are_told(logbook: Logbook) -> None:
    house = logbook.house
    sent = await house.async_call("send_message", message="a private text", target=["Alice"], reply=True)
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.gateway.reply(ALICE_DIGITS, TEXT, callback=False)
    await house.async_poll()
    entries = await logbook.async_entries()
    assert sorted(f"{entry['name']} {entry['message']}" for entry in entries) == [
        "Alice replied",
        "The message to Alice has arrived (Received)",
    ]
    assert all(entry["icon"].startswith("mdi:") for entry in entries)
    assert "private" not in str(entries)


async def test_a_stranger_is_told_by_the_end_of_the_number(logbook: Logbook) -> None:
    await logbook.house.gateway.reply(BOB_DIGITS, TEXT, stray=True)
    await logbook.house.async_poll()
    entries = await logbook.async_entries()
    assert [entry["name"] for entry in entries] == ["An unknown number ending in 432"]
    assert BOB_DIGITS[:-3] not in str(entries)


@pytest.mark.parametrize(
    ("language", "event", "data", "sentence"),
    [
        pytest.param("en", "reply", reply(), "Alice replied", id="known, en"),
        pytest.param("fr", "reply", reply(), "Alice a répondu", id="known, fr"),
        pytest.param("de", "reply", reply(), "Alice replied", id="known, another language"),
        pytest.param(
            "en",
            "reply",
            reply(verified=False),
            "Alice replied, which the gateway has not confirmed",
            id="unconfirmed, en",
        ),
        pytest.param(
            "fr",
            "reply",
            reply(recipient=None),
            "Un numéro inconnu finissant par 678 a répondu",
            id="unknown, fr",
        ),
        pytest.param(
            "en", "reply", reply(recipient=None, sender="Bank {0}"), "An unknown sender replied", id="no number, en"
        ),
        pytest.param("en", "late_reply", reply(), "Alice had replied while the house was offline", id="late, en"),
        pytest.param(
            "fr", "late_reply", reply(), "Alice avait répondu pendant que la maison était hors ligne", id="late, fr"
        ),
        pytest.param(
            "fr",
            "delivery_report",
            report(status="permanent_absence"),
            f"Le message à Alice n’est pas arrivé ({STATUS['fr']['permanent_absence']})",
            id="failed, fr",
        ),
        pytest.param(
            "en",
            "delivery_report",
            report(recipient=None, status="delivered_to_operator"),
            "The message to a number ending in 678 is on its way (Delivered to the operator)",
            id="pending, en",
        ),
        pytest.param(
            "en",
            "delivery_report",
            report(recipient=None, number="Famille", status="expired"),
            "The message to Famille was given up (Expired)",
            id="group, en",
        ),
        pytest.param(
            "en",
            "alert_changed",
            {"alert_id": "cellar", "state": "acknowledged", "recipients": ["Bob"], "acknowledged_by": "Alice"},
            "The alert “cellar” was taken care of by Alice",
            id="alert, en",
        ),
        pytest.param(
            "fr",
            "question_answered",
            {"number": ALICE, "recipient": None, "text": TEXT},
            "Un numéro inconnu finissant par 678 a répondu à une question",
            id="answer, fr",
        ),
        pytest.param(
            "en",
            "question_answered",
            {"number": None, "recipient": None, "config_entry_id": "gone"},
            "sMsmode asked a question that nobody answered in time",
            id="no answer, en",
        ),
        pytest.param(
            "fr",
            "watchdog_gone_off",
            {"name": "Cave"},
            "Cave s’est déclenché, car Home Assistant n’en a pas reporté l’envoi à temps",
            id="watchdog, fr",
        ),
        pytest.param(
            "en",
            "watchdog_stopped",
            {"name": "Cellar", "reason": "not_deleted"},
            "Cellar was switched off, because the gateway did not delete its messages",
            id="watchdog that alarmed without need, en",
        ),
        pytest.param(
            "fr",
            "watchdog_stopped",
            {"name": "Cave", "reason": "not_deleted"},
            "Cave a été désactivé, car la passerelle ne supprimait pas ses messages",
            id="watchdog that alarmed without need, fr",
        ),
        pytest.param(
            "en",
            "watchdog_stopped",
            {"name": "Cellar", "reason": "credits_not_returned"},
            "Cellar was switched off, because the gateway does not refund the messages it deletes",
            id="watchdog that costs, en",
        ),
        pytest.param(
            "fr",
            "watchdog_stopped",
            {"name": "Cave", "reason": "credits_not_returned"},
            "Cave a été désactivé, car la passerelle ne rembourse pas les messages qu’elle supprime",
            id="watchdog that costs, fr",
        ),
        pytest.param(
            "en",
            "text_changed",
            {"origin": "automation.leak", "characters_left_out": 838, "characters_replaced": 0},
            "automation.leak sent a text that was changed (characters left out: 838)",
            id="a text that was cut, en",
        ),
        pytest.param(
            "fr",
            "text_changed",
            {"origin": None, "config_entry_id": "x", "characters_left_out": 8, "characters_replaced": 2},
            "sMsmode a envoyé un texte qui a été modifié "
            "(caractères retirés\u00a0: 8, caractères devenus des points d’interrogation\u00a0: 2)",
            id="a text that was cut and lost characters, fr",
        ),
        pytest.param(
            "en",
            "delivery_report",
            report(recipient="{x}"),
            "The message to {x} has arrived (Received)",
            id="a name with braces, en",
        ),
    ],
)
async def test_what_happened_reads_as_a_sentence(
    logbook: Logbook, language: str, event: str, data: dict[str, Any], sentence: str
) -> None:
    await logbook.async_speak(language)
    assert await logbook.async_fire(event, **data) == sentence


@pytest.mark.parametrize("language", TRANSLATIONS)
async def test_every_end_of_a_command_reads_as_a_sentence(logbook: Logbook, language: str) -> None:
    await logbook.async_speak(language)
    for outcome in CommandResult:
        data = {"recipient": "Alice", "command": "lights off", "outcome": outcome.value}
        logbook.house.hass.bus.async_fire("smsmode_command", data)
    sentences = await logbook.async_read()
    assert len(set(sentences)) == len(CommandResult)
    assert all(sentence.startswith("Alice ") and len(sentence) > 20 for sentence in sentences)


@pytest.mark.parametrize("language", TRANSLATIONS)
async def test_every_turn_of_an_alert_reads_as_a_sentence(logbook: Logbook, language: str) -> None:
    await logbook.async_speak(language)
    changed = {"alert_id": "cellar", "recipients": ["Alice", "Bob"], "acknowledged_by": None}
    for phase in AlertPhase:
        logbook.house.hass.bus.async_fire("smsmode_alert_changed", changed | {"state": phase})
    sentences = await logbook.async_read()
    assert len(set(sentences)) == len(AlertPhase)
    assert all("cellar" in sentence for sentence in sentences)
    assert sum("Alice, Bob" in sentence for sentence in sentences) == sum(phase.is_running for phase in AlertPhase)


@pytest.mark.parametrize("language", TRANSLATIONS)
async def test_every_status_reads_as_a_sentence(logbook: Logbook, language: str) -> None:
    await logbook.async_speak(language)
    for status in MessageStatus:
        logbook.house.hass.bus.async_fire("smsmode_delivery_report", report(status=status))
    sentences = await logbook.async_read()
    assert len(sentences) == len(MessageStatus)
    assert not [
        status
        for status, sentence in zip(MessageStatus, sentences, strict=True)
        if STATUS[language][status] not in sentence
    ]


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("cap", LimitType)
async def test_a_limit_is_told_of_its_account(logbook: Logbook, cap: LimitType, language: str) -> None:
    await logbook.async_speak(language)
    data = {"config_entry_id": logbook.house.entry.entry_id, "limit": cap, "segments": 200}
    sentence = await logbook.async_fire("limit_reached", **data)
    assert sentence.startswith("Home ")
    assert "200 segments" in sentence


async def test_the_past_is_told_when_the_account_is_gone(hass: HomeAssistant, logbook: Logbook) -> None:
    data = {"config_entry_id": "gone", "limit": "daily_limit_reached", "segments": 200}
    sentence = await logbook.async_fire("limit_reached", **data)
    assert sentence == "sMsmode has spent the 200 segments it may spend in a day"
