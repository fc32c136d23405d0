"""Security of a running instance: certificates, files on the disk, diagnostics and repair issues."""

import json
import stat
from pathlib import Path
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.diagnostics import async_get_config_entry_diagnostics
from tests.api.test_client_connection_errors import self_signed
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House

TEXT = "nobody's business"


def secrets_in(house: House, text: str) -> list[str]:
    """Return the secrets that a text has."""
    return [secret for secret in (house.gateway.token, WEBHOOK_ID, ALICE_DIGITS[2:], TEXT) if secret in text]


async def test_a_certificate_that_nobody_vouches_for_gets_no_key(
    hass: HomeAssistant, socket_enabled: None, tmp_path: Path
) -> None:
    async def handler(request: web.BaseRequest) -> web.Response:
        raise AssertionError("the request left the house")

    # The server complains of the client that turned away.
    hass.loop.set_exception_handler(lambda _loop, _context: None)
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self_signed(tmp_path)).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}"
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    fields = {"access_token": "Ab1CD2efg3Hi", "advanced": {"base_url": url}}
    form = await hass.config_entries.flow.async_configure(form["flow_id"], fields)
    await runner.cleanup()
    assert form["errors"] == {"base": "cannot_connect"}


async def test_what_is_on_the_disk_is_for_its_owner_alone(house: House, tmp_path: Path) -> None:
    await house.gateway.fail("sendSMS.do", "code:50", None)
    await house.async_call("send_message", message=TEXT, target=["Alice"])
    await house.gateway.reply(ALICE_DIGITS, TEXT, stray=True)
    await house.async_poll()
    await house.async_wait(seconds=5)
    files = [path for path in tmp_path.rglob("smsmode*") if path.is_file()]
    assert files
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


async def test_old_replies_are_not_on_the_disk(house: House, tmp_path: Path) -> None:
    for number, text in enumerate(("the first of them", "another one", "the last word")):
        house.freezer.tick(60)
        await house.gateway.reply(ALICE_DIGITS, text, stray=True)
        await house.async_poll()
        assert house.state("sensor.home_last_reply").state == text, number
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    await house.async_settle()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("smsmode*") if path.is_file())
    assert b"the last word" in kept
    assert b"the first of them" not in kept
    assert b"another one" not in kept


async def test_what_a_bug_report_and_the_repairs_say_is_nobodys_secret(hass: HomeAssistant, house: House) -> None:
    await house.gateway.fail("sendSMS.do", "code:50", None)
    await house.async_call("send_message", message=TEXT, target=["Alice"], reference=f"{ALICE_DIGITS}")
    await house.gateway.reply(ALICE_DIGITS, TEXT, stray=True)
    await house.gateway.set(balance=1)
    await house.async_poll()
    await house.gateway.fail("credit.do", f"text:99 | {house.gateway.token} {ALICE_DIGITS}", None)
    await house.async_poll()
    told: Any = await async_get_config_entry_diagnostics(hass, house.entry)
    await house.async_wait(hours=2)
    issues = [issue.to_json() | (issue.translation_placeholders or {}) for issue in ir.async_get(hass).issues.values()]
    assert issues
    assert secrets_in(house, json.dumps(told, default=repr)) == []
    assert secrets_in(house, json.dumps(issues, default=repr)) == []


async def test_of_a_mistake_that_is_not_ours_a_bug_report_has_only_the_name(hass: HomeAssistant, house: House) -> None:
    house.account.coordinator.last_exception = error = ValueError()
    error.__cause__ = KeyError(TEXT)
    told = str(await async_get_config_entry_diagnostics(hass, house.entry))
    assert "KeyError" in told
    assert TEXT not in told


async def test_an_entry_names_no_secret(gateway: Gateway, entry: MockConfigEntry) -> None:
    for secret in (gateway.token, WEBHOOK_ID, ALICE_DIGITS):
        assert secret not in f"{entry!r} {entry.unique_id} {entry.title}"
