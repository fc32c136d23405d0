"""The recorder on PostgreSQL and on MariaDB: what telephones write is stored and read back, in states and events.

`scripts/reliability --databases` installs the servers and their drivers, and runs this proof alone.
"""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from homeassistant.components.recorder import history
from homeassistant.components.recorder.db_schema import EventData, Events, EventTypes
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import RecorderInstanceContextManager
from sqlalchemy import select

from custom_components.smsmode.api import DeliveryReport, Reply
from custom_components.smsmode.api.encoding import decode_text
from tests.support.house import ALICE, ALICE_DIGITS, House

from .database_servers import SERVERS
from .figures import Figures

# The test harness logs each statement.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
RECEIVED = 11
ALPHABETS = "Déjà vu à l’œil nu, €5 · Привет · 你好 · नमस्ते · 안녕"
# As the gateway could write them; half a pair is no character for any decoder.
_RAW = (
    "OK",
    "👩‍👩‍👧‍👦🇫🇷🏴󠁧󠁢󠁥󠁮󠁧󠁿✊🏽",
    "O\0K \0",
    "\0",
    "half \ud83d and \ude00",
    "\u202eمرحبا \u200fשלום\u202c",  # noqa: RUF001
    ALPHABETS,
    "x" * 1600,
    "é👍" * 800,
    "\r\n\t\x0b\x1b[31m \x7f\x85\u2028",
    "'; DROP TABLE states; --\\ % _ \"",
    "\uffff\ufffe\U0010ffff\ufeff",
    " ",
)
TEXTS = tuple(decode_text(text.encode("utf-8", "surrogatepass")) for text in _RAW)
NAMES = ("smsmode_reply", "smsmode_delivery_report", "smsmode_delivery_result", "smsmode_message_sent")


@pytest.fixture
def hass_config_dir(tmp_path: Any) -> str:
    """Return a configuration folder."""
    return str(tmp_path)


@pytest.fixture(params=SERVERS)
def recorder_db_url(
    request: pytest.FixtureRequest, hass_fixture_setup: list[bool], socket_enabled: None
) -> Iterator[str]:
    """Yield the address of the database of a server that runs for one test."""
    assert socket_enabled is None
    assert not hass_fixture_setup
    with SERVERS[request.param]() as url:
        yield url


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: RecorderInstanceContextManager) -> None:
    """Let a house have a database."""


async def _live(house: House) -> None:
    """Send, have it reported and answered with each text, by the wire and as the gateway's answers are decoded."""
    processor = house.account.processor
    for number, text in enumerate(TEXTS):
        sent = await house.async_call(
            "send_message", message=f"No. {number}: {ALPHABETS} 👍", target=["Alice"], reference=f"r{number}"
        )
        message_id = sent["messages"][0]["message_id"]
        report = DeliveryReport(message_id=message_id, number=ALICE, code=RECEIVED, reference=f"r{number}")
        processor.async_process_report(report)
        now = dt_util.utcnow()
        processor.async_process_reply(
            Reply(reply_id=f"R{number}", received_at=now, sender=ALICE, text=text), verified=True
        )
        await house.async_wait(seconds=1)
    for text in (ALPHABETS, "👍" * 100):
        await house.gateway.reply(ALICE_DIGITS, text, stray=True, callback=False)
    await house.async_poll()


def _recorded_states(hass: HomeAssistant, begin: datetime, ids: list[str]) -> dict[str, list[State]]:
    found = history.get_significant_states(
        hass, begin, None, ids, include_start_time_state=False, significant_changes_only=False
    )
    return {entity_id: [state for state in states if isinstance(state, State)] for entity_id, states in found.items()}


def _recorded_events(hass: HomeAssistant) -> list[tuple[str, dict[str, Any]]]:
    query = (
        select(EventTypes.event_type, EventData.shared_data)
        .join(Events, Events.event_type_id == EventTypes.event_type_id)
        .join(EventData, Events.data_id == EventData.data_id)
        .where(EventTypes.event_type.in_(NAMES))
        .order_by(Events.event_id)
    )
    with session_scope(hass=hass, read_only=True) as session:
        return [(kind, json.loads(data)) for kind, data in session.execute(query)]


def _kept(value: Any) -> Any:
    """Return data as a database keeps it: as JSON."""
    return json.loads(json_bytes(value))


@pytest.mark.usefixtures("recorder_mock")
async def test_every_state_and_event_is_stored_and_read_back(
    hass: HomeAssistant, house: House, caplog: pytest.LogCaptureFixture, figures: Figures
) -> None:
    """Live, and compare what was shown and told with what the history has."""
    for entity_id in ("event.home_delivery_report", "sensor.home_segments_sent"):
        await house.async_enable(entity_id)
    await async_wait_recording_done(hass)
    begin = dt_util.utcnow()
    # What comes at the very moment is no part of what is asked for.
    await house.async_wait(seconds=1)
    changed, told = house.capture("state_changed"), [house.capture(name) for name in NAMES]
    await _live(house)
    await async_wait_recording_done(hass)
    shown = [event.data["new_state"] for event in changed]
    ids = sorted({state.entity_id for state in shown})
    instance = get_instance(hass)
    recorded = await instance.async_add_executor_job(_recorded_states, hass, begin, ids)
    lost = [state for state in shown if not _is_among(state, recorded.get(state.entity_id, []))]
    events = await instance.async_add_executor_job(_recorded_events, hass)
    expected = [(event.event_type, _kept(event.data)) for kind in told for event in kind]
    missing = [event for event in expected if event not in events]
    figures.note(engine=str(instance.dialect_name), entities=len(ids), states=len(shown), events=len(expected))
    figures.at_least(len(TEXTS), replies_heard=len(told[0]))
    figures.zero(states_lost_or_changed=len(lost), events_lost_or_changed=len(missing))
    complaints = [record for record in caplog.records if "recorder" in record.name and record.levelno >= logging.ERROR]
    figures.zero(errors_of_the_recorder=len(complaints))
    figures.check(
        [*map(repr, lost[:3]), *map(ascii, missing[:3]), *(record.getMessage()[:300] for record in complaints)]
    )


def _is_among(shown: State, recorded: list[State]) -> bool:
    """Return whether a state was read back: the same value, and of its attributes all that are kept."""
    attributes = _kept(dict(shown.attributes))
    return any(
        kept.state == shown.state
        and abs((kept.last_updated - shown.last_updated).total_seconds()) < 0.001
        and kept.attributes
        and all(attributes[name] == _kept(value) for name, value in kept.attributes.items())
        for kept in recorded
    )
