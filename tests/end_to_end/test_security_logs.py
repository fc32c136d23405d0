"""Security of logs, with each logger at debug: no key, webhook id, number or text in any line."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from homeassistant.config import YAML_CONFIG_FILE, async_hass_config_yaml, async_process_component_and_handle_errors
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, patch_yaml_files
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.smsmode.helpers.log_filter import REDACTED, SecretFilter
from custom_components.smsmode.helpers.redaction import mask_numbers
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, WEBHOOK_ID, House

TEXT = "nobody's business"
KEY = "Ab1CD2efg3Hi"
SECRETS = (KEY, WEBHOOK_ID, ALICE_DIGITS, ALICE_DIGITS[2:], TEXT)
PATH = f"/api/webhook/{WEBHOOK_ID}"
LOGGERS = (
    "aiohttp",
    "aiohttp.access",
    "aiohttp.client",
    "aiohttp.server",
    "asyncio",
    "custom_components",
    "homeassistant",
    "homeassistant.components.webhook",
    "urllib3",
)


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Set each logger to debug."""
    with caplog.at_level(logging.DEBUG):
        for name in LOGGERS:
            caplog.set_level(logging.DEBUG, name)
        yield caplog


def told(caplog: pytest.LogCaptureFixture) -> str:
    """Return all lines but those of the test harness, which shows its storage."""
    format_record = logging.Formatter("%(name)s %(message)s").format
    records = [record for record in caplog.records if "pytest_homeassistant" not in record.name]
    return "\n".join(format_record(record) for record in records)


def secrets_in(text: str) -> list[str]:
    """Return the secrets that a text has."""
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture
async def slow_loop() -> AsyncIterator[None]:
    """Let asyncio log each step with its objects."""
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0
    yield
    loop.set_debug(False)


async def test_a_day_of_trouble_is_told_without_a_secret(
    hass: HomeAssistant,
    gateway: Gateway,
    entry: MockConfigEntry,
    everything_logged: pytest.LogCaptureFixture,
    slow_loop: None,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    errors = []
    for fault in ("code:31", "code:35", "half", "drop_after", f"text:99 | {KEY} {ALICE_DIGITS} {TEXT}"):
        for endpoint in ("sendSMS.do", "sendSMSBatch.do"):
            await gateway.fail(endpoint, fault)
        await gateway.fail("responseList.do", fault.removesuffix(TEXT))
        for action, data in (
            ("send_message", {"message": TEXT, "target": ["Alice"], "reply": True, "queue": False}),
            ("send_batch", {"messages": [{"target": "Alice", "message": TEXT}], "queue": False}),
            ("get_replies", {}),
        ):
            try:
                await hass.services.async_call("smsmode", action, data, blocking=True, return_response=True)
            except HomeAssistantError as err:
                errors.append(f"{err!r} {err} {err.args} {err.translation_placeholders} {err.__context__!r}")
        await gateway.reply(ALICE_DIGITS, TEXT, stray=True)
        await entry.runtime_data.coordinator.async_refresh()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert errors
    assert secrets_in("\n".join(errors)) == []
    assert "asyncio Executing" in told(everything_logged)
    assert secrets_in(told(everything_logged)) == []


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(f"message={TEXT}&emetteur={ALICE_DIGITS}", id="as it should be"),
        pytest.param(f"message=<script>{TEXT}</script>&emetteur={ALICE_DIGITS}", id="taken for an attack"),
        pytest.param(f"message=../../{TEXT}&emetteur={ALICE_DIGITS}", id="taken for a path"),
        pytest.param(f"message=%09{TEXT}&emetteur={ALICE_DIGITS}", id="with a tabulator"),
        pytest.param(f"statut={TEXT}&emetteur={ALICE_DIGITS}", id="without sense"),
    ],
)
async def test_a_call_leaves_no_secret_in_anybodys_log(
    hass: HomeAssistant,
    gateway: Gateway,
    entry: MockConfigEntry,
    everything_logged: pytest.LogCaptureFixture,
    hass_client_no_auth: ClientSessionGenerator,
    query: str,
) -> None:
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    client = await hass_client_no_auth()
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        await client.request(method, f"{PATH}?{query}")
    await hass.config_entries.async_unload(entry.entry_id)
    await client.get(f"{PATH}?{query}")
    text = told(everything_logged)
    assert "homeassistant.components.webhook" in text
    assert REDACTED in text
    assert secrets_in(text) == []


async def test_a_listener_that_fails_does_not_spill_what_it_heard(
    hass: HomeAssistant, house: House, everything_logged: pytest.LogCaptureFixture
) -> None:
    @callback
    def stumble(_event: Event) -> None:
        raise ValueError

    hass.bus.async_listen("smsmode_reply", stumble)
    await house.gateway.reply(ALICE_DIGITS, TEXT, stray=True)
    await house.async_poll()
    assert "Error running job: <Job listen smsmode_reply" in told(everything_logged)
    assert secrets_in(told(everything_logged)) == []


async def test_an_automation_that_fails_on_a_reply_does_not_spill_it(
    hass: HomeAssistant, house: House, everything_logged: pytest.LogCaptureFixture
) -> None:
    action = {"action": "smsmode.send_message", "data": {"message": "x", "target": "Nobody"}}
    automation = {"triggers": {"trigger": "smsmode.reply_received"}, "actions": action}
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await house.gateway.reply(ALICE_DIGITS, TEXT, stray=True)
    await house.async_poll()
    assert "Error while executing automation" in told(everything_logged)
    assert secrets_in(told(everything_logged)) == []


ACCOUNT = f"smsmode:\n  - name: Home\n    access_token: {KEY}\n"
PLATFORM = "notify:\n  - platform: smsmode\n    name: alarm\n"


@pytest.mark.parametrize(
    ("domain", "yaml"),
    [
        pytest.param("smsmode", f"smsmode: {KEY}\n", id="the key in the place of all"),
        pytest.param("smsmode", f"smsmode: [{KEY}]\n", id="the key in the place of an account"),
        pytest.param("smsmode", f"smsmode:\n  name: {KEY}\n", id="the key as a name"),
        pytest.param("smsmode", f"smsmode:\n  name: x\n  access_token: [{KEY}]\n", id="the key in a list"),
        pytest.param("smsmode", f"smsmode:\n  name: x\n  access_token: '{KEY} é'\n", id="a key and more"),
        pytest.param("smsmode", f"smsmode:\n  name: x\n  acces_token: {KEY}\n", id="the key under no name"),
        pytest.param("smsmode", f"{ACCOUNT}    base_url: https://x:{KEY}@gateway.example\n", id="in the address"),
        pytest.param("smsmode", f"{ACCOUNT}    sender: '{ALICE_DIGITS}'\n", id="a number as sender"),
        pytest.param("smsmode", f"{ACCOUNT}    recipients: '{ALICE}'\n", id="a number as recipients"),
        pytest.param("smsmode", f"{ACCOUNT}    recipients: [{ALICE_DIGITS}]\n", id="a bare number"),
        pytest.param("smsmode", f"{ACCOUNT}    recipients: [{{'{ALICE}': Alice}}]\n", id="a number as key"),
        pytest.param("smsmode", f"{ACCOUNT}    recipients: [{{{ALICE_DIGITS}: Alice}}]\n", id="a bare number as key"),
        pytest.param("smsmode", f"{ACCOUNT}    recipients: [{{name: A, number: '{ALICE}9'}}]\n", id="a digit too many"),
        pytest.param("smsmode", f"{ACCOUNT}    recipients: [{{name: A, number: {ALICE_DIGITS}}}]\n", id="no quotes"),
        pytest.param("smsmode", f"{ACCOUNT}    recipients: [{{name: '{ALICE}', group: g}}]\n", id="a number as name"),
        pytest.param("notify", f"{PLATFORM}    target: [{ALICE_DIGITS}]\n", id="a bare target"),
        pytest.param("notify", f"{PLATFORM}    target: {{'{ALICE}': x}}\n", id="a mapping as target"),
        pytest.param("notify", f"{PLATFORM}    data: {{sender: '{ALICE_DIGITS}'}}\n", id="a number as sender of all"),
        pytest.param("notify", f"{PLATFORM}    data: '{ALICE}'\n", id="a number as data"),
    ],
)
async def test_yaml_that_is_wrong_is_explained_without_being_repeated(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, domain: str, yaml: str
) -> None:
    with patch_yaml_files({YAML_CONFIG_FILE: yaml}):
        config = await async_hass_config_yaml(hass)
    await async_process_component_and_handle_errors(hass, config, await async_get_integration(hass, domain))
    assert "Invalid config" in caplog.text
    assert secrets_in(caplog.text) == []


@pytest.mark.parametrize(
    "written",
    [
        ALICE,
        "06 12 34 56 78",
        "06.12.34.56.78",
        "(+33) 6-12-34-56-78",
        "06\u201312\u201334\u201356\u201378",
        "06\u00a012\u202f34\u200b56\u206078",
        "06 / 12 / 34 / 56 / 78",
        "O6 l2 34 56 78",
        "06_12_34_56_78",
        "\uff10\uff16\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    ],
    ids=ascii,
)
def test_of_a_number_only_the_end_is_shown(written: str) -> None:
    masked = mask_numbers(f" {written}\n")
    assert sum(map(str.isdigit, masked)) <= 3
    assert mask_numbers(masked) == masked


def test_a_name_is_shown_as_it_is() -> None:
    assert mask_numbers("Alice 2") == "Alice 2"
    assert mask_numbers("notify.alice_123") == "notify.alice_123"


def record(message: str, *args: Any, **kwargs: Any) -> logging.LogRecord:
    """Return a log record."""
    return logging.LogRecord("x", logging.INFO, __file__, 1, message, args, **{"exc_info": None, **kwargs})


def test_a_traceback_is_cut_as_well() -> None:
    secrets = SecretFilter()
    secrets.hide("a-long-secret")
    error = ValueError("GET /a-long-secret?message=x\nHost: y")
    failed = record("Error handling request", exc_info=(ValueError, error, None))
    assert secrets.filter(failed)
    written = logging.Formatter().format(failed)
    assert "ValueError: GET /**REDACTED**\nHost: y" in written


def test_what_hides_nothing_is_left_alone() -> None:
    secrets = SecretFilter()
    assert secrets.filter(record("%s", "short"))
    secrets.hide("short", "")
    untouched = record("%s is %s", "short", "x")
    assert secrets.filter(untouched)
    secrets.hide("a-long-secret")
    assert secrets.filter(untouched)
    assert (untouched.msg, untouched.args) == ("%s is %s", ("short", "x"))


def test_a_record_that_cannot_be_written_harms_nobody() -> None:
    secrets = SecretFilter()
    secrets.hide("a-long-secret")
    assert secrets.filter(record("%d", "x"))
