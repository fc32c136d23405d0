"""Our events read as sentences in the logbook, in the language of the house."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import RecorderInstanceContextManager, WebSocketGenerator

from custom_components.smsmode.api import DeliveryOutcome, MessageStatus
from custom_components.smsmode.conversations.command_handler import CommandResult
from custom_components.smsmode.state.alert_phases import AlertPhase
from custom_components.smsmode.state.budget import LimitType
from tests.support.house import ALICE, ALICE_DIGITS, BOB, BOB_DIGITS, House
from tests.support.translations import TRANSLATIONS

ROOT = Path(__file__).parents[1]
TEXT = "a private reply"
THREE_SENTENCES = [
    "Home wrote to Alice and Bob",
    "The message to Alice has arrived",
    "The message to Bob has arrived",
]
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
        return [entry for entry in await self.async_lines() if entry.get("domain") == "smsmode"]

    async def async_lines(self) -> list[dict[str, Any]]:
        """Give all entries, those of entities too."""
        await async_wait_recording_done(self.house.hass)
        client = await self._connect(self.house.hass)
        now, hour = dt_util.utcnow(), timedelta(hours=1)
        asked = {"start_time": (now - hour).isoformat(), "end_time": (now + hour).isoformat()}
        await client.send_json_auto_id({"type": "logbook/get_events", **asked})
        answer = await client.receive_json()
        lines: list[dict[str, Any]] = answer["result"]
        return lines

    async def async_read(self) -> list[str]:
        """Give our sentences."""
        return [f"{entry['name']} {entry['message']}" for entry in await self.async_entries()]

    async def async_fire(self, event: str, **data: Any) -> str:
        """Have an event recorded, and give its sentence."""
        self.house.hass.bus.async_fire(f"smsmode_{event}", data)
        return (await self.async_read())[-1]


async def open_logbook(house: House, connect: WebSocketGenerator, config: dict[str, Any]) -> Logbook:
    """Have a house keep a logbook."""
    # What draws the pages is not installed here, and a logbook can be asked without.
    house.hass.config.components.add("frontend")
    assert await async_setup_component(house.hass, "logbook", config)
    await house.async_settle()
    return Logbook(house, connect)


@pytest.fixture
async def logbook(recorder_mock: Any, house: House, hass_ws_client: WebSocketGenerator) -> Logbook:
    """Give a house that keeps a logbook."""
    return await open_logbook(house, hass_ws_client, {})


def reply(**data: Any) -> dict[str, Any]:
    return {"message": TEXT, "sender": ALICE, "recipient": "Alice", "verified": True} | data


def result(**data: Any) -> dict[str, Any]:
    status = MessageStatus(data.get("status", "received"))
    return {"number": ALICE, "recipient": "Alice", "status": status, "outcome": status.outcome} | data


def message(**data: Any) -> dict[str, Any]:
    recipients = data.get("recipients", ["Alice", "Bob"])
    unsaid = {"alert_id": None, "ask_id": None, "send_at": None, "config_entry_id": "gone"}
    return unsaid | {"kind": "sms", "recipients": recipients, "count": len(recipients)} | data


async def test_a_message_its_delivery_and_the_reply_are_told(logbook: Logbook) -> None:
    house = logbook.house
    sent = await house.async_call("send_message", message="a private text", target=["Alice"], reply=True)
    await house.gateway.report(sent["messages"][0]["message_id"], ALICE_DIGITS, 11, callback=False)
    await house.gateway.reply(ALICE_DIGITS, TEXT, callback=False)
    await house.async_poll()
    entries = await logbook.async_entries()
    assert sorted(f"{entry['name']} {entry['message']}" for entry in entries) == [
        "Alice replied",
        "Home wrote to Alice",
        "The message to Alice has arrived",
    ]
    assert all(entry["icon"].startswith("mdi:") for entry in entries)
    assert "private" not in str(entries)


async def add_bob(house: House) -> None:
    """Add Bob, and forget what that made the logbook tell."""
    # Alice is as new as Bob.
    status, by_default = "sensor.alice_last_status", er.RegistryEntryDisabler.INTEGRATION
    er.async_get(house.hass).async_update_entity(status, disabled_by=by_default)
    bob = ConfigSubentry(data=MappingProxyType({"number": BOB}), subentry_type="recipient", title="Bob", unique_id=BOB)
    house.hass.config_entries.async_add_subentry(house.entry, bob)
    await house.async_reload()


async def lines_of_one_sms(logbook: Logbook) -> list[dict[str, Any]]:
    """Send one SMS to Alice and Bob; the operator has it, then their phones. Give the lines of that alone."""
    house = logbook.house
    await add_bob(house)
    await house.async_wait(minutes=1)
    start = dt_util.utcnow().timestamp()
    sent = await house.async_call("send_message", message="a private text", target=["Alice", "Bob"])
    for code in (13, 11):
        for digits in (ALICE_DIGITS, BOB_DIGITS):
            await house.gateway.report(sent["messages"][0]["message_id"], digits, code, callback=False)
        await house.async_wait(minutes=1)
        await house.async_poll()
    return [line for line in await logbook.async_lines() if line["when"] >= start]


async def test_one_sms_to_two_people_is_told_in_three_sentences(logbook: Logbook) -> None:
    lines = await lines_of_one_sms(logbook)
    assert [f"{line['name']} {line['message']}" for line in lines if line.get("domain")] == THREE_SENTENCES
    # Home Assistant tells of the states of entities by itself. They were 11 when the status of each recipient was one,
    # and 13 when a report was one too.
    states = Counter(line["entity_id"] for line in lines if "entity_id" in line)
    assert states == {"notify.alice": 1, "notify.bob": 1, "sensor.home_last_status": 3}


@pytest.mark.parametrize("page", ["docs/entities.md", "docs/fr/entities.md"])
async def test_with_what_the_documentation_excludes_the_sentences_stand_alone(
    recorder_mock: Any, house: House, hass_ws_client: WebSocketGenerator, page: str
) -> None:
    (config,) = re.findall(r"```yaml\n(logbook:.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    logbook = await open_logbook(house, hass_ws_client, yaml.safe_load(config.replace("dernier_statut", "last_status")))
    lines = await lines_of_one_sms(logbook)
    assert [f"{line['name']} {line['message']}" for line in lines] == THREE_SENTENCES


async def test_home_assistant_tells_by_what_a_message_was_sent(hass: HomeAssistant, logbook: Logbook) -> None:
    send = {"action": "smsmode.send_message", "data": {"message": "Water!", "target": ["Alice"]}}
    leak = {"alias": "Water on the floor", "triggers": {"trigger": "event", "event_type": "leak"}, "actions": send}
    assert await async_setup_component(hass, "automation", {"automation": leak})
    hass.bus.async_fire("leak")
    await logbook.house.async_settle()
    (sent,) = [line for line in await logbook.async_entries() if "wrote" in line["message"]]
    assert f"{sent['name']} {sent['message']}" == "Home wrote to Alice"
    assert sent["context_event_type"] == "automation_triggered"
    assert sent["context_name"] == "Water on the floor"


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
            "delivery_result",
            result(status="permanent_absence"),
            f"Le message à Alice n’est pas arrivé ({STATUS['fr']['permanent_absence']})",
            id="failed, fr",
        ),
        pytest.param(
            "en",
            "delivery_result",
            result(recipient=None, status="read"),
            f"The message to a number ending in 678 has arrived ({STATUS['en']['read']})",
            id="read, en",
        ),
        pytest.param(
            "en",
            "delivery_result",
            result(recipient=None, number="Famille", status="expired"),
            "The message to Famille was given up (Expired)",
            id="group, en",
        ),
        pytest.param(
            "en",
            "delivery_result",
            result(status="undefined", outcome="failed"),
            "The message to Alice may not have arrived",
            id="unknown fate, en",
        ),
        pytest.param("en", "message_sent", message(), "sMsmode wrote to Alice and Bob", id="sent, en"),
        pytest.param("fr", "message_sent", message(), "sMsmode a écrit à Alice et Bob", id="sent, fr"),
        pytest.param(
            "en",
            "message_sent",
            message(recipients=["A", "B", "C", "D", "E"], count=9_000),
            "sMsmode wrote to A, B, C and 8997 others",
            id="sent to many, en",
        ),
        pytest.param(
            "fr",
            "message_sent",
            message(recipients=["A", "B", "C", "D"]),
            "sMsmode a écrit à A, B, C et D",
            id="sent to some, fr",
        ),
        pytest.param(
            "fr",
            "message_sent",
            message(kind="voice", recipients=["Alice"], alert_id="cave"),
            "sMsmode a appelé Alice (alerte «\u00a0cave\u00a0»)",
            id="call of an alert, fr",
        ),
        pytest.param(
            "en", "message_sent", message(ask_id="gate"), "sMsmode asked Alice and Bob a question", id="asked, en"
        ),
        pytest.param(
            "en",
            "message_sent",
            message(recipients=["{x}"], send_at="2026-12-24T18:00:00+00:00"),
            "sMsmode scheduled a message to {x} for 2026-12-24 10:00",
            id="scheduled, en",
        ),
        pytest.param(
            "en",
            "alert_changed",
            {"alert_id": "cellar", "state": "acknowledged", "recipients": ["Bob"], "acknowledged_by": "Alice"},
            "The alert “cellar” was taken care of by Alice",
            id="alert, en",
        ),
        pytest.param(
            "en",
            "alert_changed",
            {
                "alert_id": "cellar",
                "state": "waiting",
                "how": "script",
                "recipients": ["Siren"],
                "acknowledged_by": None,
            },
            "The alert “cellar” started Siren and waits for somebody to act",
            id="script of an alert, en",
        ),
        pytest.param(
            "fr",
            "alert_changed",
            {
                "alert_id": "cave",
                "state": "delivering",
                "how": "sms",
                "recipients": ["Bob"],
                "acknowledged_by": None,
                "presence_ignored": True,
            },
            "L’alerte «\u00a0cave\u00a0» est en route vers Bob (tous\u00a0: personne n’était là où l’étape le demande)",
            id="alert that ignored presence, fr",
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
            "delivery_result",
            result(recipient="{x}"),
            "The message to {x} has arrived",
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
async def test_every_result_reads_as_a_sentence(logbook: Logbook, language: str) -> None:
    await logbook.async_speak(language)
    final = [status for status in MessageStatus if status.outcome is not DeliveryOutcome.PENDING]
    for status in final:
        logbook.house.hass.bus.async_fire("smsmode_delivery_result", result(status=status))
    sentences = dict(zip(final, await logbook.async_read(), strict=True))
    assert not [
        status
        for status, sentence in sentences.items()
        if STATUS[language][status] not in sentence and status not in {MessageStatus.RECEIVED, MessageStatus.DELIVERED}
    ]


@pytest.mark.parametrize("language", TRANSLATIONS)
@pytest.mark.parametrize("cap", LimitType)
async def test_a_limit_is_told_of_its_account(logbook: Logbook, cap: LimitType, language: str) -> None:
    await logbook.async_speak(language)
    data = {"config_entry_id": logbook.house.entry.entry_id, "limit": cap, "segments": 200}
    sentence = await logbook.async_fire("limit_reached", **data)
    assert sentence.startswith("Home ")
    assert " 200 " in sentence


async def test_the_past_is_told_when_the_account_is_gone(hass: HomeAssistant, logbook: Logbook) -> None:
    data = {"config_entry_id": "gone", "limit": "daily_limit_reached", "segments": 200}
    sentence = await logbook.async_fire("limit_reached", **data)
    assert sentence == "sMsmode has spent the 200 segments it may spend in a day"
